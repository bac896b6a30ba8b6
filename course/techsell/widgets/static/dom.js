// Helpers shared by all our widgets. This file exports nothing: theme.py puts whole files one after the
// other into the single module that anywidget loads.

/**
 * Makes an element. Text always goes in as text, never as HTML, so nothing in a scenario can run.
 *
 * @param {string} tag
 * @param {Object} props attributes; `class`, `on` ({event: handler}), `dataset` and booleans are understood
 * @param {...(Node|string|null|undefined|false)} children
 */
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "dataset") {
      Object.assign(node.dataset, value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Ids must be unique in the page, also when one model is shown twice. */
let madeIds = 0;
function freshId(stem) {
  madeIds += 1;
  return `ts-${stem}-${madeIds}-${Math.random().toString(36).slice(2, 8)}`;
}

function button(text, onClick, props = {}) {
  return make("button", { type: "button", class: "ts-button", ...props, on: { click: onClick } }, text);
}

/** The one button of a place that leads on. */
function mainButton(text, onClick, props = {}) {
  return button(text, onClick, { class: "ts-button ts-primary", ...props });
}

/** A radio button with its label. */
function choice(input, text) {
  return make("div", { class: "ts-choice" }, input, make("label", { for: input.id }, text));
}

/** Shows a text in a region that is in the page from the start, so that screen readers hear the change. */
function say(region, text) {
  const wanted = text ?? "";
  if (region.textContent !== wanted) region.textContent = wanted;
  region.classList.toggle("ts-empty", wanted === "");
}

/** Where the keyboard is, also inside a shadow root. */
function focused(root) {
  return root.getRootNode().activeElement ?? document.activeElement;
}

function isTextField(node) {
  if (!(node instanceof HTMLElement)) return false;
  if (node.isContentEditable || node.tagName === "TEXTAREA" || node.tagName === "SELECT") return true;
  return node.tagName === "INPUT" && !["radio", "checkbox", "button", "submit", "range"].includes(node.type);
}

/**
 * Keeps plain keys inside the widget. JupyterLab listens on the document: without this, Enter on our button
 * would open a cell for editing and "1" could turn a cell into a heading. Chords with Ctrl, Alt or Cmd pass.
 *
 * @param {HTMLElement} root
 * @param {(event: KeyboardEvent) => boolean} onKey returns true when it used the key
 */
function keepKeys(root, onKey = () => false) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      leave(root);
      return;
    }
    if (onKey(event)) event.preventDefault();
    if (event.key !== "Tab") event.stopPropagation();
  });
}

/** Esc: hands go back to the notebook's cell, or out of the page's focus where there is no notebook. */
function leave(root) {
  const cell = root.closest(".jp-Cell") ?? root.getRootNode().host?.closest(".jp-Cell");
  focused(root)?.blur();
  if (cell) {
    if (!cell.hasAttribute("tabindex")) cell.setAttribute("tabindex", "-1");
    cell.focus({ preventScroll: true });
  }
}

/**
 * Sends messages to the kernel and knows whether an answer is due.
 * When none comes, it says so: the work is in the store, running the cell again brings it back.
 */
class Line {
  constructor(model, { onSilence, patience = 8000 }) {
    this.model = model;
    this.onSilence = onSilence;
    this.patience = patience;
    this.waiting = false;
    this.timer = null;
  }

  send(message) {
    if (this.waiting) return false;
    this.waiting = true;
    this.timer = setTimeout(() => {
      this.waiting = false;
      this.onSilence(
        "No answer from the kernel. What you did so far is kept: run this cell again (Shift+Enter) to go on.",
      );
    }, this.patience);
    this.model.send(message);
    return true;
  }

  /** True when the state that just came in answers a message of this view. */
  answered() {
    const due = this.waiting;
    clearTimeout(this.timer);
    this.waiting = false;
    return due;
  }
}

/** The note that nothing is kept, shown wherever the notebook is outside a workspace. */
function recordedNote(text) {
  return text ? make("p", { class: "ts-note" }, `△ ${text}`) : null;
}

/** Put a view on the page and keep it painted. Returns what is called when the view goes. */
function mount({ model, el }, root, line, paint) {
  paint();
  el.append(root);
  model.on("change:view", paint);
  return () => {
    clearTimeout(line.timer);
    model.off("change:view", paint);
  };
}
