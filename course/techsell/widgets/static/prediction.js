// The prediction: an option and how sure you are, committed before the data are seen.
// Put together by theme.py from dom.js and prediction.js.

const SCALE =
  "50\u202f% is a coin toss, 100\u202f% means you would bet your travel budget on it. It cannot be changed afterwards.";

class BetView {
  constructor(send, view) {
    this.send = send;
    const name = freshId("option");
    this.inputs = view.options.map((_, index) =>
      make("input", { type: "radio", name, value: index, id: freshId("radio") }),
    );
    const sliderId = freshId("slider");
    const numberId = freshId("number");
    const range = { min: 50, max: 100, step: 1, value: 50 };
    this.slider = make("input", { type: "range", id: sliderId, ...range });
    this.number = make("input", { type: "number", id: numberId, inputmode: "numeric", ...range });
    this.slider.addEventListener("input", () => this.copy(this.slider, this.number));
    this.number.addEventListener("input", () => this.copy(this.number, this.slider));
    this.complaint = make("p", { class: "ts-notice ts-empty", role: "alert" });
    this.node = make(
      "div",
      { class: "ts-bet" },
      make(
        "fieldset",
        { class: "ts-question" },
        make("legend", {}, "What do you expect?"),
        ...view.options.map((text, index) => choice(this.inputs[index], text)),
      ),
      make(
        "div",
        { class: "ts-row ts-sureness" },
        make("label", { for: sliderId }, "How sure are you?"),
        this.slider,
        make("label", { for: numberId, class: "ts-unseen" }, "How sure, in per cent"),
        this.number,
        make("span", { "aria-hidden": "true" }, "%"),
      ),
      make("p", { class: "ts-dim" }, SCALE),
      this.complaint,
      make("div", { class: "ts-row" }, mainButton("Commit", () => this.onCommit(), { dataset: { do: "commit" } })),
    );
  }

  copy(from, to) {
    if (from.value !== "" && from.validity.valid) to.value = from.value;
  }

  onCommit() {
    const picked = this.inputs.find((input) => input.checked);
    const probability = Number(this.number.value);
    if (!picked) {
      say(this.complaint, "Pick what you expect first.");
    } else if (this.number.value === "" || !this.number.validity.valid) {
      say(this.complaint, "Give a whole number from 50 to 100. Below 50\u202f% you would rather pick another answer.");
    } else {
      say(this.complaint, "");
      this.send({ do: "commit", option: Number(picked.value), probability });
    }
  }
}

function drawCommitted(view, send) {
  const { option, probability } = view.committed;
  const sure = ` — ${probability}\u202f% sure.`;
  const said = make("p", { class: "ts-said" }, "You said: ", make("strong", {}, view.options[option]), sure);
  if (view.revealed) return [said];
  const reveal = mainButton("Show what the data say", () => send({ do: "reveal" }), { dataset: { do: "reveal" } });
  return [said, make("div", { class: "ts-row" }, reveal)];
}

function drawTruth(view) {
  const { truth, right, brier, after } = view.revealed;
  return [
    make(
      "p",
      { class: right ? "ts-right" : "ts-wrong" },
      make("strong", {}, right ? "● As you said: " : "○ The data say otherwise: "),
      `${view.options[truth]}.`.replace("..", "."),
    ),
    make(
      "p",
      {},
      "Brier score ",
      make("strong", { class: "ts-figure" }, brier.toFixed(2)),
      ". 0 is sure and right, 0.25 a coin toss, 1 sure and wrong.",
    ),
    make("p", {}, after),
  ];
}

function render({ model, el }) {
  const notice = make("p", { class: "ts-notice ts-empty", role: "alert" });
  const line = new Line(model, { onSilence: (text) => say(notice, text) });
  const send = (message) => line.send(message);
  const first = model.get("view");
  const bet = new BetView(send, first);
  const committed = make("div", { class: "ts-committed", tabindex: "-1" });
  const truth = make("div", { class: "ts-truth", role: "status", tabindex: "-1" });
  const text = freshId("prediction");
  const root = make(
    "div",
    { class: "ts ts-prediction", role: "group", "aria-labelledby": text },
    make("p", { class: "ts-statement", id: text }, first.text),
    recordedNote(first.note),
    bet.node,
    committed,
    truth,
    notice,
  );
  let drawn = "";
  const paint = () => {
    const view = model.get("view");
    const hadHands = line.answered();
    say(notice, view.notice && `△ ${view.notice}`);
    const drawing = JSON.stringify([view.committed, view.revealed]);
    if (drawing === drawn) return;
    drawn = drawing;
    bet.node.hidden = view.committed !== null;
    committed.replaceChildren(...(view.committed ? drawCommitted(view, send) : []));
    truth.replaceChildren(...(view.revealed ? drawTruth(view) : []));
    if (hadHands) (view.revealed ? truth : (committed.querySelector("button") ?? committed)).focus();
  };
  keepKeys(root);
  return mount({ model, el }, root, line, paint);
}

export default { render };
