// The help, the question for a token, and short notices with an undo.

import { setToken } from './api.js';
import { byId, h, icon } from './dom.js';

export function openHelp() {
  const dialog = byId('help');
  if (!dialog.open) dialog.showModal();
}

export function wireHelp() {
  byId('help-open').addEventListener('click', openHelp);
  byId('help-close').addEventListener('click', () => byId('help').close());
  closeOnBackdrop(byId('help'));
}

function closeOnBackdrop(dialog) {
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
}

/** Asks for a token; `entered` runs once one was typed. */
export class TokenDialog {
  #dialog = byId('token-dialog');
  #input = byId('token-input');
  #problem = byId('token-problem');

  constructor(entered) {
    byId('token-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const value = this.#input.value.trim();
      if (!value) return;
      if (!/^[\x21-\x7e]+$/.test(value)) {
        this.#explain('A token has letters, digits and signs only, without spaces.');
        return;
      }
      setToken(value);
      this.#input.value = '';
      this.#dialog.close();
      entered();
    });
    // Without a token there is nothing behind this dialog to go back to.
    // Refusing only `cancel` would hold for one Escape: browsers let the second one through.
    this.#dialog.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
    this.#dialog.addEventListener('cancel', (event) => event.preventDefault());
  }

  open(refused) {
    if (refused) this.#explain('The node does not know that token. Check it, or create a new one.');
    if (this.#dialog.open) return;
    this.#problem.hidden = !refused;
    this.#dialog.showModal();
    this.#input.focus();
  }

  #explain(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = false;
  }
}

/**
 * A short notice. With `undo` it offers that; `done` runs when the notice goes without having been undone.
 * Returns a function that ends it at once.
 */
export function toast(text, { undo, done = () => {}, seconds = 6 } = {}) {
  const close = (after) => () => {
    clearTimeout(timer);
    if (!element.isConnected) return;
    element.remove();
    after();
  };
  const settle = close(done);
  const element = h(
    'div', { class: 'toast' }, h('span', {}, text),
    undo && h('button', { type: 'button', class: 'button small', on: { click: () => close(undo)() } }, 'Undo'),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', on: { click: settle } }, icon('close')));
  const timer = setTimeout(settle, seconds * 1000);
  byId('toasts').append(element);
  return settle;
}
