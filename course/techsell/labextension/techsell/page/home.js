/* The course home: a page of JupyterLab that needs no kernel and cannot be closed. */

import { sentence } from './api.js';
import { h } from './dom.js';
import { homeView, troubleView } from './home_view.js';

export const HOME = 'techsell:home';

/**
 * Adds the command, the button at the top left and, at start-up, the page itself.
 *
 * @param doings - `open(path, cell)`, `feedback(module)`, and Lab's `restorer` of layouts.
 * @returns `{refresh}`.
 */
export function homePanel(lab, app, api, doings) {
  const page = makePage(lab, api, {
    open: (path, cell) => doings.open(path, cell),
    feedback: module => doings.feedback(module)
  });

  app.commands.addCommand(HOME, {
    label: 'Course home',
    caption: 'Where you are and what is next',
    execute: args => {
      if (!page.isAttached) {
        app.shell.add(page, 'main', { mode: 'tab-before', activate: false, type: 'Course home' });
      }
      if (args.activate !== false) {
        app.shell.activateById(page.id);
        void page.refresh();
      }
      return page;
    }
  });

  const tracker = new lab.apputils.WidgetTracker({ namespace: 'techsell-home' });
  void tracker.add(page);
  if (doings.restorer) {
    void doings.restorer.restore(tracker, { command: HOME, args: () => ({ activate: false }), name: () => 'home' });
  }
  app.shell.add(makeButton(lab, app), 'top', { rank: 50 });

  // An address that names a file asks for that file; the home then waits behind it.
  const asked = /\/tree\//.test(window.location.pathname);
  void app.restored.then(() => app.commands.execute(HOME, { activate: !asked }));
  return { refresh: () => page.refresh() };
}

function makePage(lab, api, doings) {
  class Page extends lab.widgets.Widget {
    constructor() {
      super();
      this.id = 'techsell-home';
      this.title.label = 'Course home';
      this.title.caption = 'Where you are and what is next';
      this.title.closable = false;
      this.addClass('techsell-page');
      this.node.tabIndex = -1;
      this.content = h('div', { class: 'techsell-column' }, h('p', { role: 'status' }, 'Reading your progress …'));
      this.said = h('div', { class: 'techsell-said', 'aria-live': 'assertive' });
      this.node.append(this.said, this.content);
      this.painted = '';
    }

    onAfterAttach() {
      void this.refresh();
    }

    onAfterShow() {
      void this.refresh();
    }

    onActivateRequest() {
      this.node.focus();
    }

    /** Ask again and repaint; where nothing has changed, nothing moves. */
    async refresh() {
      let data;
      try {
        data = await api.home();
      } catch (error) {
        this.painted = '';
        this.content.replaceChildren(troubleView(sentence(error), () => void this.refresh()));
        return;
      }
      const text = JSON.stringify(data);
      if (text === this.painted) {
        return;
      }
      const focused = this.content.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      this.painted = text;
      this.said.replaceChildren();
      const folds = new Map([...this.content.querySelectorAll('details')].map(fold => [fold.dataset.fold, fold.open]));
      this.content.replaceChildren(...homeView(data, { ...doings, open: this.opens }));
      for (const fold of this.content.querySelectorAll('details')) {
        fold.open = folds.get(fold.dataset.fold) ?? fold.open;
      }
      if (focused) {
        const again = this.content.querySelector(`[data-key="${focused}"]`);
        (again || this.node).focus();
      }
    }

    /** Open a place, and say on the page why it did not work. */
    opens = async (path, cell) => {
      this.said.replaceChildren();
      try {
        await doings.open(path, cell);
      } catch (error) {
        this.said.replaceChildren(troubleView(sentence(error)));
      }
    };
  }
  return new Page();
}

function makeButton(lab, app) {
  const button = new lab.widgets.Widget();
  button.id = 'techsell-home-button';
  button.node.append(
    h(
      'button',
      {
        type: 'button',
        class: 'techsell-top',
        title: 'Course home: where you are and what is next',
        click: () => void app.commands.execute(HOME)
      },
      h('span', { 'aria-hidden': 'true' }, '⌂'),
      ' Course home'
    )
  );
  return button;
}
