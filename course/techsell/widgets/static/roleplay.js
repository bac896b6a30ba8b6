// The role-play: paints the one trait `view`, sends what the learner does, decides nothing.
// Put together by theme.py from dom.js, transcript.js, say.js, debrief.js, roleplay.js, in this order.

class RolePlayView {
  constructor(model) {
    this.model = model;
    this.line = new Line(model, { onSilence: (text) => say(this.notice, text) });
    const send = (message) => this.send(message);
    this.transcript = new TranscriptView();
    this.say = new SayView(send);
    this.debrief = new DebriefView((turn) => this.transcript.goTo(turn));
    this.title = make("h3", { class: "ts-title" });
    this.status = make("p", { class: "ts-status" });
    this.outside = make("div", {});
    this.briefing = make("details", { class: "ts-details" });
    this.notes = make("details", { class: "ts-details" });
    this.start = make("div", { class: "ts-start" });
    this.notice = make("p", { class: "ts-notice ts-empty", role: "alert" });
    this.again = make("div", { class: "ts-row" });
    this.drawn = {};
    this.root = make(
      "div",
      { class: "ts ts-roleplay", role: "group" },
      make("div", { class: "ts-head" }, this.title, this.status),
      this.outside,
      make("div", { class: "ts-row ts-papers" }, this.briefing, this.notes),
      this.start,
      this.transcript.node,
      this.notice,
      this.say.node,
      this.debrief.node,
      this.again,
    );
    keepKeys(this.root, (event) => this.key(event));
  }

  send(message) {
    if (this.line.send(message)) this.root.setAttribute("aria-busy", "true");
  }

  /** Number keys and letters act wherever the focus is in the widget, except while typing. */
  key(event) {
    const view = this.model.get("view");
    if (view.screen.phase !== "call" || isTextField(event.target) || event.repeat) return false;
    return this.say.key(event);
  }

  paint() {
    const view = this.model.get("view");
    const phase = view.screen.phase;
    const hadHands = this.line.answered();
    const at = focused(this.root);
    this.root.setAttribute("aria-busy", "false");
    this.root.setAttribute("aria-label", `Call: ${view.title}`);
    this.once("head", [view.title, view.with], () => this.title.replaceChildren(...headline(view)));
    this.once("outside", view.screen.note, () =>
      this.outside.replaceChildren(...[recordedNote(view.screen.note)].filter(Boolean)),
    );
    this.once("brief", [view.brief, phase === "start"], () => this.drawBriefing(view));
    this.once("notes", view.notes, () => this.drawNotes(view));
    this.once("start", [phase, view.screen.declared], () => this.drawStart(view));
    this.drawStatus(view);
    this.show(phase); // before the transcript grows: a hidden live region stays silent
    this.transcript.paint(view);
    this.say.paint(view);
    this.debrief.paint(view);
    this.once("again", phase, () => this.again.replaceChildren(...this.againButtons(phase)));
    say(this.notice, view.screen.notice && `△ ${view.screen.notice}`);
    this.returnHands(hadHands, at, phase);
  }

  /** Redraws a part only when what it shows has changed, so that focus and open boxes survive. */
  once(part, shows, draw) {
    const drawing = JSON.stringify(shows);
    if (this.drawn[part] === drawing) return;
    this.drawn[part] = drawing;
    draw();
  }

  show(phase) {
    this.start.hidden = phase !== "start";
    this.say.node.hidden = phase !== "call";
    this.debrief.node.hidden = phase !== "over";
    this.notes.hidden = phase === "start" || phase === "blocked";
    this.status.hidden = phase !== "call";
  }

  drawStatus(view) {
    const mood = view.mood;
    this.status.replaceChildren(
      ...(mood ? [`turn ${view.turn} of ${view.budget} · ${mood.word} `, icon(mood.icon)] : []),
    );
  }

  drawBriefing(view) {
    const parts = ["you", "call", "goal", "product"].filter((part) => view.brief?.[part]);
    const names = { you: "You", call: "The call", goal: "Your aim", product: "What you sell" };
    this.briefing.open = view.screen.phase === "start";
    this.briefing.replaceChildren(
      make("summary", {}, "briefing"),
      make("dl", { class: "ts-brief" }, ...parts.flatMap((part) => [
        make("dt", {}, names[part]),
        make("dd", {}, view.brief[part]),
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

  drawStart(view) {
    const { graded, declared } = view.screen;
    if (!declared) return;
    const start = (mode) => () => this.send({ do: "start", mode });
    const row = make(
      "div",
      { class: "ts-row" },
      mainButton(graded ? "Practise" : "Start the call", start("practice"), { dataset: { start: "practice" } }),
    );
    const words = [];
    if (graded) {
      const next = Math.min(declared.used + 1, declared.limit);
      const text = declared.left > 0 ? `Declared attempt ${next} of ${declared.limit}` : "No declared attempt left";
      row.append(button(text, start("declared"), { dataset: { start: "declared" }, disabled: declared.left === 0 }));
      words.push(
        "Practice is private and has no limit; you can take a line back.",
        declared.why_not ||
          `A declared attempt goes with your hand-in. You have ${declared.limit}, the best one counts, ` +
            "and nothing can be taken back.",
      );
    } else {
      words.push("No score, nothing to lose. Pick what you would say; number keys work too.");
    }
    this.start.replaceChildren(row, ...words.map((text) => make("p", {}, text)));
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
    if (phase === "call") this.say.takeFocus();
    else if (phase === "over") this.debrief.takeFocus();
    else (this.start.querySelector("button") ?? this.again.querySelector("button"))?.focus();
  }
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
  return mount({ model, el }, view.root, view.line, () => view.paint());
}

export default { render };
