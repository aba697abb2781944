// The conversation in the middle: loads it, shows questions and answers, sends and stops.

import { Answer } from './answer.js';
import { api } from './api.js';
import { byId, h } from './dom.js';
import { MessageView, sentence } from './message.js';

const PAGE = 200;
/** How near to the end, in pixels, still counts as reading the end. */
const NEAR = 80;
/** A screen reader is told the finished answer up to this length; the rest is there to be read. */
const SPOKEN = 1200;

/** Fires `changed` (detail: {id, isNew}) when a conversation got a message, `missing` when an id leads nowhere, `busy` (detail: Boolean). */
export class Chat extends EventTarget {
  #scroll = byId('scroll');
  #list = byId('messages');
  #jump = byId('jump');
  #id = null;
  #answer = null;
  #loading = null;
  #following = true;

  constructor() {
    super();
    this.#scroll.addEventListener('scroll', () => {
      this.#following = this.#distance() < NEAR;
      this.#jump.hidden = this.#following;
    }, { passive: true });
    this.#jump.addEventListener('click', () => this.#toEnd(true));
  }

  get id() { return this.#id; }
  get busy() { return this.#answer !== null; }
  get isEmpty() { return this.#list.childElementCount === 0; }

  /** Shows a conversation, or an empty one for null. An answer that still grows is followed on. */
  async open(id) {
    this.#reset(id);
    if (!id) return;
    const loading = this.#loading = new AbortController();
    this.#list.setAttribute('aria-busy', 'true');
    try {
      let growing = null;
      for (const message of await this.#load(id, loading.signal)) {
        const view = this.#add(message);
        if (message.state === 'growing') growing = view;
      }
      if (growing) this.#begin(growing).resume(id, growing.id);
      this.#toEnd(true);
    } catch (error) {
      if (loading.signal.aborted) return;
      if (error.status === 404) this.dispatchEvent(new CustomEvent('missing', { detail: id }));
      else if (error.status !== 401) this.#list.append(this.#loadFailure(error));
    } finally {
      if (!loading.signal.aborted) this.#list.removeAttribute('aria-busy');
    }
  }

  /** Reads the open conversation again, as after an outage. */
  reload() { return this.#id ? this.open(this.#id) : undefined; }

  async send(text, { personality, model }) {
    if (this.busy) return;
    this.#loading?.abort();
    const question = this.#add({ role: 'user', content: text });
    const view = this.#add({ role: 'assistant', content: '', state: 'growing' });
    this.#toEnd(true);
    const isNew = this.#id === null;
    const answer = this.#begin(view, () => {
      if (!answer.isStored) [question, view].forEach(({ element }) => element.remove());
      this.send(text, { personality, model });
    });
    answer.addEventListener('started', ({ detail }) => {
      this.#id = detail.conversation_id;
      this.dispatchEvent(new CustomEvent('changed', { detail: { id: this.#id, isNew } }));
    });
    await answer.send({ message: text, personality, model, conversation_id: this.#id ?? undefined, client_id: 'console' });
  }

  async stop() {
    try {
      await this.#answer?.stop();
    } catch (error) {
      // 404 and 409: it ended by itself in the meantime.
      if (![404, 409].includes(error.status)) this.#announce(sentence(error));
    }
  }

  #reset(id) {
    this.#loading?.abort();
    this.#answer?.leave();
    this.#setAnswer(null);
    this.#id = id;
    this.#list.replaceChildren();
    this.#following = true;
    this.#jump.hidden = true;
  }

  async #load(id, signal) {
    const messages = [];
    let after;
    do {
      const page = await api.messages(id, { after, limit: PAGE }, signal);
      messages.push(...page.messages);
      after = page.next;
    } while (after != null);
    return messages.filter(({ role }) => role !== 'system');
  }

  #add(message) {
    const view = new MessageView(message, () => { if (this.#following) this.#toEnd(false); });
    this.#list.append(view.element);
    return view;
  }

  /** `again`, where there is one, repeats a question that failed. */
  #begin(view, again) {
    const answer = new Answer(view);
    this.#setAnswer(answer);
    this.#announce('Aurora is answering.');
    const over = (state, detail, spoken) => {
      if (this.#answer !== answer) return;
      this.#setAnswer(null);
      view.setState(state, detail);
      this.#announce(spoken);
      this.dispatchEvent(new CustomEvent('changed', { detail: { id: this.#id, isNew: false } }));
      if (this.#following) this.#toEnd(false);
    };
    answer.addEventListener('ended', ({ detail }) => {
      const actions = detail.state === 'failed' && again ? [actionButton('Try again', again)] : [];
      over(detail.state, { ...detail, actions }, detail.error ? sentence(detail.error) : `Answer: ${view.content.slice(0, SPOKEN)}`);
    });
    answer.addEventListener('lost', () => over('waiting', { actions: [this.#reloadButton()] }, 'The connection was cut.'));
    answer.addEventListener('stale', () => { if (this.#answer === answer) this.reload(); });
    return answer;
  }

  #setAnswer(answer) {
    this.#answer = answer;
    this.dispatchEvent(new CustomEvent('busy', { detail: answer !== null }));
  }

  #reloadButton() { return actionButton('Load it now', () => this.reload()); }

  #loadFailure(error) {
    return h('li', { class: 'message answer' }, h('div', { class: 'message-note failed' }, h('span', {}, sentence(error)), this.#reloadButton()));
  }

  #distance() { return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight; }

  #toEnd(follow) {
    if (follow) this.#following = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #announce(text) { byId('announcer').textContent = text; }
}

function actionButton(label, click) {
  return h('button', { type: 'button', class: 'button small', on: { click } }, label);
}
