// The role-play: paints the one trait `view`, sends what the learner does, decides nothing.
// Put together by theme.py, which names the files in their order; each of them draws one part.


class RolePlayView {
  constructor(model) {
    this.model = model;
    this.line = new Line(model, { onSilence: (text) => this.onSilence(text) });
    const send = (message) => this.send(message);
    this.transcript = new TranscriptView();
    this.say = new SayView(send);
    this.watch = new WatchView(send);
    this.selfScore = new SelfScoreView(send);
    this.debrief = new DebriefView((turn) => this.transcript.goTo(turn), send);
    this.start = new StartView(send);
    this.title = make("h3", { class: "ts-title" });
    this.status = make("p", { class: "ts-status" });
    this.outside = make("div", {});
    this.briefing = make("details", { class: "ts-details" });
    this.notes = make("details", { class: "ts-details" });
    this.notice = make("p", { class: "ts-notice ts-empty", role: "alert" });
    this.again = make("div", { class: "ts-row" });
    this.drawn = {};
    this.root = make(
      "div",
      { class: "ts ts-roleplay", role: "group" },
      make("div", { class: "ts-head" }, this.title, this.status),
      this.outside,
      make("div", { class: "ts-row ts-papers" }, this.briefing, this.notes),
      this.start.node,
      this.transcript.node,
      this.notice,
      this.say.node,
      this.watch.node,
      this.selfScore.node,
      this.debrief.node,
      this.again,
    );
    keepKeys(this.root, (event) => this.key(event));
  }

  send(message) {
    const isSent = this.line.send(message);
    if (isSent) this.root.setAttribute("aria-busy", "true");
    return isSent;
  }

  onSilence(text) {
    say(this.notice, text);
    this.say.field.settled(false);
  }

  /** Number keys and letters act wherever the focus is in the widget. */
  key(event) {
    return this.model.get("view").screen.phase === "call" && this.say.key(event);
  }

  paint() {
    const view = this.model.get("view");
    const phase = view.screen.phase;
    const hadHands = this.line.answered();
    const at = focused(this.root);
    this.root.setAttribute("aria-busy", "false");
    this.root.dataset.reply = view.screen.reply;
    this.root.setAttribute("aria-label", `Call: ${view.title}`);
    this.once("head", [view.title, view.with], () => this.title.replaceChildren(...headline(view)));
    this.once("outside", view.screen.note, () =>
      this.outside.replaceChildren(...[recordedNote(view.screen.note)].filter(Boolean)),
    );
    this.once("brief", [view.brief, view.screen.heard, phase === "start"], () => this.drawBriefing(view));
    this.once("notes", view.notes, () => this.drawNotes(view));
    this.once("start", [phase, view.screen.declared], () => this.start.draw(view));
    this.drawStatus(view);
    this.show(phase); // before the transcript grows: a hidden live region stays silent
    this.transcript.paint(view);
    if (hadHands) this.say.field.settled(!view.screen.notice);
    this.say.paint(view);
    this.watch.paint(view);
    this.selfScore.paint(view);
    this.paintDebrief(view);
    this.once("again", phase, () => this.again.replaceChildren(...this.againButtons(phase)));
    say(this.notice, view.screen.notice && `△ ${view.screen.notice}`);
    this.returnHands(hadHands, at, phase);
  }

  /** The figures take a while to draw: they are asked for when the rest of the debrief stands. */
  paintDebrief(view) {
    const { key } = view.screen;
    const debrief = this.model.get("debrief");
    const isDue = view.screen.phase === "over" && debrief.key === key;
    this.debrief.paint(view, isDue ? debrief : null);
    if (!isDue || this.drawing === key || !view.screen.graded) return;
    this.drawing = key;
    this.model.send({ do: "draw" });
  }

  paintFigures() {
    this.debrief.paintFigures(this.model.get("figures"));
  }

  /** Redraws a part only when what it shows has changed, so that focus and open boxes survive. */
  once(part, shows, draw) {
    const drawing = JSON.stringify(shows);
    if (this.drawn[part] === drawing) return;
    this.drawn[part] = drawing;
    draw();
  }

  show(phase) {
    this.start.node.hidden = phase !== "start";
    this.say.node.hidden = phase !== "call";
    this.watch.node.hidden = phase !== "watch";
    this.selfScore.node.hidden = phase !== "score";
    this.debrief.node.hidden = phase !== "over";
    this.notes.hidden = phase === "start" || phase === "blocked";
    this.status.hidden = phase !== "call" && phase !== "watch";
  }

  drawStatus(view) {
    const mood = view.mood;
    this.status.replaceChildren(
      ...(mood
        ? [`turn ${view.turn} of ${view.budget} · ${mood.word} `, icon(mood.icon), ` trust ${view.trust} of 10`]
        : []),
    );
  }

  drawBriefing(view) {
    const parts = ["you", "call", "goal", "product"].filter((part) => view.brief?.[part]);
    const names = { you: "You", call: "The call", goal: "Your aim", product: "What you sell" };
    const rows = parts.map((part) => [names[part], view.brief[part]]);
    if (view.screen.heard?.length > 0) rows.push(["Hearsay", hearsay(view.screen.heard)]);
    this.briefing.open = view.screen.phase === "start";
    this.briefing.replaceChildren(
      make("summary", {}, "briefing"),
      make("dl", { class: "ts-brief" }, ...rows.flatMap(([name, text]) => [
        make("dt", {}, name),
        make("dd", {}, text),
      ])),
    );
  }

  drawNotes(view) {
    const notes = view.notes ?? [];
    const count = `your notes (facts you have heard: ${notes.length})`;
    const turn = (note) => make("span", { class: "ts-dim" }, ` turn ${note.turn}`);
    const list = notes.map((note) => make("li", {}, note.text, turn(note)));
    const summary = this.notes.querySelector("summary") ?? make("summary", {});
    summary.textContent = count;
    this.notes.replaceChildren(
      summary,
      list.length > 0 ? make("ul", {}, ...list) : make("p", {}, "Nothing yet. What the customer tells you lands here."),
    );
  }

  againButtons(phase) {
    const act = (verb, text) => mainButton(text, () => this.send({ do: verb }), { dataset: { do: verb } });
    if (phase === "over") return [act("again", "Play again")];
    if (phase === "blocked") return [act("resume", "Try again")];
    return [];
  }

  /** After a reply the focus goes back to where the hands were, or to what took its place. */
  returnHands(hadHands, before, phase) {
    if (!hadHands) return;
    const now = focused(this.root);
    const isStillThere = now === before && this.root.contains(now) && now.offsetParent !== null;
    if (isStillThere) return;
    const part = { call: this.say, watch: this.watch, score: this.selfScore, over: this.debrief, start: this.start }[phase];
    if (part) part.takeFocus();
    else this.again.querySelector("button")?.focus();
  }
}

/** "Customers talk. This one may have heard of your call with Cobalt Ridge Mining." */
function hearsay(companies) {
  const [last, ...others] = [...companies].reverse();
  const named = others.length > 0 ? `${others.reverse().join(", ")} and ${last}` : last;
  return `Customers talk. In practice this one may have heard of your call with ${named}.`;
}

function icon(glyph) {
  return make("span", { "aria-hidden": "true", class: "ts-icon" }, glyph);
}

/** "Cobalt Ridge — Tomasz Wrona, reliability engineer" */
function headline(view) {
  const people = (view.with ?? []).map((person) => `${person.name}, ${person.role}`).join("; ");
  return [view.title, people && make("span", { class: "ts-people" }, ` — ${people}`)].filter(Boolean);
}

function render({ model, el }) {
  const view = new RolePlayView(model);
  const figures = () => view.paintFigures();
  const close = mount({ model, el }, view.root, view.line, () => view.paint());
  model.on("change:figures", figures);
  figures();
  model.send({ do: "ready" });
  return () => {
    model.off("change:figures", figures);
    close();
  };
}

export default { render };
