// The list of conversations: search, rename, delete with undo, arrow keys.

import { api } from './api.js';
import { byId, h, icon } from './dom.js';
import { toast } from './dialogs.js';
import { dateAndTime, dayGroup } from './format.js';
import { sentence } from './message.js';

const PAGE = 50;
const SEARCH_PAUSE = 180;

/** Fires `open` (detail: id), `removed` (detail: id) and `renamed` (detail: conversation). */
export class Conversations extends EventTarget {
  #list = byId('conversation-list');
  #note = byId('list-note');
  #more = byId('list-more');
  #search = byId('search');
  #items = [];
  #next = null;
  #current = null;
  #request = null;
  /** Deleted here and still to be undone: id -> function that deletes at once. */
  #leaving = new Map();

  constructor() {
    super();
    let pause;
    this.#search.addEventListener('input', () => {
      clearTimeout(pause);
      pause = setTimeout(() => this.refresh(), SEARCH_PAUSE);
    });
    this.#more.addEventListener('click', () => this.#load(this.#next));
    this.#list.addEventListener('keydown', (event) => this.#key(event));
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') this.#focusRow(0, event);
    });
    window.addEventListener('pagehide', () => this.#leaving.forEach((settle) => settle()));
  }

  get current() { return this.#items.find(({ id }) => id === this.#current) ?? null; }

  select(id) {
    this.#current = id;
    for (const row of this.#rows()) {
      if (row.dataset.id === id) row.setAttribute('aria-current', 'page');
      else row.removeAttribute('aria-current');
    }
  }

  refresh() { return this.#load(null); }

  async rename(id, title) {
    const wanted = title.trim().slice(0, 200);
    const item = this.#items.find((candidate) => candidate.id === id);
    if (wanted && wanted !== item?.title) {
      try {
        const changed = await api.rename(id, wanted);
        if (item) item.title = wanted;
        this.dispatchEvent(new CustomEvent('renamed', { detail: changed?.id ? changed : { id, title: wanted } }));
      } catch (error) {
        toast(`Not renamed: ${sentence(error)}`);
      }
    }
    this.#render();
  }

  async #load(before) {
    this.#request?.abort();
    const request = this.#request = new AbortController();
    try {
      const page = await api.conversations({ q: this.#search.value.trim(), limit: PAGE, before }, request.signal);
      if (request.signal.aborted) return;
      this.#items = before ? [...this.#items, ...page.conversations] : page.conversations;
      this.#next = page.next ?? null;
      this.#render();
    } catch (error) {
      // Unreachable and refused calls have their own banner and dialog.
      if (!request.signal.aborted && error.status > 0 && error.status !== 401) toast(`The list could not be read: ${sentence(error)}`);
    }
  }

  #render() {
    // A rename in progress must not be swept away by a refresh.
    if (this.#list.querySelector('input')) return;
    const focused = document.activeElement?.closest('#conversation-list .row')?.querySelector('.row-open').dataset.id;
    const shown = this.#items.filter(({ id }) => !this.#leaving.has(id));
    const groups = new Map();
    for (const item of shown) {
      const name = dayGroup(item.updated_at);
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
    this.#list.replaceChildren(...[...groups].map(([name, items]) => h(
      'section', { 'aria-label': name }, h('h2', { class: 'group' }, name),
      h('ul', {}, ...items.map((item) => this.#row(item))))));
    this.#more.hidden = !this.#next;
    this.#note.hidden = shown.length > 0;
    this.#note.textContent = this.#search.value.trim() ? `Nothing found for “${this.#search.value.trim()}”.` : 'Your conversations appear here.';
    this.#rows().find((row) => row.dataset.id === focused)?.focus();
  }

  #row(item) {
    const title = item.title || 'New conversation';
    const open = h('button', {
      type: 'button', class: 'row-open', 'data-id': item.id, title: `${title}\n${dateAndTime(item.updated_at)}`,
      'aria-current': item.id === this.#current && 'page', on: { click: () => this.dispatchEvent(new CustomEvent('open', { detail: item.id })) },
    }, title);
    const action = (name, label, run) => h('button', {
      type: 'button', class: 'icon-button', tabindex: '-1', 'aria-label': `${label} “${title}”`, title: label, on: { click: run },
    }, icon(name));
    return h('li', { class: 'row' }, open,
      h('span', { class: 'row-actions' },
        action('rename', 'Rename', () => this.#edit(item)), action('remove', 'Delete', () => this.#remove(item))));
  }

  #edit(item) {
    const row = this.#rows().find((candidate) => candidate.dataset.id === item.id)?.closest('.row');
    if (!row) return;
    const input = h('input', { class: 'row-edit', 'aria-label': 'Title', maxlength: '200' });
    input.value = item.title ?? '';
    let over = false;
    const finish = async (keep, refocus) => {
      if (over) return;
      over = true;
      input.remove();
      await this.rename(item.id, keep ? input.value : '');
      if (refocus) this.#rows().find((candidate) => candidate.dataset.id === item.id)?.focus();
    };
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Enter') finish(true, true);
      if (event.key === 'Escape') finish(false, true);
      event.stopPropagation();
    });
    input.addEventListener('blur', () => finish(true, false));
    row.replaceChildren(input);
    input.select();
  }

  /** Gone from the list at once, from the node when the time for an undo is over or the page is left. */
  #remove(item) {
    const position = this.#rows().findIndex((row) => row.dataset.id === item.id);
    const settle = toast(`Deleted “${item.title || 'New conversation'}”`, {
      undo: () => {
        this.#leaving.delete(item.id);
        this.#render();
      },
      done: () => this.#removeForGood(item),
    });
    this.#leaving.set(item.id, settle);
    this.#render();
    this.#focusRow(Math.min(position, this.#rows().length - 1));
    if (item.id === this.#current) this.dispatchEvent(new CustomEvent('removed', { detail: item.id }));
  }

  async #removeForGood(item) {
    try {
      await api.remove(item.id);
      this.#items = this.#items.filter(({ id }) => id !== item.id);
    } catch (error) {
      if (error.status !== 404) toast(`Not deleted: ${sentence(error)}`);
    }
    this.#leaving.delete(item.id);
    this.#render();
  }

  #key(event) {
    const rows = this.#rows();
    const at = rows.indexOf(event.target);
    if (at < 0) return;
    const item = this.#items.find(({ id }) => id === event.target.dataset.id);
    switch (event.key) {
      case 'ArrowDown': return this.#focusRow(Math.min(at + 1, rows.length - 1), event);
      case 'ArrowUp': return at === 0 ? this.#focus(this.#search, event) : this.#focusRow(at - 1, event);
      case 'Home': return this.#focusRow(0, event);
      case 'End': return this.#focusRow(rows.length - 1, event);
      case 'F2': event.preventDefault(); return item && this.#edit(item);
      case 'Delete': event.preventDefault(); return item && this.#remove(item);
      default: return undefined;
    }
  }

  #rows() { return [...this.#list.querySelectorAll('.row-open')]; }
  #focusRow(index, event) { this.#focus(this.#rows()[index], event); }
  #focus(element, event) {
    if (!element) return;
    event?.preventDefault();
    element.focus();
  }
}
