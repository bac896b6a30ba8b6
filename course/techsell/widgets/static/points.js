// At most three things to take away from a call: the turn, what was seen, why it matters, a better line, its answer.

class PointsView {
  /** @param {(turn: number) => void} goTo shows a turn in the transcript */
  constructor(goTo, send) {
    this.goTo = goTo;
    this.send = send;
  }

  /**
   * The points, or where there is nothing to mend, another way to try.
   * @param {Map<string, string>} titles of the rubric's lines
   */
  draw({ points, next }, titles) {
    const shown = points.length > 0 ? points : [next].filter(Boolean);
    if (shown.length === 0) return null;
    const count = shown.length === 1 ? "One thing" : `${shown.length} things`;
    const title = points.length > 0 ? `${count} to take away` : "Something to try next time";
    return make("div", { class: "ts-points" }, make("h5", {}, title), ...shown.map((point) => this.point(point, titles)));
  }

  point(point, titles) {
    const { turn } = point;
    const title = freshId("point");
    const about = ` · ${point.line} ${titles.get(point.line) ?? ""}`;
    const where = turnButton(turn, this.goTo);
    const again = button("Try from here", () => this.send({ do: "fork", turn }), {
      class: "ts-button ts-fork",
      "aria-label": `Try from here, turn ${turn}`,
      dataset: { fork: turn },
    });
    const answer = point.predicted.map(({ speaker, text }) =>
      make("div", { dir: "auto" }, make("strong", {}, `${speaker}: `), text),
    );
    const rows = [
      ["Seen", point.observed],
      ["Why it matters", point.why],
      ["Better", make("q", {}, point.better)],
      answer.length > 0 && ["What would have come back", make("div", {}, ...answer)],
    ].filter(Boolean);
    return make(
      "section",
      { class: "ts-point", "aria-labelledby": title },
      make("h6", { id: title }, "Turn ", where, point.line && make("span", { class: "ts-dim" }, about)),
      make("dl", { class: "ts-brief" }, ...rows.flatMap(([name, what]) => [make("dt", {}, name), make("dd", {}, what)])),
      make("div", { class: "ts-row" }, again, make("span", { class: "ts-dim" }, "a practice call, up to this turn as it was")),
    );
  }
}

/** The number of a turn that leads to it. */
function turnButton(turn, goTo) {
  return button(turn, () => goTo(turn), { class: "ts-turn", "aria-label": `show turn ${turn}` });
}
