// What the learner says: the one labelled region in which a call is steered. Suggestions live here; a sentence
// typed by hand will be another child of the same region and use the same `send`.

const PLAIN_KEYS = { 0: "more", h: "hint", u: "undo" };

class SayView {
  /** @param {(message: Object) => void} send */
  constructor(send) {
    this.send = send;
    this.menu = [];
    this.allowed = new Set();
    this.drawn = "";
    const label = freshId("say");
    this.list = make("ol", { class: "ts-menu" });
    this.tools = make("div", { class: "ts-row ts-tools" });
    this.sure = make("div", { class: "ts-row ts-sure" });
    this.node = make(
      "div",
      { class: "ts-say", role: "group", "aria-labelledby": label },
      make("p", { class: "ts-label", id: label }, "What do you say?"),
      this.list,
      this.sure,
      this.tools,
    );
  }

  paint(view) {
    const drawing = JSON.stringify([view.menu, view.page, view.pages, view.can_undo]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.menu = view.menu;
    this.allowed = new Set([view.pages > 1 && "more", "hint", view.can_undo && "undo"]);
    this.list.replaceChildren(...view.menu.map((entry) => make("li", {}, this.suggestion(entry))));
    this.tools.replaceChildren(...this.toolButtons(view));
    this.askWhetherSure(false);
  }

  suggestion(entry) {
    return make(
      "button",
      {
        type: "button",
        class: "ts-suggestion",
        "aria-keyshortcuts": entry.key,
        dataset: { option: entry.option },
        on: { click: () => this.send({ do: "pick", option: entry.option }) },
      },
      make("kbd", { class: "ts-key" }, entry.key),
      make("span", {}, entry.text),
    );
  }

  toolButtons(view) {
    const tool = (action, key, text) =>
      this.allowed.has(action) &&
      make(
        "button",
        {
          type: "button",
          class: "ts-quiet",
          "aria-keyshortcuts": key,
          dataset: { do: action },
          on: { click: () => this.send({ do: action }) },
        },
        make("kbd", { class: "ts-key" }, key),
        text,
      );
    const quiet = { class: "ts-quiet ts-far", dataset: { do: "end" } };
    const end = button("End call", () => this.askWhetherSure(true), quiet);
    return [
      tool("more", "0", `more lines (page ${view.page + 1} of ${view.pages})`),
      tool("hint", "h", "hint"),
      tool("undo", "u", "undo"),
      end,
    ].filter(Boolean);
  }

  /** Hanging up cannot be taken back, so it takes two presses. */
  askWhetherSure(open) {
    this.sure.replaceChildren();
    if (!open) return;
    const yes = button("Hang up", () => this.send({ do: "end" }), { dataset: { do: "end-yes" } });
    const no = button("Stay on the line", () => {
      this.askWhetherSure(false);
      this.tools.querySelector('[data-do="end"]').focus();
    });
    this.sure.append(make("span", {}, "Hang up now? The call is over then."), yes, no);
    yes.focus();
  }

  /** Number keys pick, 0 h u do what their buttons do. True when the key meant something here. */
  key(event) {
    const key = digitOf(event) ?? event.key;
    const picked = this.menu.find((entry) => String(entry.key) === key);
    if (picked) {
      this.send({ do: "pick", option: picked.option });
      return true;
    }
    const action = PLAIN_KEYS[key];
    if (!action || !this.allowed.has(action)) return false;
    this.send({ do: action });
    return true;
  }

  /** Hands go to the first suggestion; the last one comes into sight too. */
  takeFocus() {
    this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
    (this.list.querySelector("button") ?? this.tools.querySelector("button"))?.focus();
  }
}

/** The digit on the key, also where the top row gives it only with Shift (French keyboards, for one). */
function digitOf(event) {
  if (/^[0-9]$/.test(event.key)) return event.key;
  const onTopRow = /^Digit([0-9])$/.exec(event.code);
  return onTopRow && !event.shiftKey ? onTopRow[1] : null;
}
