/* What the course home shows, from the server's JSON: a function of its data. */

import { duration, h, points, sign, spoken, trouble } from './dom.js';

const STATES = {
  planned: { icon: '○', word: 'planned' },
  new: { icon: '○', word: 'not begun' },
  started: { icon: '◐', word: 'begun' },
  done: { icon: '●', word: 'done' }
};

export const troubleView = trouble;

/**
 * @param data - the answer of `/techsell/home`.
 * @param doings - `open(path, cell)` and `feedback(module)`.
 * @returns the elements of the page.
 */
export function homeView(data, doings) {
  return [
    h('h1', {}, data.title),
    continueBox(data, doings),
    startHere(data.start, doings),
    h(
      'section',
      { 'aria-labelledby': 'techsell-modules' },
      h('h2', { id: 'techsell-modules' }, 'Modules'),
      h('ol', { class: 'techsell-modules', role: 'list' }, data.modules.map(module => moduleRow(module, doings)))
    ),
    h(
      'p',
      { class: 'techsell-foot' },
      `Times are estimates. Your work is in ${data.workspace}; you are learner ${data.learner}.`
    )
  ].filter(node => node !== null);
}

function continueBox(data, doings) {
  const next = data.continue_at;
  if (!next) {
    return h(
      'section',
      { class: 'techsell-continue', 'aria-labelledby': 'techsell-next' },
      h('h2', { id: 'techsell-next' }, 'Continue'),
      h('p', {}, 'Everything that is ready is done. The planned modules come with the next version of the course.')
    );
  }
  const begun = [...data.start, ...data.modules].some(found => found.state === 'started' || found.state === 'done');
  const word = begun ? 'Continue' : 'Begin';
  return h(
    'section',
    { class: 'techsell-continue', 'aria-labelledby': 'techsell-next' },
    h('h2', { id: 'techsell-next' }, begun ? 'Continue' : 'Begin here'),
    h(
      'div',
      { class: 'techsell-next' },
      h('p', {}, next.title),
      h(
        'button',
        {
          type: 'button',
          class: 'techsell-button techsell-primary',
          'data-key': 'continue',
          'aria-label': `${word}: ${next.title}`,
          click: () => doings.open(next.notebook, next.cell)
        },
        word
      )
    )
  );
}

function startHere(items, doings) {
  if (items.length === 0) {
    return null;
  }
  const list = h('ol', { class: 'techsell-modules', role: 'list' }, items.map(item => startRow(item, doings)));
  if (items.every(item => item.state === 'done')) {
    return h('details', { class: 'techsell-start', 'data-fold': 'start' }, h('summary', {}, 'Start here · done'), list);
  }
  return h('section', { 'aria-labelledby': 'techsell-start' }, h('h2', { id: 'techsell-start' }, 'Start here'), list);
}

function startRow(item, doings) {
  return h(
    'li',
    { class: 'techsell-row', 'data-state': item.state },
    h('span', { class: 'techsell-number', 'aria-hidden': 'true' }, '›'),
    h('span', { class: 'techsell-name' }, opens(item.title, `start-${item.id}`, () => doings.open(item.notebook, item.cell))),
    h('span', { class: 'techsell-state' }, stateWord(item.state), item.detail ? ` · ${item.detail}` : null),
    h('span', { class: 'techsell-score' }),
    h('span', { class: 'techsell-time' }, item.state === 'done' ? '' : duration(item.minutes))
  );
}

function moduleRow(module, doings) {
  const planned = module.state === 'planned';
  const name = planned
    ? h('span', {}, module.title)
    : opens(module.title, `lesson-${module.id}`, () => doings.open(module.lesson, ''));
  return h(
    'li',
    { class: 'techsell-row', 'data-state': module.state },
    h('span', { class: 'techsell-number' }, String(module.number)),
    h('span', { class: 'techsell-name' }, name),
    h(
      'span',
      { class: 'techsell-state' },
      stateWord(module.state),
      module.state === 'started' ? h('span', {}, ` · ${module.percent}\u2009%`) : null
    ),
    h('span', { class: 'techsell-score' }, scoreWord(module)),
    h('span', { class: 'techsell-time' }, timeWord(module)),
    planned ? null : doors(module, doings)
  );
}

/** The other ways into a module that can be worked on: each of its steps, its exercises, its feedback. */
function doors(module, doings) {
  return h(
    'div',
    { class: 'techsell-doors' },
    h(
      'details',
      { 'data-fold': `steps-${module.id}` },
      h('summary', {}, 'Steps', spoken(` of ${module.title}`)),
      h('ol', { role: 'list' }, module.steps.map(step => stepRow(module, step, doings)))
    ),
    opens('Exercises', `exercise-${module.id}`, () => doings.open(module.exercise, ''), `Exercises of ${module.title}`),
    module.feedback
      ? opens('Feedback', `feedback-${module.id}`, () => doings.feedback(module.id), `Feedback on ${module.title}`)
      : null
  );
}

function stepRow(module, step, doings) {
  return h(
    'li',
    {},
    sign((STATES[step.state] || STATES.new).icon, step.state),
    spoken(`${(STATES[step.state] || STATES.new).word}: `),
    h(
      'span',
      {},
      opens(step.title, `step-${module.id}-${step.id}`, () => doings.open(step.notebook, step.cell)),
      step.detail ? ` ${step.detail}` : null
    ),
    h('span', { class: 'techsell-time' }, duration(step.minutes))
  );
}

function opens(text, key, click, label = null) {
  return h('button', { type: 'button', class: 'techsell-link', 'data-key': key, 'aria-label': label, click }, text);
}

function stateWord(state) {
  const { icon, word } = STATES[state] || STATES.new;
  return [sign(icon, state), ' ', word];
}

function scoreWord(module) {
  if (module.state === 'planned') {
    return '';
  }
  if (module.score === null || module.score === undefined) {
    return [h('span', { 'aria-hidden': 'true' }, '—'), spoken('no score yet')];
  }
  return [spoken('score '), points(module.score), spoken(` of ${points(module.max ?? 100)}`)];
}

function timeWord(module) {
  if (module.state === 'done') {
    return '';
  }
  return module.state === 'started' ? `${duration(module.minutes_left)} left` : duration(module.minutes_left);
}
