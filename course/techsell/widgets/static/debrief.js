// After the call: how it ended, the points line by line with the turns that earned them, facts found and missed.

/** The ending's own summary says the word; the icon lets it be found again. */
const ENDINGS = { advance: "●", continuation: "◐", polite_no: "○", no_fit: "◇", ejected: "✕" };

const SHOWN_AT_FIRST = 3; // of what stayed hidden: a long list of misses helps nobody

class DebriefView {
  /** @param {(turn: number) => void} goTo shows a turn in the transcript */
  constructor(goTo) {
    this.goTo = goTo;
    this.drawn = "";
    this.node = make("div", { class: "ts-debrief" });
  }

  paint(view) {
    const drawing = view.over ? JSON.stringify([view.screen.key, view.ending, view.scorecard, view.screen.facts]) : "";
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.node.replaceChildren(...(view.over ? this.parts(view) : []));
  }

  parts(view) {
    const card = view.scorecard;
    return [
      this.head(view),
      view.screen.graded && card && this.score(card),
      view.screen.graded && card && this.table(card),
      this.facts(view.screen.facts),
    ].filter(Boolean);
  }

  head(view) {
    this.heading = make("h4", { class: "ts-title", tabindex: "-1" }, "After the call");
    return make(
      "div",
      {},
      this.heading,
      make(
        "p",
        { class: "ts-ending" },
        make("span", { "aria-hidden": "true" }, `${ENDINGS[view.ending?.kind] ?? "○"} `),
        view.ending?.summary ?? "The call is over.",
      ),
    );
  }

  score(card) {
    const verdict = card.passed ? "● passed" : "○ not passed";
    return make(
      "div",
      {},
      make(
        "p",
        { class: "ts-total" },
        make("strong", { class: "ts-figure" }, points(card.total)),
        " of 100 points, ",
        verdict,
      ),
      card.blocked_by && make("p", { class: "ts-blocked" }, `△ No pass, whatever the total: ${blocker(card)}`),
    );
  }

  table(card) {
    const head = ["Line", "Points", "Turns", "Why, and what next"];
    const table = make(
      "table",
      { class: "ts-table" },
      make("caption", {}, "Your points, line by line"),
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...card.lines.map((line) => this.row(line))),
    );
    return make("div", { class: "ts-wide", role: "group", "aria-label": "Points by line", tabindex: "0" }, table);
  }

  row(line) {
    const turns = line.turns.map((turn) =>
      button(turn, () => this.goTo(turn), { class: "ts-turn", "aria-label": `show turn ${turn}` }),
    );
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, `${line.id} ${line.title}`),
      make("td", { class: "ts-number" }, `${points(line.points)} of ${line.weight}`),
      make("td", {}, make("div", { class: "ts-turns" }, ...(turns.length > 0 ? turns : ["–"]))),
      make("td", {}, line.why, line.advice && make("p", { class: "ts-advice" }, `→ ${line.advice}`)),
    );
  }

  facts({ found, missed }) {
    const list = (facts) => make("ul", {}, ...facts.map((fact) => make("li", {}, ...factParts(fact))));
    const column = (icon, title, facts, empty, first) => {
      const rest = facts.slice(first);
      return make(
        "div",
        {},
        make("h5", {}, `${icon} ${title} (${facts.length})`),
        facts.length > 0 ? list(facts.slice(0, first)) : make("p", {}, empty),
        rest.length > 0 && more(rest.length, list(rest)),
      );
    };
    return make(
      "div",
      { class: "ts-pair" },
      column("●", "What you found out", found, "Nothing. Ask what happened the last time something went wrong.", 99),
      column("○", "What stayed hidden", missed, "Nothing stayed hidden.", SHOWN_AT_FIRST),
    );
  }

  takeFocus() {
    this.heading?.focus();
  }
}

/** 7 -> "7", 7.5 -> "7.5", 7.25 -> "7.25" */
function points(value) {
  return String(Math.round(value * 100) / 100);
}

function more(count, list) {
  return make("details", { class: "ts-details" }, make("summary", {}, `${count} more`), list);
}

/** "R10 Stayed with what the data sheet carries" */
function blocker(card) {
  const line = card.lines.find(({ id }) => id === card.blocked_by);
  return line ? `${line.id} ${line.title}` : card.blocked_by;
}

function factParts(fact) {
  const where = fact.turn && make("span", { class: "ts-dim" }, ` turn ${fact.turn}`);
  const how = fact.question && make("div", { class: "ts-dim" }, `opened by: “${fact.question}”`);
  return [fact.text, where, how].filter(Boolean);
}
