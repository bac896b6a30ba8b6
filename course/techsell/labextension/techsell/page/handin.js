/* The button in the toolbar of an exercise notebook: save, then hand in. */

const HAND_IN = 'techsell:hand-in';

/** The module whose exercises a notebook is, or null. */
export function moduleOf(path) {
  const found = /^exercises\/([a-z][a-z0-9_]*)\/([^/]+)\.ipynb$/.exec(path);
  return found && found[1] === found[2] ? found[1] : null;
}

/**
 * Adds the command and puts its button on every exercise notebook.
 *
 * @param handIn - what to do with a module once its notebook is saved.
 * @returns the command's id.
 */
export function handInButton(lab, app, notebooks, handIn) {
  const { commands } = app;
  const current = () => (notebooks.currentWidget ? moduleOf(notebooks.currentWidget.context.path) : null);

  commands.addCommand(HAND_IN, {
    label: 'Hand in',
    caption: 'Save this notebook and hand in the module, with your declared role-plays',
    isEnabled: () => current() !== null,
    execute: async () => {
      const panel = notebooks.currentWidget;
      const module = current();
      if (module === null) {
        return;
      }
      await panel.context.save();
      if (panel.context.model.dirty) {
        return; // the save did not work, and JupyterLab has said why
      }
      await handIn(module);
    }
  });
  notebooks.currentChanged.connect(() => commands.notifyCommandChanged(HAND_IN));

  app.docRegistry.addWidgetExtension('Notebook', {
    createNew: panel => {
      if (moduleOf(panel.context.path) === null) {
        return undefined;
      }
      // The lesson's notebook has the same name. A class, since JupyterLab renames the file when a label is changed.
      panel.title.className += ' techsell-exercises';
      const button = new lab.ui.CommandToolbarButton({ commands, id: HAND_IN, label: 'Hand in' });
      button.addClass('techsell-hand-in');
      panel.toolbar.insertItem(10, 'techsell-hand-in', button);
      return button;
    }
  });
  return HAND_IN;
}
