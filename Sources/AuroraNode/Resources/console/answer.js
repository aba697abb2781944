// Following one answer while it grows: events, reconnection without a lost character, stopping.

import { ApiError, api } from './api.js';

const RETRIES = [300, 1000, 2500];

/**
 * Fires `started` (detail: the start event), `ended` (detail: state and fields for the view), `lost` (the connection is gone
 * and the node did not come back soon) and `stale` (the node came back without this answer growing: read it again).
 * `view` shows what came.
 */
export class Answer extends EventTarget {
  conversationID;
  #messageID;
  #view;
  #lastEventID;
  #abort = new AbortController();
  #stopWanted = false;
  /** The stream about to be read starts at the first character, so what is shown is replaced by it. */
  #fromStart = false;
  over = false;

  constructor(view) {
    super();
    this.#view = view;
  }

  /** Whether the node has the question; one that was refused is not part of the conversation. */
  get isStored() { return this.#messageID !== undefined; }

  /** Sends a question and follows its answer. */
  send(turn) { return this.#follow(api.send(turn, this.#abort.signal)); }

  /** Follows an answer that was growing before this page looked. */
  resume(conversationID, messageID) {
    this.conversationID = conversationID;
    this.#messageID = messageID;
    return this.#follow(this.#reopen());
  }

  /** Looks away; the answer goes on at the node. */
  leave() {
    this.over = true;
    this.#abort.abort();
  }

  /** Ends the answer itself. Before its start is known, the wish is kept until then. */
  async stop() {
    this.#stopWanted = true;
    if (this.conversationID) await api.stop(this.conversationID);
  }

  #reopen() {
    this.#fromStart ||= this.#lastEventID === undefined;
    return api.follow(this.conversationID, this.#messageID, this.#lastEventID, this.#abort.signal);
  }

  async #follow(events) {
    let stream = events;
    let failures = 0;
    for (;;) {
      try {
        for await (const event of stream) {
          failures = 0;
          if (this.over) return;
          if (this.#take(event, stream !== events)) return;
        }
        throw ApiError.unreachable();
      } catch (error) {
        if (this.over) return;
        if (error.status !== 0 && stream !== events) return this.#finish('stale');
        if (error.status !== 0 || !this.#messageID) return this.#finish('ended', { state: 'failed', error });
        if (failures >= RETRIES.length) return this.#finish('lost');
        await new Promise((resolve) => { setTimeout(resolve, RETRIES[failures]); });
        if (this.over) return;
        failures += 1;
        stream = this.#reopen();
      }
    }
  }

  /** True when the answer is over. A failure seen only after reconnecting may be an outage: the store knows which. */
  #take({ event, data, id }, reconnected) {
    if (id !== undefined) this.#lastEventID = id;
    switch (event) {
      case 'start':
        this.conversationID = data.conversation_id;
        this.#messageID = data.message_id ?? this.#messageID;
        this.#view.id = this.#messageID;
        this.dispatchEvent(new CustomEvent('started', { detail: data }));
        if (this.#stopWanted) this.stop().catch(() => {});
        return false;
      case 'content':
        this.#show(data.content);
        return false;
      case 'done':
        if (typeof data.response === 'string') this.#view.setContent(data.response);
        this.#finish('ended', { state: 'complete', ...data, created_at: data.timestamp });
        return true;
      case 'error':
        if (reconnected) this.#finish('stale');
        else this.#finish('ended', { state: 'failed', error: ApiError.from(200, data) });
        return true;
      default:
        return false;
    }
  }

  #show(text) {
    if (this.#fromStart) this.#view.setContent(text);
    else this.#view.append(text);
    this.#fromStart = false;
  }

  #finish(type, detail) {
    this.over = true;
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
