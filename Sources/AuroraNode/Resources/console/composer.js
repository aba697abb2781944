// The message field with its pickers and buttons.

import { byId, h, icon, kept, keptForTab } from './dom.js';

/** Fires `send` (detail: text) and `stop`. */
export class Composer extends EventTarget {
  #field = byId('prompt');
  #send = byId('send');
  #stop = byId('stop');
  #hint = byId('composer-hint');
  #draft = keptForTab('draft');
  #busy = false;
  #problem = 'Connecting to the node.';
  #pickers = {
    personality: { select: byId('personality'), slot: kept('personality') },
    model: { select: byId('model'), slot: kept('model') },
  };

  constructor() {
    super();
    this.#send.append(icon('send'));
    this.#field.value = this.#draft.get() ?? '';
    this.#field.addEventListener('input', () => this.#changed());
    this.#field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    byId('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#stop.addEventListener('click', () => this.dispatchEvent(new Event('stop')));
    for (const { select, slot } of Object.values(this.#pickers)) {
      select.addEventListener('change', () => slot.set(select.value));
    }
    this.#changed();
  }

  /** What the pickers say; undefined where the node shall choose. */
  get choice() {
    return { personality: this.#pickers.personality.select.value || undefined, model: this.#pickers.model.select.value || undefined };
  }

  focus() { this.#field.focus(); }

  /** Fills a picker; `options` are `{value, label, title}`. A choice that is gone falls back to the first option. */
  offer(name, options) {
    const { select, slot } = this.#pickers[name];
    const wanted = select.value || slot.get() || '';
    select.replaceChildren(...options.map(({ value, label, title }) => h('option', { value, title }, label)));
    select.value = options.some(({ value }) => value === wanted) ? wanted : (options[0]?.value ?? '');
    select.disabled = options.length === 0;
  }

  /** Shows a choice that comes from elsewhere, else the reader's own last one. */
  adopt(name, value) {
    const { select, slot } = this.#pickers[name];
    const offered = [value, slot.get()].find((wanted) => [...select.options].some((option) => option.value === wanted));
    if (offered !== undefined) select.value = offered;
  }

  setBusy(busy) {
    if (this.#busy === busy) return;
    const hadFocus = document.activeElement === this.#stop || document.activeElement === this.#send;
    this.#busy = busy;
    this.#stop.hidden = !busy;
    this.#send.hidden = busy;
    if (hadFocus) this.#field.focus();
    this.#show();
  }

  /** Why nothing can be sent now, or null. Writing is always possible. */
  setProblem(problem) {
    this.#problem = problem;
    this.#show();
  }

  fill(text) {
    this.#field.value = text;
    this.#changed();
    this.focus();
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text || this.#busy || this.#problem) return;
    this.#field.value = '';
    this.#changed();
    this.dispatchEvent(new CustomEvent('send', { detail: text }));
  }

  #changed() {
    this.#draft.set(this.#field.value || null);
    this.#field.style.height = 'auto';
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, 220)}px`;
    this.#show();
  }

  #show() {
    this.#send.disabled = this.#field.value.trim() === '' || this.#problem !== null;
    this.#hint.textContent = this.#problem ?? '';
  }
}
