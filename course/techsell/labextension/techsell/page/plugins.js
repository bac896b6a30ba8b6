/* The plugin of the course: a few lines that connect our modules to JupyterLab's. */

import { makeApi } from './api.js';
import { watchNotebooks } from './autorun.js';
import { feedbackPanels } from './feedback.js';
import { handInButton } from './handin.js';
import { HOME, homePanel } from './home.js';
import { makeOpener } from './opener.js';

const SHARED = {
  application: '@jupyterlab/application',
  apputils: '@jupyterlab/apputils',
  cells: '@jupyterlab/cells',
  coreutils: '@jupyterlab/coreutils',
  docmanager: '@jupyterlab/docmanager',
  notebook: '@jupyterlab/notebook',
  services: '@jupyterlab/services',
  ui: '@jupyterlab/ui-components',
  widgets: '@lumino/widgets'
};

/** @param need - gives a shared module of JupyterLab by name. */
export async function plugins(need) {
  const found = await Promise.all(Object.entries(SHARED).map(async ([key, name]) => [key, await need(name)]));
  const lab = Object.fromEntries(found);

  const course = {
    id: 'techsell:course',
    description: 'Course home, lessons that are live when opened, hand-in and its feedback.',
    autoStart: true,
    requires: [lab.docmanager.IDocumentManager, lab.notebook.INotebookTracker],
    optional: [lab.application.ILayoutRestorer, lab.apputils.ICommandPalette],
    activate: (app, documents, notebooks, restorer, palette) => {
      const api = makeApi(lab, app.serviceManager.serverSettings);
      const settled = watchNotebooks(lab, api, notebooks);
      const open = makeOpener(app, documents, notebooks, settled);
      const feedback = feedbackPanels(lab, app, api, {
        open,
        home: () => app.commands.execute(HOME),
        changed: () => home.refresh()
      });
      const home = homePanel(lab, app, api, { open, feedback: feedback.show, restorer });
      const handIn = handInButton(lab, app, notebooks, feedback.handIn);
      if (palette) {
        for (const command of [HOME, handIn]) {
          palette.addItem({ command, category: 'Course' });
        }
      }
    }
  };
  return [course];
}
