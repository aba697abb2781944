// Building the page from nodes. Text from outside only ever becomes text nodes: nothing here parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** The element with this id; the page is our own, so a missing one is a mistake worth a clear error. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element '${id}'`);
  return element;
}

/**
 * Makes an element. `props` holds attributes, `on` a map of listeners; `false`, `null` and `undefined` leave an attribute out.
 * Children are nodes or text.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = props;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener);
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/** The same for SVG elements. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

function setAttribute(element, name, value) {
  if (value == null || value === false) return;
  element.setAttribute(name, value === true ? '' : String(value));
}

/** Writes only what changed, so that a value repeated every second costs no layout and keeps the reader's selection. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A list whose parts stay the same elements however often it is drawn. `make(item)` gives a part: its `element`, and `show(item)`. */
export class KeyedList {
  #parts = new Map();
  #make;

  constructor(element, make) {
    this.element = element;
    this.#make = make;
  }

  show(items, keyOf) {
    const keys = new Set(items.map(keyOf));
    for (const [key, part] of this.#parts) {
      if (keys.has(key)) continue;
      part.element.remove();
      this.#parts.delete(key);
    }
    items.forEach((item, place) => {
      const key = keyOf(item);
      if (!this.#parts.has(key)) this.#parts.set(key, this.#make(item));
      const part = this.#parts.get(key);
      part.show(item);
      if (this.element.children[place] !== part.element) this.element.insertBefore(part.element, this.element.children[place] ?? null);
    });
  }
}

const ICONS = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M6 11l6-6 6 6',
  rename: 'M4 20h4L19 9l-4-4L4 16v4zM13.5 6.5l4 4',
  remove: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'M5 12.5l4.5 4.5L19 7',
  help: 'M9.2 9.2a2.9 2.9 0 1 1 4.1 2.7c-.9.4-1.3 1-1.3 2.1M12 17.4v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  key: 'M14.5 9.5a4 4 0 1 0-3.3 3.9L13 15h2v2h2v2h3v-3l-5.8-5.2a4 4 0 0 0 .3-1.3zM9.5 8.5v.1',
};

/** A line icon that takes the colour of the text around it and is silent to screen readers. */
export function icon(name) {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }));
}

/** A button that puts `text()` on the clipboard and says so. */
export function copyButton(label, text) {
  const button = h('button', { type: 'button', class: 'icon-button copy', 'aria-label': label, title: label }, icon('copy'));
  let restore;
  button.addEventListener('click', async () => {
    const done = await copy(text());
    button.replaceChildren(icon(done ? 'check' : 'close'));
    button.setAttribute('aria-label', done ? 'Copied' : 'Copying failed');
    clearTimeout(restore);
    restore = setTimeout(() => {
      button.replaceChildren(icon('copy'));
      button.setAttribute('aria-label', label);
    }, 1600);
  });
  return button;
}

// The clipboard API exists only on https and loopback; over a VPN address the old command is all there is.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
    field.value = text;
    (document.querySelector('dialog[open]') ?? document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

/** Storage that can be switched off by the browser: then nothing is kept, and nothing breaks. */
export function stored(storage, key) {
  return {
    get() { try { return storage().getItem(key); } catch { return null; } },
    set(value) {
      try { value == null ? storage().removeItem(key) : storage().setItem(key, value); } catch { /* see above */ }
    },
  };
}

export const kept = (key) => stored(() => localStorage, `aurora.${key}`);
export const keptForTab = (key) => stored(() => sessionStorage, `aurora.${key}`);
