/* Open the exact place: a notebook, scrolled to one cell. */

import { Refused } from './api.js';

export function makeOpener(app, documents, notebooks, settled) {
  /**
   * @param path - notebook in the workspace.
   * @param cell - id of the cell to show; empty for wherever the notebook is.
   */
  return async function open(path, cell = '') {
    try {
      await app.serviceManager.contents.get(path, { content: false });
    } catch (error) {
      const status = error.response && error.response.status;
      throw new Refused(
        status === 404
          ? `${path} is not in your workspace any more. Stop 'techsell learn' and start it again: it puts the course's ` +
            'notebooks back and leaves yours alone.'
          : `${path} cannot be opened: ${error.message}.`
      );
    }
    const panel = documents.openOrReveal(path);
    if (!panel || !cell || !notebooks.has(panel)) {
      return;
    }
    await panel.revealed;
    await panel.context.ready;
    const moved = firstMove(panel.node);
    await show(panel, cell);
    await settled(panel); // what runs above the place pushes it down
    if (!moved() && !panel.isDisposed) {
      await show(panel, cell);
    }
  };
}

async function show(panel, id) {
  const content = panel.content;
  const index = content.widgets.findIndex(cell => cell.model.id === id);
  if (index < 0) {
    return;
  }
  content.activeCellIndex = index;
  await content.scrollToItem(index, 'start').catch(() => undefined);
}

/** Whether the person has taken over since: a scroll, a key, a click. */
function firstMove(node) {
  let moved = false;
  const note = () => {
    moved = true;
  };
  for (const kind of ['wheel', 'keydown', 'pointerdown']) {
    node.addEventListener(kind, note, { once: true, passive: true, capture: true });
  }
  return () => moved;
}
