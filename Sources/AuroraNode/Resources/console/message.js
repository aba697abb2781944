// One message on the page. Questions are shown as written, answers as Markdown.

import { copyButton, h, setText } from './dom.js';
import { dateAndTime, timeOfDay } from './format.js';
import { MarkdownView } from './markdown.js';

/** Endings worth a word; an ordinary one is not. */
const REASONS = { stopped: 'stopped', length: 'cut at the length limit' };

export class MessageView {
  #content = '';
  #markdown = null;
  #frame = 0;
  #body = h('div', { class: 'message-body' });
  #meta = h('span', { class: 'message-meta' });
  #foot;
  #thinking = null;
  #onGrow;

  /** `message` as the API gives it; `onGrow` is called after text was drawn. */
  constructor(message, onGrow = () => {}) {
    this.id = message.id;
    this.#onGrow = onGrow;
    const answer = message.role === 'assistant';
    this.#foot = h('div', { class: 'message-foot' }, this.#meta, copyButton('Copy message', () => this.#content));
    this.element = h(
      'li', { class: `message ${answer ? 'answer' : 'question'}`, 'data-state': message.state ?? 'complete' },
      h('span', { class: 'visually-hidden' }, answer ? 'Aurora:' : 'You:'), this.#body, answer && this.#foot);
    if (answer) this.#markdown = new MarkdownView(this.#body);
    this.setContent(message.content ?? '');
    if (answer) this.setState(message.state ?? 'complete', message);
  }

  get content() { return this.#content; }
  get text() { return this.#body.textContent; }

  append(text) { this.setContent(this.#content + text); }

  setContent(text) {
    this.#content = text;
    if (!this.#markdown) {
      setText(this.#body, text);
    } else if (!this.#frame) {
      // Tokens come faster than the screen is drawn. A hidden tab draws nothing until it is looked at.
      this.#frame = requestAnimationFrame(() => this.#draw());
    }
  }

  /** `growing`, `complete`, `interrupted` or `failed`; `details` may hold model, node, reason, error, created_at, and `actions`. */
  setState(state, { model, node, reason, error, created_at: at, actions = [] } = {}) {
    this.element.dataset.state = state;
    this.element.setAttribute('aria-busy', String(state === 'growing'));
    setText(this.#meta, [model, node && `on ${node}`, at && timeOfDay(at), REASONS[reason]].filter(Boolean).join(' · '));
    this.#meta.title = at ? dateAndTime(at) : '';
    this.#foot.hidden = state === 'growing';
    this.#showThinking();
    this.element.querySelector('.message-note')?.remove();
    const note = noteFor(state, error);
    if (note || actions.length) this.#foot.before(h('div', { class: `message-note ${state}` }, h('span', {}, note ?? ''), ...actions));
  }

  #draw() {
    this.#frame = 0;
    this.#showThinking();
    this.#markdown.update(this.#content);
    this.#onGrow();
  }

  #showThinking() {
    const wanted = this.element.dataset.state === 'growing' && this.#content === '';
    if (wanted && !this.#thinking) {
      this.#thinking = h('div', { class: 'thinking' }, h('span'), h('span'), h('span'), h('b', { class: 'visually-hidden' }, 'Thinking'));
      this.#body.before(this.#thinking);
    } else if (!wanted) {
      this.#thinking?.remove();
      this.#thinking = null;
    }
  }
}

function noteFor(state, error) {
  if (state === 'interrupted') return 'Interrupted: the node stopped while this was written. What had come is kept.';
  if (state === 'waiting') return 'The connection was cut. The answer goes on and shows here when the node can be reached again.';
  if (state !== 'failed') return null;
  return error ? sentence(error) : 'The model failed.';
}

/** An error of the API, which starts in lower case and has no full stop, as a sentence. */
export function sentence(error) {
  const [message, hint] = typeof error === 'string' ? [error] : [error.message, error.hint];
  return [message, hint].filter(Boolean).map((part) => part[0].toUpperCase() + part.slice(1).replace(/\.?$/, '.')).join(' ');
}
