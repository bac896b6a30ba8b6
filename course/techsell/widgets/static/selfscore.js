// After the call, before the debrief: the learner's own marks, line by line.

const MARKS = [0, 1, 2, 3, 4];
const WHY_NOT_SKIP =
  "Your own marks show where your eye and the rubric part. Without them you see a number, and numbers teach little. " +
  "It takes two minutes.";

class SelfScoreView {
  /** @param {(message: Object) => void} send */
  constructor(send) {
    this.send = send;
    this.drawn = "";
    this.node = make("div", { class: "ts-self" });
  }

  paint(view) {
    const isDue = view.screen.phase === "score";
    const drawing = isDue ? JSON.stringify([view.screen.key, view.screen.rubric]) : "";
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.node.replaceChildren(...(isDue ? this.parts(view.screen.rubric) : []));
  }

  parts(rubric) {
    this.heading = make("h4", { class: "ts-title", tabindex: "-1" }, "Your own marks first");
    this.lines = rubric.map((line) => this.line(line));
    this.complaint = make("p", { class: "ts-notice ts-empty", role: "alert" });
    this.sure = make("div", { class: "ts-sure" });
    const done = mainButton("Compare with the score", () => this.done(), { dataset: { do: "self_score" } });
    this.skipButton = button("Skip", () => this.askWhetherSure(), { class: "ts-quiet", dataset: { do: "skip" } });
    return [
      this.heading,
      make(
        "p",
        {},
        "Scroll through the call above and mark each line: 0 it did not happen, 2 about half of it, 4 all of it. ",
        "Nobody else sees these marks. Number keys work.",
      ),
      make("div", { class: "ts-marks" }, ...this.lines.map(({ node }) => node)),
      this.complaint,
      make("div", { class: "ts-row" }, done, this.skipButton),
      this.sure,
    ];
  }

  line({ id, title, weight }) {
    const name = freshId("mark");
    const inputs = MARKS.map((value) => make("input", { type: "radio", name, value, id: freshId("radio") }));
    const scale = inputs.map((input) =>
      make("span", { class: "ts-mark" }, input, make("label", { for: input.id }, input.value)),
    );
    const node = make(
      "fieldset",
      { class: "ts-marks-line", on: { keydown: (event) => this.digit(event, inputs) } },
      make("legend", {}, `${id} ${title}`, make("span", { class: "ts-dim" }, ` ${weight} points`)),
      make("div", { class: "ts-scale" }, ...scale),
    );
    return { id, node, inputs };
  }

  digit(event, inputs) {
    const digit = digitOf(event);
    const input = digit === null ? undefined : inputs[Number(digit)];
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.checked = true;
    input.focus();
  }

  done() {
    const open = this.lines.find(({ inputs }) => !inputs.some((input) => input.checked));
    if (open) {
      say(this.complaint, `△ ${open.id} has no mark yet.`);
      open.inputs[0].focus();
      return;
    }
    say(this.complaint, "");
    const marked = this.lines.map(({ id, inputs }) => [id, Number(inputs.find((input) => input.checked).value)]);
    this.send({ do: "self_score", marks: Object.fromEntries(marked) });
  }

  askWhetherSure() {
    const yes = button("Skip all the same", () => this.send({ do: "skip" }), { dataset: { do: "skip-yes" } });
    const no = button("Back to the marks", () => {
      this.sure.replaceChildren();
      this.lines[0].inputs[0].focus();
    });
    this.sure.replaceChildren(make("p", {}, WHY_NOT_SKIP), make("div", { class: "ts-row" }, no, yes));
    no.focus();
  }

  takeFocus() {
    this.heading?.focus();
  }
}
