// What the learner says: the one labelled region in which a call is steered, by typing or by picking.

class SayView {
  /** @param {(message: Object) => boolean} send */
  constructor(send) {
    this.send = send;
    this.level = "menu";
    this.canType = false;
    this.isOpen = false; // the menu, while typing
    this.turn = -1;
    this.actions = []; // [key, what it does, its words]
    this.drawn = "";
    const label = freshId("say");
    this.news = make("p", { class: "ts-note ts-news ts-empty", id: freshId("news") });
    this.field = new FieldView((text) => send({ do: "say", text }), this.news.id);
    this.asking = new AskingView(send);
    this.menu = new MenuView(send);
    this.tools = make("div", { class: "ts-row ts-tools" });
    this.sure = make("div", { class: "ts-row ts-sure" });
    this.node = make(
      "div",
      { class: "ts-say", role: "group", "aria-labelledby": label },
      make("label", { class: "ts-label", id: label, for: this.field.input.id }, "What do you say?"),
      this.news,
      this.field.node,
      this.asking.node,
      this.menu.node,
      this.sure,
      this.tools,
    );
  }

  paint(view) {
    if (view.turn !== this.turn) this.isOpen = false;
    this.turn = view.turn;
    this.canType = view.screen.can_type ?? false;
    this.level = view.level === "text" && this.canType ? "type" : "menu";
    say(this.news, view.news && this.level === "type" ? `△ ${view.news}` : "");
    this.asking.paint(view.asking);
    this.menu.paint(view);
    this.show();
    const drawing = JSON.stringify([view.page, view.pages, view.can_undo, view.turn, this.level, this.canType]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    this.pages = [view.page, view.pages];
    this.canUndo = view.can_undo;
    this.drawTools();
    this.askWhetherSure(false);
  }

  /** The menu stands open where lines are picked, where the learner opened it, and where typing did not help. */
  get showsMenu() {
    return this.level === "menu" || this.isOpen || this.asking.asking?.kind === "menu";
  }

  show() {
    this.field.node.hidden = this.level !== "type";
    this.menu.node.hidden = !this.showsMenu || this.asking.canChoose;
    this.tools.querySelector('[data-do="menu"]')?.setAttribute("aria-expanded", String(this.showsMenu));
  }

  drawTools() {
    const [page, pages] = this.pages;
    const isTyping = this.level === "type";
    this.actions = [
      pages > 1 && this.showsMenu && ["0", "more", `more lines (page ${page + 1} of ${pages})`],
      this.canType && !isTyping && ["t", "type", "type it instead"],
      isTyping && ["m", "menu", "lines to pick"],
      ["h", "hint", "hint"],
      this.canUndo && ["u", "undo", "undo"],
    ].filter(Boolean);
    const tools = this.actions.map(([key, action, text]) => this.tool(key, action, text));
    const quiet = { class: "ts-quiet ts-far", dataset: { do: "end" } };
    this.tools.replaceChildren(...tools, button("End call", () => this.askWhetherSure(true), quiet));
    this.show();
  }

  tool(key, action, text) {
    return make(
      "button",
      {
        type: "button",
        class: "ts-quiet ts-tool",
        "aria-keyshortcuts": key,
        dataset: { do: action },
        on: { click: () => this.act(action) },
      },
      make("kbd", { class: "ts-key" }, key),
      " ",
      make("span", {}, text),
    );
  }

  act(action) {
    if (action === "menu") this.openMenu(!this.isOpen);
    else if (action === "type") this.send({ do: "level", level: "type" });
    else this.send({ do: action });
  }

  openMenu(isOpen) {
    this.isOpen = isOpen;
    this.show();
    this.drawTools();
    this.takeFocus();
  }

  /** Hanging up cannot be taken back, so it takes two presses. */
  askWhetherSure(open) {
    this.sure.replaceChildren();
    if (!open) return;
    const yes = button("Hang up", () => this.send({ do: "end" }), { dataset: { do: "end-yes" } });
    const no = button("Stay on the line", () => {
      this.askWhetherSure(false);
      this.tools.querySelector('[data-do="end"]').focus();
    });
    this.sure.append(make("span", {}, "Hang up now? The call is over then."), yes, no);
    yes.focus();
  }

  /** Keys in this region; true when the key was used. A digit typed into a sentence is part of the sentence. */
  key(event) {
    const isTyping = event.target === this.field.input;
    if (isTyping && this.field.key(event)) return true;
    if (event.repeat || (isTyping && !this.field.isEmpty) || (!isTyping && isTextField(event.target))) return false;
    const digit = digitOf(event);
    if (digit !== null && this.digit(digit)) return true;
    if (isTyping) return this.fieldKey(event.key);
    const action = this.actions.find(([key]) => key === (digit ?? event.key));
    if (action) this.act(action[1]);
    return action !== undefined;
  }

  digit(digit) {
    if (this.asking.canChoose) return this.asking.key(digit);
    return this.showsMenu && this.menu.key(digit);
  }

  fieldKey(key) {
    if (key !== "ArrowDown" || this.asking.canChoose) return false;
    this.openMenu(true);
    return true;
  }

  /** Hands go where the next sentence is made: to the field, or to the first line of the menu. */
  takeFocus() {
    const picks = this.level === "menu" || this.isOpen;
    if (this.asking.canChoose && this.level === "menu") this.asking.node.querySelector("button").focus();
    else if (picks && this.menu.lines.length > 0) this.menu.takeFocus();
    else if (this.level === "type") this.field.input.focus();
    else this.tools.querySelector("button").focus();
  }
}
