// The text field: a sentence goes out with Enter, and stays in the field until the kernel has it.

const TALLEST = 144; // px: about six lines, then it scrolls

class FieldView {
  /**
   * @param {(text: string) => boolean} onSay sends; false when an answer is still due
   * @param {string} news id of what is to be known before typing on
   */
  constructor(onSay, news) {
    this.onSay = onSay;
    this.out = null; // what was sent and is not yet answered
    this.last = ""; // what was sent before
    const help = freshId("help");
    this.input = make("textarea", {
      class: "ts-field",
      id: freshId("field"),
      rows: 1,
      dir: "auto",
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": `${news} ${help}`,
      on: { input: () => this.fit(), keydown: (event) => this.chord(event) },
    });
    this.help = make(
      "p",
      { class: "ts-dim", id: help },
      "Enter sends · Shift+Enter new line · ↓ lines to pick · ↑ what you typed before",
    );
    const sendButton = mainButton("Send", () => this.go(), { dataset: { do: "say" } });
    this.node = make(
      "div",
      { class: "ts-typing" },
      make("div", { class: "ts-field-row" }, this.input, sendButton),
      this.help,
    );
  }

  get isEmpty() {
    return this.input.value === "";
  }

  go() {
    const text = this.input.value;
    if (text.trim() !== "" && this.onSay(text)) {
      this.out = text;
      this.input.readOnly = true;
    }
    this.input.focus();
  }

  /** The answer is there, or none will come: what was not taken stays to be sent again. */
  settled(wasTaken) {
    this.input.readOnly = false;
    if (this.out === null) return;
    if (wasTaken) {
      this.last = this.out;
      this.put("");
    }
    this.out = null;
  }

  put(text) {
    this.input.value = text;
    this.fit();
  }

  /** As tall as the text, up to a limit; most browsers do that themselves. */
  fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.input.style.height = "auto";
    const room = this.input.offsetHeight - this.input.clientHeight;
    const tall = this.input.scrollHeight + room;
    if (tall > room) this.input.style.height = `${Math.min(tall, TALLEST)}px`;
  }

  /** Ctrl+Enter would run the notebook's cell. */
  chord(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    this.go();
  }

  /** Enter and ↑; True when the key was used. While an input method composes, Enter belongs to it. */
  key(event) {
    if (event.isComposing) return false;
    if (event.key === "Enter" && !event.shiftKey) {
      if (!event.repeat) this.go();
      return true;
    }
    if (event.key !== "ArrowUp" || !this.isEmpty || this.last === "") return false;
    this.put(this.last);
    return true;
  }
}
