// What can be picked by number: the lines of the menu, and the readings of "Did you mean".

/** A numbered button: key and words. */
function numbered(key, text, onClick, dataset) {
  return make(
    "button",
    { type: "button", class: "ts-suggestion", "aria-keyshortcuts": key, dataset, on: { click: onClick } },
    make("kbd", { class: "ts-key" }, key),
    " ", // between the words of the name
    make("span", { dir: "auto" }, text),
  );
}

class MenuView {
  constructor(send) {
    this.send = send;
    this.lines = [];
    this.drawn = "";
    this.node = make("ol", { class: "ts-menu" });
  }

  paint(view) {
    const drawing = JSON.stringify([view.menu, view.turn]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.lines = view.menu;
    this.node.replaceChildren(
      ...view.menu.map((entry) =>
        make("li", {}, numbered(entry.key, entry.text, () => this.pick(entry), { option: entry.option })),
      ),
    );
  }

  pick(entry) {
    this.send({ do: "pick", option: entry.option });
  }

  /** True when the digit says a line. */
  key(digit) {
    const picked = this.lines.find((entry) => String(entry.key) === digit);
    if (picked) this.pick(picked);
    return picked !== undefined;
  }

  takeFocus() {
    this.node.lastElementChild?.scrollIntoView({ block: "nearest" });
    this.node.querySelector("button")?.focus();
  }
}

const LONGEST_QUOTE = 90; // characters of what was typed

/** "Did you mean": a status region, so that screen readers hear the readings without losing the field. */
class AskingView {
  constructor(send) {
    this.send = send;
    this.asking = null;
    this.drawn = "";
    this.node = make("div", { class: "ts-asking", role: "status", "aria-atomic": "true" });
  }

  get canChoose() {
    return this.asking?.kind === "confirm";
  }

  paint(asking) {
    const drawing = JSON.stringify(asking);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.asking = asking;
    this.node.replaceChildren(...(asking ? this.parts(asking) : []));
  }

  parts(asking) {
    if (asking.kind === "rephrase") return [make("p", {}, "That did not come across. Say it in other words.")];
    if (asking.kind === "menu") {
      return [make("p", {}, "Still not clear. Pick a line by its number, or say it in other words.")];
    }
    const { raw } = asking;
    const quote = raw.length > LONGEST_QUOTE ? `${raw.slice(0, LONGEST_QUOTE)}…` : raw;
    const choose = (choice) => () => this.send({ do: "choose", choice });
    const entries = asking.choices.map(({ key, text }) => numbered(key, text, choose(key - 1), { choice: key - 1 }));
    entries.push(numbered(0, "none of these", choose(-1), { choice: -1 }));
    return [
      make("p", {}, "Not sure what you meant by ", make("q", { dir: "auto" }, quote), ". Did you mean"),
      make("ol", { class: "ts-menu" }, ...entries.map((entry) => make("li", {}, entry))),
    ];
  }

  key(digit) {
    const choice = Number(digit) - 1;
    if (!this.canChoose || choice >= this.asking.choices.length) return false;
    this.send({ do: "choose", choice });
    return true;
  }
}

/** The digit on the key, also where the top row gives it only with Shift (French keyboards, for one). */
function digitOf(event) {
  if (/^[0-9]$/.test(event.key)) return event.key;
  const onTopRow = /^Digit([0-9])$/.exec(event.code);
  return onTopRow && !event.shiftKey ? onTopRow[1] : null;
}
