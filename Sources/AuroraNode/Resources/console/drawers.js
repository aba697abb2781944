// On narrow screens the side panels slide over the chat; one at a time.

import { byId, icon } from './dom.js';

export class Drawers {
  #shell = byId('shell');
  #scrim = byId('scrim');
  #opener = null;

  constructor() {
    for (const button of ['open-conversations', 'open-places']) byId(button).append(icon('menu'));
    for (const [name, button] of [['conversations', 'open-conversations'], ['conversations', 'open-places'], ['mesh', 'open-mesh']]) {
      byId(button).addEventListener('click', () => this.open(name, byId(button)));
    }
    for (const button of document.querySelectorAll('[data-close]')) {
      button.append(icon('close'));
      button.addEventListener('click', () => this.close());
    }
    this.#scrim.addEventListener('click', () => this.close());
    // A window made wide again has no drawers: nothing may stay covered or inert.
    window.addEventListener('resize', () => { if (!this.#slides(byId(this.#shell.dataset.drawer ?? 'mesh'))) this.close(); });
  }

  /** Whether a panel is a drawer at this width; where it stands beside the chat its close button is not shown. */
  #slides(panel) { return getComputedStyle(panel.querySelector('[data-close]')).display !== 'none'; }

  /** Does nothing where the panel is part of the page anyway. */
  open(name, opener = document.activeElement) {
    const panel = byId(name);
    if (!this.#slides(panel)) return;
    this.#opener = opener;
    this.#shell.dataset.drawer = name;
    this.#scrim.hidden = false;
    this.#setBehind(true);
    panel.querySelector('[data-close]').focus();
  }

  /** True when one was open. */
  close() {
    if (!this.#shell.dataset.drawer) return false;
    delete this.#shell.dataset.drawer;
    this.#scrim.hidden = true;
    this.#setBehind(false);
    this.#opener?.focus();
    return true;
  }

  #setBehind(inert) { for (const id of ['chat', 'mesh-page']) byId(id).inert = inert; }
}
