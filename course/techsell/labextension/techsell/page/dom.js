/* Native elements without a framework. */

/**
 * Make an element. `attributes` become attributes, except functions, which become listeners (`click: () => …`).
 * `null`, `false` and `''` among the children are left out; strings become text, never markup.
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      node.addEventListener(name, value);
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== null && value !== false && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.flat().filter(child => child !== null && child !== false && child !== ''));
  return node;
}

/** Text that is read out and not seen. */
export function spoken(text) {
  return h('span', { class: 'techsell-spoken' }, text);
}

/** A sign that is seen and not read out; a word stands beside it. */
export function sign(text, meaning = '') {
  return h('span', { class: 'techsell-sign', 'data-meaning': meaning || null, 'aria-hidden': 'true' }, text);
}

/** An error as a sentence, with a way to try again. */
export function trouble(sentence, again) {
  return h(
    'div',
    { class: 'techsell-trouble', role: 'alert' },
    h('p', {}, sign('▲', 'problem'), ' ', sentence),
    again && h('button', { type: 'button', class: 'techsell-button', click: again }, 'Try again')
  );
}

/** 135 minutes as "2 h 15", 40 as "40 min"; with thin spaces. */
export function duration(minutes) {
  const whole = Math.round(minutes);
  if (whole < 60) {
    return `${whole}\u2009min`;
  }
  const rest = whole % 60;
  return `${Math.floor(whole / 60)}\u2009h${rest ? `\u2009${String(rest).padStart(2, '0')}` : ''}`;
}

/** Points without needless digits: 86, 7.5. */
export function points(value) {
  return String(Math.round(value * 100) / 100);
}
