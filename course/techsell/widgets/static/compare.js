// Two calls side by side. Put together by theme.py from dom.js and compare.js.

const ROWS = [
  ["Turns", (run) => run.turns],
  ["Questions asked", (run) => run.questions],
  ["Pitches", (run) => run.pitches],
  ["Facts found", (run) => run.facts.length],
];

function numbers(runs) {
  return make(
    "table",
    { class: "ts-table ts-sides" },
    make("caption", {}, "What the two calls were made of"),
    make("thead", {}, make("tr", {}, make("td", {}), ...runs.map((run) => make("th", { scope: "col" }, run.name)))),
    make(
      "tbody",
      {},
      ...ROWS.map(([name, count]) =>
        make("tr", {}, make("th", { scope: "row" }, name), ...runs.map((run) => make("td", {}, count(run)))),
      ),
    ),
  );
}

function side(run) {
  return make(
    "div",
    { class: "ts-side" },
    make("h4", { class: "ts-title" }, run.name),
    run.ending?.summary && make("p", {}, run.ending.summary),
    run.facts.length > 0
      ? make("ul", { "aria-label": "facts found" }, ...run.facts.map((fact) => make("li", {}, fact)))
      : make("p", {}, "No fact found."),
    make(
      "details",
      { class: "ts-details" },
      make("summary", {}, `every line (${run.lines.length})`),
      ...run.lines.map((line) =>
        make(
          "p",
          { class: "ts-said-line" },
          line.speaker && make("strong", {}, `${line.speaker}: `),
          line.text,
        ),
      ),
    ),
  );
}

function render({ model, el }) {
  const notice = make("p", { class: "ts-notice ts-empty", role: "alert" });
  const line = new Line(model, { onSilence: (text) => say(notice, text) });
  const title = freshId("compare");
  const content = make("div", { class: "ts-compared", "aria-live": "polite" });
  const again = button("Look again", () => line.send({ do: "refresh" }), { dataset: { do: "refresh" } });
  const root = make(
    "div",
    { class: "ts ts-compare", role: "group", "aria-labelledby": title },
    make("h3", { class: "ts-title", id: title }, model.get("view").title),
    recordedNote(model.get("view").note),
    content,
    make("div", { class: "ts-row" }, again),
    notice,
  );
  const paint = () => {
    const { advice, runs } = model.get("view");
    line.answered();
    say(notice, "");
    if (advice) content.replaceChildren(make("p", {}, advice));
    else content.replaceChildren(numbers(runs), make("div", { class: "ts-pair" }, ...runs.map(side)));
  };
  keepKeys(root);
  return mount({ model, el }, root, line, paint);
}

export default { render };
