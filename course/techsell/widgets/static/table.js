// A table that becomes a list of its rows where there is little room: every figure then carries its column's name.

/**
 * The roles are written out because a browser forgets what a table is once its rows are laid out in another way.
 *
 * @param {{caption: string, head: string[]}} words
 * @param {Array<[string, ...{class?: string, words: (Node|string)[]}]>} rows the name of the row, then its cells
 */
function stackingTable({ caption, head }, rows) {
  const column = (text) => make("th", { scope: "col", role: "columnheader" }, text);
  const cell = ({ words, ...props }, index) =>
    make("td", { ...props, role: "cell", dataset: { column: head[index + 1] } }, ...words);
  const row = ([name, ...cells]) =>
    make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, name), ...cells.map(cell));
  return make(
    "table",
    { class: "ts-table ts-stacking", role: "table" },
    make("caption", {}, caption),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...head.map(column))),
    make("tbody", { role: "rowgroup" }, ...rows.map(row)),
  );
}
