// The worked example: an expert's call, one line a press, the reason beside each line.

class WatchView {
  /** @param {(message: Object) => void} send */
  constructor(send) {
    this.next = mainButton("Next line", () => send({ do: "next" }), { dataset: { do: "next" } });
    this.leave = button("Back to the briefing", () => send({ do: "again" }), { dataset: { do: "leave" } });
    this.place = make("p", { class: "ts-dim" });
    this.node = make(
      "div",
      { class: "ts-watch", role: "group", "aria-label": "Worked example" },
      this.place,
      make("div", { class: "ts-row" }, this.next, this.leave),
    );
  }

  paint(view) {
    const { at, of, over } = view.screen.watch ?? { at: 0, of: 0, over: true };
    this.next.hidden = over;
    this.leave.classList.toggle("ts-primary", over);
    this.leave.textContent = over ? "Now you" : "Back to the briefing";
    this.place.textContent = over
      ? "That was the call. Yours will go another way: this customer has several variants."
      : `A worked example, not a run of yours: line ${at} of ${of}. Enter plays the next line.`;
  }

  takeFocus() {
    (this.next.hidden ? this.leave : this.next).focus();
  }
}
