/* Lessons are live when they are opened: the cells that the course shipped for that are run, and no others.
 *
 * Which cells those are is the server's word: it compares path, cell id and a hash of the source with what was
 * installed. A cell that was edited belongs to the learner and waits to be run by hand.
 */

/** Not `unknown`: that is a lost connection, and the widgets of a kernel that is still there need no second run. */
const STARTING = new Set(['starting', 'restarting', 'autorestarting', 'dead', 'terminating']);

/** What a notebook shows of a widget: a reference into the kernel that made it. */
const WIDGET = 'application/vnd.jupyter.widget-view+json';

/**
 * Watch every notebook that opens. Returns `settled(panel)`, a promise for the end of the first run in a panel.
 */
export function watchNotebooks(lab, api, notebooks) {
  const first = new WeakMap();
  const watch = panel => {
    if (!first.has(panel)) {
      const shipped = new Map(); // id -> source of the cells that run by themselves
      saveWithoutWidgets(panel, shipped);
      first.set(panel, keepLive(lab, api, panel, shipped));
    }
  };
  notebooks.forEach(watch);
  notebooks.widgetAdded.connect((_, panel) => watch(panel));
  return panel => first.get(panel) || Promise.resolve();
}

/**
 * Keep the widgets of cells that run by themselves off the disk: there they would be references into a kernel that
 * has gone, shown as errors for a moment when the notebook is opened again.
 */
function saveWithoutWidgets(panel, shipped) {
  const { model } = panel.context;
  const complete = model.toJSON;
  model.toJSON = () => {
    const notebook = complete.call(model);
    const cells = notebook.cells.map(cell =>
      shipped.get(cell.id) === [cell.source].flat().join('') && cell.outputs
        ? { ...cell, outputs: cell.outputs.filter(output => !(output.data && WIDGET in output.data)) }
        : cell
    );
    return { ...notebook, cells };
  };
}

async function keepLive(lab, api, panel, shipped) {
  const session = panel.sessionContext;
  let starts = 0; // counts the kernel's starts, so that a run can notice that its kernel has gone
  let done = -1;
  let running = Promise.resolve();

  const run = () => {
    if (done !== starts) {
      done = starts;
      const mine = starts;
      running = runShippedCells(lab, api, panel, shipped, () => mine === starts && !panel.isDisposed).catch(error => {
        // The cells can be run by hand all the same, so this stays out of the way.
        console.warn(`techsell: ${error.message}`);
      });
    }
    return running;
  };

  try {
    await Promise.all([panel.context.ready, session.ready]);
  } catch {
    return; // JupyterLab has said why
  }
  session.kernelChanged.connect((_, change) => {
    starts += change.newValue ? 1 : 0;
  });
  session.statusChanged.connect((_, status) => {
    if (STARTING.has(status)) {
      starts += 1;
    } else if (status === 'idle') {
      void run();
    }
  });
  const kernel = session.session && session.session.kernel;
  if (kernel && !panel.isDisposed) {
    await kernel.info.catch(() => undefined);
    await run();
  }
}

async function runShippedCells(lab, api, panel, shipped, isCurrent) {
  const { model } = panel.context;
  const code = panel.content.widgets.filter(cell => cell.model.type === 'code');
  const asked = new Map(code.map(cell => [cell.model.id, source(cell)]));
  const { run } = await api.autorun(
    panel.context.path,
    [...asked].map(([id, text]) => ({ id, source: text }))
  );
  run.forEach(id => shipped.set(id, asked.get(id)));
  for (const id of run) {
    if (!isCurrent()) {
      return;
    }
    const cell = panel.content.widgets.find(widget => widget.model.id === id);
    if (!cell || source(cell) !== asked.get(id)) {
      continue; // edited or deleted in the meantime
    }
    // Not NotebookActions: that scrolls to the active cell, and nobody asked to be moved.
    const reply = await lab.cells.CodeCell.execute(cell, panel.sessionContext, {}).catch(canceled);
    if (reply && reply.content.status !== 'ok') {
      return;
    }
  }
  if (run.length > 0 && model.dirty && isCurrent()) {
    await panel.context.save(); // what autosave does ten seconds later; closing it then asks nothing
  }
}

function source(cell) {
  return cell.model.sharedModel.getSource();
}

/** A kernel that dies or is restarted cancels what was waiting; the next start runs it again. */
function canceled(error) {
  if (!/^Canceled/.test(error.message)) {
    throw error;
  }
  return undefined;
}
