// Before the call: watch, pick or type, and the declared attempts.

const LEVELS = {
  watch: ["Watch", "an expert's call, line by line, with the reason for each line"],
  menu: ["Pick", "lines from a menu, by number"],
  type: ["Type", "in your own words; the menu is one key away"],
};

class StartView {
  /** @param {(message: Object) => void} send */
  constructor(send) {
    this.send = send;
    this.node = make("div", { class: "ts-start" });
  }

  draw(view) {
    const { graded, declared, level, can_watch: canWatch } = view.screen;
    if (!declared) {
      this.node.replaceChildren();
      return;
    }
    const name = freshId("level");
    this.inputs = Object.keys(LEVELS)
      .filter((id) => id !== "watch" || canWatch)
      .map((id) => make("input", { type: "radio", name, value: id, id: freshId("radio"), checked: id === level }));
    this.go = mainButton("", () => this.begin(), { dataset: { start: "practice" } });
    for (const input of this.inputs) input.addEventListener("change", () => this.nameButton(graded));
    const fieldset = make(
      "fieldset",
      { class: "ts-levels", on: { keydown: (event) => event.key === "Enter" && this.begin() } },
      make("legend", {}, "How do you want to practise?"),
      ...this.inputs.map((input) => this.levelChoice(input)),
    );
    const row = make("div", { class: "ts-row" }, this.go);
    if (graded) row.append(this.declaredButton(declared));
    this.nameButton(graded);
    this.node.replaceChildren(fieldset, row, ...this.words(view).map((text) => make("p", {}, text)));
  }

  levelChoice(input) {
    const [word, what] = LEVELS[input.value];
    const label = make("label", { for: input.id }, make("strong", {}, word), ` ${what}`);
    return make("div", { class: "ts-choice" }, input, label);
  }

  level() {
    return this.inputs.find((input) => input.checked)?.value ?? "menu";
  }

  nameButton(graded) {
    const practise = graded ? "Practise" : "Start the call";
    this.go.textContent = this.level() === "watch" ? "Watch the example" : practise;
  }

  begin() {
    const level = this.level();
    this.send(level === "watch" ? { do: "watch" } : { do: "start", mode: "practice", level });
  }

  declaredButton(declared) {
    const next = Math.min(declared.used + 1, declared.limit);
    const text = declared.left > 0 ? `Declared attempt ${next} of ${declared.limit}` : "No declared attempt left";
    const start = () => this.send({ do: "start", mode: "declared", level: "type" });
    return button(text, start, { dataset: { start: "declared" }, disabled: declared.left === 0 });
  }

  words(view) {
    const { graded, declared } = view.screen;
    if (!graded) return ["No score, nothing to lose. Say what you would say; number keys pick lines."];
    return [
      "Practice is private and has no limit; you can take a line back.",
      declared.why_not ||
        `A declared attempt goes with your hand-in. You have ${declared.limit}, the best one counts, and nothing ` +
          "can be taken back. You type it; the menu is there, but picked lines count 70\u202f%.",
    ];
  }

  takeFocus() {
    (this.inputs?.find((input) => input.checked) ?? this.go)?.focus();
  }
}
