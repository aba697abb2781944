// A live stream of the node, with reconnection. Silent while the tab is hidden: a browser allows few connections to one
// host, and tabs in the background would use them up.

const BACK_OFF = [1, 2, 4, 8, 15];

/** Fires its name (detail: what came), `online`, `offline` (detail: the error), `waiting` (detail: seconds until the next try). */
export class Feed extends EventTarget {
  #open;
  #name;
  #paused;
  #failures = 0;
  #online = false;
  #connection = null;
  #wake = () => {};

  /** `open(signal)` gives the events of the stream; those called `name` count. */
  constructor(name, open, { paused = false } = {}) {
    super();
    this.#name = name;
    this.#open = open;
    this.#paused = paused;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#connection?.abort() : this.retry()));
    window.addEventListener('online', () => this.retry());
  }

  /** Runs for the life of the page. */
  async run() {
    for (;;) {
      while (document.hidden || this.#paused) await this.#sleepUntilWoken();
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

  /** Listens no more until `resume`: nobody looks at what it brings. */
  pause() {
    this.#paused = true;
    this.#connection?.abort();
  }

  resume() {
    this.#paused = false;
    this.retry();
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
    for await (const { event, data } of this.#open(this.#connection.signal)) {
      if (event !== this.#name) continue;
      this.#failures = 0;
      if (!this.#online) {
        this.#online = true;
        this.#say('online');
      }
      this.#say(this.#name, data);
    }
  }

  async #backOff(error) {
    const seconds = BACK_OFF[Math.min(this.#failures, BACK_OFF.length - 1)];
    this.#failures += 1;
    this.#online = false;
    this.#say('offline', error);
    for (let left = seconds; left > 0 && !this.#paused; left -= 1) {
      this.#say('waiting', left);
      if (await this.#sleepUntilWoken(1000)) break;
    }
    this.#say('waiting', 0);
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
