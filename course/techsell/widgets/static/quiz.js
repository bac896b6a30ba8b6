// The quiz: one fieldset of native radio buttons a question; every answer, right or wrong, gets its reply.
// Put together by theme.py from dom.js and quiz.js.

class QuestionView {
  constructor(send, question, number) {
    this.send = send;
    this.id = question.id;
    const name = freshId("answer");
    this.inputs = question.answers.map((answer) =>
      make("input", { type: "radio", name, value: answer.id, id: freshId("radio") }),
    );
    this.choices = question.answers.map((answer, index) => choice(this.inputs[index], answer.text));
    this.feedback = make("div", { class: "ts-feedback", role: "status" });
    this.tries = make("span", { class: "ts-dim" });
    this.check = mainButton("Check", () => this.onCheck(), { "aria-label": `Check question ${number}` });
    this.others = make("details", { class: "ts-details" });
    this.shown = "";
    this.node = make(
      "fieldset",
      { class: "ts-question", dataset: { question: question.id } },
      make("legend", {}, `${number}. ${question.text}`),
      ...this.choices,
      make("div", { class: "ts-row" }, this.check, this.tries),
      this.feedback,
      this.others,
    );
  }

  onCheck() {
    const picked = this.inputs.find((input) => input.checked);
    if (picked) this.send({ do: "check", question: this.id, answer: picked.value });
    else say(this.feedback, "Pick an answer first.");
  }

  paint(question) {
    const shows = JSON.stringify(question);
    if (shows === this.shown) return;
    const last = question.tried.at(-1);
    const isFirst = this.shown === "";
    this.shown = shows;
    this.inputs.forEach((input, index) => {
      const isLast = input.value === last?.answer;
      if (last && (isFirst || question.done)) input.checked = isLast;
      input.disabled = question.done;
      this.choices[index].classList.toggle("ts-picked", question.done && isLast);
    });
    this.check.hidden = question.done;
    this.tries.textContent = question.tried.length > 0 ? tries(question.tried.length) : "";
    this.feedback.replaceChildren(...(last ? [verdict(last)] : []));
    this.paintOthers(question.others);
  }

  /** Once the right answer is found, the others say what they would have meant. */
  paintOthers(others) {
    this.others.hidden = others.length === 0;
    this.others.replaceChildren(
      make("summary", {}, "what the other answers would mean"),
      make("dl", { class: "ts-brief" }, ...others.flatMap((answer) => [
        make("dt", {}, answer.text),
        make("dd", {}, answer.feedback),
      ])),
    );
  }
}

function tries(count) {
  return count === 1 ? "1 try" : `${count} tries`;
}

function verdict(last) {
  return make(
    "p",
    { class: last.right ? "ts-right" : "ts-wrong" },
    make("strong", {}, last.right ? "● Right. " : "○ Not this one. "),
    last.feedback,
  );
}

function render({ model, el }) {
  const notice = make("p", { class: "ts-notice ts-empty", role: "alert" });
  const line = new Line(model, { onSilence: (text) => say(notice, text) });
  const send = (message) => line.send(message);
  const first = model.get("view");
  const questions = first.questions.map((question, index) => new QuestionView(send, question, index + 1));
  const title = freshId("quiz");
  const root = make(
    "div",
    { class: "ts ts-quiz", role: "group", "aria-labelledby": title },
    make("h3", { class: "ts-title", id: title }, first.title),
    recordedNote(first.note),
    ...questions.map((question) => question.node),
    notice,
  );
  const paint = () => {
    const view = model.get("view");
    const hadHands = line.answered();
    const at = focused(root);
    view.questions.forEach((question, index) => questions[index].paint(question));
    say(notice, view.notice && `△ ${view.notice}`);
    const question = questions.find((one) => one.node.contains(at));
    if (hadHands && question && at.offsetParent === null) {
      question.feedback.tabIndex = -1;
      question.feedback.focus();
    }
  };
  keepKeys(root);
  return mount({ model, el }, root, line, paint);
}

export default { render };
