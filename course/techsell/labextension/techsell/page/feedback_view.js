/* What a feedback page shows, from a result: a function of its data. */

import { h, points, sign, spoken, trouble } from './dom.js';

const KINDS = {
  decision: 'decision',
  code: 'code',
  work_sample: 'work sample, marked by a person',
  role_play: 'role-play'
};

export const troubleView = trouble;

/** A wait with a count of seconds; the count is seen and not read out again and again. */
export function busyView(text) {
  const began = performance.now();
  const count = h('span', { 'aria-hidden': 'true' });
  const tick = () => {
    count.textContent = `${Math.round((performance.now() - began) / 1000)}\u2009s`;
  };
  const timer = window.setInterval(tick, 1000);
  return {
    node: h('div', { class: 'techsell-busy' }, h('progress', { 'aria-hidden': 'true' }), h('span', {}, text), count),
    stop: () => window.clearInterval(timer)
  };
}

/**
 * @param data - a result (`techsell submit --json`) with `title` and `exercise`.
 * @returns `{nodes, said}`: the page, and the sentence that is read out when it appears.
 */
export function feedbackView(data, doings) {
  const said = spoken(data.graded ? `Feedback is here: ${total(data)}` : 'Handed in. The feedback comes later.');
  const nodes = [
    h('h1', {}, `Feedback: ${data.title}`),
    data.graded ? scoreLine(data) : h('p', {}, 'Handed in. It is not graded yet.'),
    notes(data),
    ...data.tasks.map(found => task(found, data.waiting.includes(found.id))),
    h(
      'div',
      { class: 'techsell-actions' },
      h('button', { type: 'button', class: 'techsell-button', click: () => void doings.open(data.exercise) }, 'Back to the exercises'),
      h('button', { type: 'button', class: 'techsell-button', click: () => void doings.home() }, 'Course home')
    )
  ];
  return { nodes: nodes.filter(node => node !== null), said };
}

function total(data) {
  return `${points(data.score ?? 0)} of ${points(data.max)} points`;
}

function scoreLine(data) {
  const waiting = data.tasks.filter(task => data.waiting.includes(task.id)).reduce((sum, task) => sum + task.max, 0);
  return h(
    'p',
    { class: 'techsell-total' },
    h('strong', {}, points(data.score ?? 0)),
    h('span', {}, `of ${points(data.max)} points`),
    waiting > 0 ? h('span', {}, sign('◷', 'attention'), ` ${points(waiting)} more wait for a person`) : null
  );
}

function notes(data) {
  if (!data.notes || data.notes.length === 0) {
    return null;
  }
  return h('div', { class: 'techsell-notes' }, data.notes.map(note => h('p', {}, note)));
}

function task(found, waits) {
  const open = together(found.checks.filter(check => check.passed !== true));
  const passed = found.checks.filter(check => check.passed === true);
  const worded = passed.filter(check => check.message);
  const silent = passed.length - worded.length;
  return h(
    'section',
    { class: 'techsell-task', 'aria-label': found.title },
    h('h2', {}, found.title, h('span', {}, worth(found, waits))),
    h('p', { class: 'techsell-kind' }, KINDS[found.kind] || found.kind),
    found.comment ? h('blockquote', { class: 'techsell-comment' }, h('p', {}, found.comment)) : null,
    h(
      'ul',
      { class: 'techsell-checks', role: 'list' },
      open.map(row),
      worded.map(row),
      silent > 0 ? plain(verdict({ passed: true }), silent === 1 ? 'One check passed.' : `${silent} checks passed.`) : null
    )
  );
}

/** Checks that say the same are one row: eight times "Not answered yet" helps nobody. */
function together(checks) {
  const rows = new Map();
  for (const check of checks) {
    const key = JSON.stringify([check.passed, check.message, check.misconception || '']);
    const same = rows.get(key);
    rows.set(key, same ? { ...same, points: same.points + check.points, max: same.max + check.max } : check);
  }
  return [...rows.values()];
}

function worth(found, waits) {
  return waits ? `up to ${points(found.max)}` : `${points(found.points ?? 0)} of ${points(found.max)}`;
}

function row(check) {
  const waits = check.passed === null || check.passed === undefined;
  return h(
    'li',
    {},
    verdict(check),
    h(
      'div',
      {},
      check.misconception ? h('p', { class: 'techsell-idea' }, capital(check.misconception)) : null,
      h('p', {}, waits ? check.message || 'A person marks this.' : check.message || 'Not right yet.'),
      check.passed === false && check.max
        ? h('p', { class: 'techsell-worth' }, `${points(check.points ?? 0)} of ${points(check.max)} points`)
        : null
    )
  );
}

function plain(word, text) {
  return h('li', {}, word, h('p', {}, text));
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function verdict(check) {
  const [icon, meaning, word] = verdictOf(check);
  return h('span', {}, sign(icon, meaning), ` ${word}`);
}

function verdictOf(check) {
  if (check.passed === null || check.passed === undefined) {
    return ['◷', 'attention', 'waits'];
  }
  if (check.passed) {
    return ['✓', 'reached', 'passed'];
  }
  return check.points > 0 ? ['◐', 'attention', 'partly'] : ['✗', 'problem', 'not yet'];
}
