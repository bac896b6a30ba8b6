/* Feedback pages, one a module: the last result, or the hand-in under way. */

import { sentence } from './api.js';
import { h } from './dom.js';
import { busyView, feedbackView, troubleView } from './feedback_view.js';

/**
 * @param doings - `open(path)`, `home()`, and `changed()` after a result has come in.
 * @returns `{show(module), handIn(module)}`.
 */
export function feedbackPanels(lab, app, api, doings) {
  const pages = new Map();

  function page(module) {
    let found = pages.get(module);
    if (!found || found.isDisposed) {
      found = makePage(lab, module, doings);
      pages.set(module, found);
    }
    if (!found.isAttached) {
      app.shell.add(found, 'main', { activate: false, type: 'Feedback' });
    }
    return found;
  }

  async function read(module) {
    const shown = page(module);
    app.shell.activateById(shown.id);
    await shown.shows(api.feedback(module), 'Reading the feedback …');
  }

  async function handIn(module) {
    const shown = page(module);
    app.shell.activateById(shown.id);
    if (await shown.shows(api.handIn(module), 'Handed in. Your answers are being run and checked …')) {
      doings.changed();
    }
  }

  return { show: read, handIn };
}

function makePage(lab, module, doings) {
  class Page extends lab.widgets.Widget {
    constructor() {
      super();
      this.id = `techsell-feedback-${module}`;
      this.title.label = 'Feedback';
      this.title.caption = 'Feedback on your hand-in';
      this.title.closable = true;
      this.addClass('techsell-page');
      this.node.tabIndex = -1;
      this.status = h('div', { role: 'status', class: 'techsell-said' });
      this.content = h('div', { class: 'techsell-column' });
      this.node.append(this.status, this.content);
      this.asked = 0;
    }

    onActivateRequest() {
      this.node.focus();
    }

    /** Wait for `answer` and show it. Returns whether it came; a later question makes an earlier answer void. */
    async shows(answer, waiting) {
      const mine = ++this.asked;
      const busy = busyView(waiting);
      this.status.replaceChildren(busy.node);
      let data;
      let problem = null;
      try {
        data = await answer;
      } catch (error) {
        problem = sentence(error);
      }
      busy.stop();
      if (this.isDisposed || mine !== this.asked) {
        return problem === null;
      }
      if (problem !== null) {
        this.status.replaceChildren();
        this.content.replaceChildren(troubleView(problem));
        return false;
      }
      this.title.label = `Feedback: ${data.title}`;
      const view = feedbackView(data, { home: doings.home, open: path => this.opens(path) });
      this.content.replaceChildren(...view.nodes);
      this.status.replaceChildren(view.said);
      this.node.scrollTop = 0;
      return true;
    }

    async opens(path) {
      try {
        await doings.open(path);
      } catch (error) {
        this.status.replaceChildren(troubleView(sentence(error)));
      }
    }
  }
  return new Page();
}
