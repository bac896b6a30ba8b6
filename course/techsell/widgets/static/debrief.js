// After the call: how it ended, own marks and score, what to take away, facts found and missed, figures.

/** The ending's own summary says the word; the icon lets it be found again. */
const ENDINGS = { advance: "●", continuation: "◐", polite_no: "○", no_fit: "◇", ejected: "✕" };

const SHOWN_AT_FIRST = 3; // of what stayed hidden: a long list of misses helps nobody

class DebriefView {
  /** @param {(turn: number) => void} goTo shows a turn in the transcript */
  constructor(goTo, send) {
    this.goTo = goTo;
    this.points = new PointsView(goTo, send);
    this.drawn = "";
    this.figures = make("div", { class: "ts-figures" });
    this.node = make("div", { class: "ts-debrief" });
  }

  paint(view, debrief) {
    const drawing = debrief ? JSON.stringify([view.ending, view.scorecard, debrief]) : "";
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.key = debrief?.key;
    this.figures.replaceChildren();
    this.node.replaceChildren(...(debrief ? this.parts(view, debrief) : []));
  }

  parts(view, debrief) {
    const card = view.screen.graded ? view.scorecard : null;
    return [
      this.head(view),
      card && this.score(card),
      card && ownMarks(card, debrief.own),
      this.points.draw(debrief, new Map((card?.lines ?? []).map(({ id, title }) => [id, title]))),
      card && this.table(card, debrief.own?.marks ?? {}),
      this.facts(debrief.facts),
      card && this.figures,
      card && comparison(card, debrief.compare),
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
        make("strong", { class: "ts-figure" }, rounded(card.total)),
        " of 100 points, ",
        verdict,
      ),
      card.low !== card.high && this.interval(card),
      card.blocked_by && make("p", { class: "ts-blocked" }, `△ No pass, whatever the total: ${blocker(card)}`),
      card.capped && card.picked > 0 && make("p", {}, capText(card)),
    );
  }

  /** "68 to 74, depends on turn 7" */
  interval(card) {
    const turns = card.depends_on.flatMap((turn) => [" ", turnButton(turn, this.goTo)]);
    const hangs = turns.length > 0 ? [`, depends on turn${card.depends_on.length > 1 ? "s" : ""}`, ...turns] : [];
    return make(
      "p",
      { class: "ts-interval" },
      `${rounded(card.low)} to ${rounded(card.high)}`,
      ...hangs,
      turns.length > 0 ? ": what you typed there can be read in two ways." : ", as unclear lines are read.",
      card.needs_person && " One reading passes and the other does not, so a person looks at it.",
    );
  }

  table(card, marks) {
    const hasMarks = Object.keys(marks).length > 0;
    const head = ["Line", "Points", hasMarks && "Your mark", "Turns", "Why, and what next"].filter(Boolean);
    const rows = card.lines.map((line) => this.row(line, hasMarks && marks[line.id]));
    return stackingTable({ caption: "Your points, line by line", head }, rows);
  }

  row(line, mark) {
    const turns = line.turns.map((turn) => turnButton(turn, this.goTo));
    const where = make("div", { class: "ts-turns" }, ...(turns.length > 0 ? turns : ["–"]));
    return [
      `${line.id} ${line.title}`,
      { class: "ts-number", words: [`${rounded(line.points)} of ${line.weight}`] },
      mark !== false && { class: "ts-number", words: [`${mark} of 4`] },
      { words: [where] },
      { class: "ts-reason", words: [line.why, line.advice && make("p", { class: "ts-advice" }, `→ ${line.advice}`)] },
    ].filter(Boolean);
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
        rest.length > 0 && more(`${rest.length} more`, list(rest)),
      );
    };
    return make(
      "div",
      { class: "ts-pair" },
      column("●", "What you found out", found, "Nothing. Ask what happened the last time something went wrong.", 99),
      column("○", "What stayed hidden", missed, "Nothing stayed hidden.", SHOWN_AT_FIRST),
    );
  }

  /** @param {{key: string, items: {id: string, title: string, svg: string, alt: string}[]}} figures */
  paintFigures(figures) {
    const items = figures.key === this.key ? (figures.items ?? []) : [];
    this.figures.replaceChildren(
      ...(items.length > 0 ? [make("h5", {}, "The call in figures")] : []),
      ...items.map(({ svg, alt }) =>
        make("figure", {}, drawn(svg), more("This figure in words", make("p", { class: "ts-dim" }, alt))),
      ),
    );
  }

  takeFocus() {
    this.heading?.focus();
  }
}

/** A drawing as part of the page, so that its text follows the theme; its role and name are its own. */
function drawn(svg) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  for (const node of drawing.querySelectorAll("script, foreignObject")) node.remove();
  return document.importNode(drawing, true);
}

/** How far own marks and score are apart, and where most. */
function ownMarks(card, own) {
  if (!own || own.skipped) return null;
  const apart = card.lines.map((line) => ({ ...line, own: own.marks[line.id] * 25 }));
  const far = apart.reduce((most, line) => (off(line) > off(most) ? line : most));
  const most = ` Furthest apart: ${far.id} ${far.title}, you ${far.own}, score ${far.percent}.`;
  return make(
    "p",
    { class: "ts-own" },
    "Your marks and the score are ",
    make("strong", {}, `${rounded(own.error)} points of 100`),
    " apart on average, line by line.",
    own.lean !== 0 && ` On the whole you saw ${Math.abs(own.lean)} ${own.lean > 0 ? "more" : "less"} than there was.`,
    off(far) > 0 && most,
  );
}

function off(line) {
  return Math.abs(line.own - line.percent);
}

function capText(card) {
  return `${card.picked}\u202f% of your turns were picked from the menu; what they earn counts 70\u202f%.`;
}

/** 7 -> "7", 7.5 -> "7.5", 7.25 -> "7.25" */
function rounded(value) {
  return String(Math.round(value * 100) / 100);
}

function more(words, content) {
  return make("details", { class: "ts-details" }, make("summary", {}, words), content);
}

/** "R10 Stayed with what the data sheet carries" */
function blocker(card) {
  const line = card.lines.find(({ id }) => id === card.blocked_by);
  return line ? `${line.id} ${line.title}` : card.blocked_by;
}

function factParts(fact) {
  const where = fact.turn && make("span", { class: "ts-dim" }, ` turn ${fact.turn}`);
  const when = fact.turn ? `turn ${fact.turn}` : "later";
  const how = fact.question && make("div", { class: "ts-dim" }, `${when}: “${fact.question}”`);
  return fact.question ? [fact.text, how] : [fact.text, where].filter(Boolean);
}

/** Beside the expert's way and the own earlier calls: for information, none of it is marked. */
function comparison(card, { expert, earlier }) {
  const own = {
    total: card.total,
    ending: card.ending,
    turns: card.turns,
    found_count: card.facts_found.length,
    facts: card.facts_found.length + card.facts_missed.length,
  };
  const ago = (index) => (index === 1 ? "your call before this" : `${index} calls before this`);
  const runs = [
    ["this call", own],
    ["an expert, same customer", expert],
    ...earlier.map((run, index) => [ago(earlier.length - index), run]).reverse(),
  ];
  const rows = runs.map(([name, run]) => [
    name,
    { class: "ts-number", words: [run.total === null ? "–" : rounded(run.total)] },
    { words: [(run.ending ?? "–").replace("_", " ")] },
    { class: "ts-number", words: [String(run.turns)] },
    { class: "ts-number", words: [`${run.found_count} of ${run.facts}`] },
  ]);
  const head = ["Call", "Points", "Ending", "Turns", "Found out"];
  const table = stackingTable({ caption: "Beside an expert and your own earlier calls", head }, rows);
  const note = "For information only. Word share and open or closed questions are no marks.";
  return make(
    "div",
    {},
    table,
    make("p", { class: "ts-dim" }, note),
  );
}
