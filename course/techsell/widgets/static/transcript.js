// The transcript: a live region that only ever grows at its end.

/**
 * role="log" is in the page before any message is. Lines are known by their number `n`: those that are already
 * there are never touched, so a reconnect or a second view announces nothing twice. History that exists when the
 * view is made, or when another call is opened, is put in while the region is silent.
 */
class TranscriptView {
  constructor() {
    this.call = undefined; // which conversation the lines belong to; undefined before the first painting
    this.shown = new Map(); // n -> {node, key}
    this.node = make("div", {
      class: "ts-log",
      role: "log",
      "aria-label": "Conversation",
      "aria-live": "polite",
      "aria-relevant": "additions",
      on: { scroll: () => this.onScroll() },
    });
    // A view is painted before it stands in the page, and its width can change: whoever was at the end stays there.
    this.isAtEnd = true;
    this.top = 0; // where it was scrolled to last
    new ResizeObserver(() => this.isAtEnd && this.scrollToEnd()).observe(this.node);
  }

  /** @param {Object} view dict of Conversation.view() with `screen.key` naming the conversation */
  paint(view) {
    const call = view.screen.key;
    const isHistory = call !== this.call && (this.call === undefined || view.turn > 0);
    if (call !== this.call) this.clear();
    this.call = call;
    if (isHistory) this.silently(() => this.append(view.lines, false));
    else this.append(view.lines, true);
    // Scrollable, so the keyboard must reach it; empty, it would only be a stop on the way.
    if (view.lines.length > 0) this.node.tabIndex = 0;
    else this.node.removeAttribute("tabindex");
  }

  /** Whoever scrolls up has left the end; when only the text gets longer, nobody has. */
  onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    if (scrollTop < this.top) this.isAtEnd = false;
    if (scrollTop + clientHeight >= scrollHeight - 4) this.isAtEnd = true;
    this.top = scrollTop;
  }

  append(lines, isNew) {
    this.dropStale(lines);
    const fresh = lines.filter((line) => !this.shown.has(line.n));
    for (const line of fresh) {
      const node = this.draw(line, isNew);
      this.shown.set(line.n, { node, key: lineKey(line) });
      this.node.append(node);
    }
    if (fresh.length > 0) this.scrollToEnd();
  }

  scrollToEnd() {
    this.isAtEnd = true;
    this.node.scrollTop = this.node.scrollHeight;
    this.top = this.node.scrollTop;
  }

  silently(change) {
    this.node.setAttribute("aria-live", "off");
    change();
    requestAnimationFrame(() => this.node.setAttribute("aria-live", "polite"));
  }

  /** The engine's log only grows; should a number ever be gone or stand for other words, its old line leaves. */
  dropStale(lines) {
    const now = new Map(lines.map((line) => [line.n, lineKey(line)]));
    for (const [n, { node, key }] of this.shown) {
      if (now.get(n) === key) continue;
      node.remove();
      this.shown.delete(n);
    }
  }

  clear() {
    this.shown.clear();
    this.node.replaceChildren();
  }

  draw(line, isNew) {
    return make(
      "div",
      {
        class: `ts-line ts-line-${line.who}${isNew ? " ts-new" : ""}`,
        tabindex: "-1",
        dataset: { n: line.n, turn: line.turn },
      },
      make("span", { class: "ts-who" }, calledBy(line), line.speaker && make("span", { class: "ts-unseen" }, ": ")),
      make("span", { class: "ts-words", dir: "auto" }, line.text),
      line.comment && make("span", { class: "ts-comment" }, make("span", { class: "ts-unseen" }, "Why: "), line.comment),
    );
  }

  /** Brings what was said in a turn into view, with the focus; of a turn that never was, the end of the call. */
  goTo(turn) {
    const inTurn = [...this.node.querySelectorAll(`[data-turn="${turn}"]`)];
    const own = inTurn.findLast((line) => line.classList.contains("ts-line-you"));
    const node = own ?? inTurn[0] ?? this.node.lastElementChild;
    if (!node) return;
    node.scrollIntoView({ block: "nearest" });
    node.focus();
  }
}

/** First names in the margin, as in the call itself: "Tomasz Wrona" -> "Tomasz", "Facilities engineer" as it is. */
function calledBy(line) {
  if (line.who !== "customer") return line.speaker;
  const [name] = line.speaker.split(",");
  const words = name.split(" ");
  return words.every((word) => /^\p{Lu}/u.test(word)) ? words[0] : name;
}

function lineKey(line) {
  return `${line.who}|${line.speaker}|${line.text}`;
}
