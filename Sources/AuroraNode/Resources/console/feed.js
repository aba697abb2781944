// The live status of the node, with reconnection. Silent while the tab is hidden: a browser allows few connections to one
// host, and tabs in the background would use them up.

import { api } from './api.js';

const BACK_OFF = [1, 2, 4, 8, 15];

/** Fires `status` (detail: the status), `online`, `offline` (detail: the error), `waiting` (detail: seconds until the next try). */
export class StatusFeed extends EventTarget {
  #failures = 0;
  #online = false;
  #connection = null;
  #wake = () => {};

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#connection?.abort() : this.retry()));
    window.addEventListener('online', () => this.retry());
  }

  /** Runs for the life of the page. */
  async run() {
    for (;;) {
      await this.#visible();
      try {
        await this.#listen();
        throw new Error('the stream ended');
      } catch (error) {
        if (this.#connection.signal.aborted) continue;
        if (error.status === 401) await this.#sleepUntilWoken();
        else await this.#backOff(error);
      }
    }
  }

  /** Tries again at once; also used when a token was entered. */
  retry() { this.#wake(); }

  /** Drops the connection and opens a new one, with the token as it is now. */
  restart() {
    this.#connection?.abort();
    this.retry();
  }

  async #listen() {
    this.#connection = new AbortController();
    for await (const { event, data } of api.statusEvents(this.#connection.signal)) {
      if (event !== 'status') continue;
      this.#failures = 0;
      if (!this.#online) {
        this.#online = true;
        this.#say('online');
      }
      this.#say('status', data);
    }
  }

  async #backOff(error) {
    const seconds = BACK_OFF[Math.min(this.#failures, BACK_OFF.length - 1)];
    this.#failures += 1;
    this.#online = false;
    this.#say('offline', error);
    for (let left = seconds; left > 0; left -= 1) {
      this.#say('waiting', left);
      if (await this.#sleepUntilWoken(1000)) break;
    }
    this.#say('waiting', 0);
  }

  #visible() {
    return document.hidden ? this.#sleepUntilWoken() : undefined;
  }

  /** True when woken, false when the time was over. */
  #sleepUntilWoken(milliseconds) {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => resolve(false), milliseconds);
      this.#wake = () => { clearTimeout(timer); resolve(true); };
    });
  }

  #say(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
