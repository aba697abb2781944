// Server-sent events read from a fetch body: EventSource cannot send an Authorization header.

/** An event or line longer than this is not ours. */
const BUFFER_LIMIT = 8 * 1024 * 1024;

/**
 * Yields `{event, data, id}` for each event of `body`, `data` being parsed JSON.
 * Throws when nothing at all (not even a comment) came for `idle` milliseconds.
 */
export async function* readEvents(body, { signal, idle }) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const pending = new EventBuilder();
  let buffer = '';
  try {
    for (;;) {
      const { done, value } = await withLimit(reader.read(), idle);
      if (done || signal?.aborted) return;
      buffer += decoder.decode(value, { stream: true });
      if (buffer.length > BUFFER_LIMIT) throw new Error('an event is over the limit');
      const lines = buffer.split(/\r\n|\n|\r(?!$)/);
      buffer = lines.pop();
      for (const line of lines) {
        const event = pending.take(line);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

class EventBuilder {
  #event = 'message';
  #data = [];
  #id;

  /** Takes one line; gives the event that an empty line completes. */
  take(line) {
    if (line === '') return this.#complete();
    const [, field, value] = /^([^:]*)(?:: ?([^]*))?$/.exec(line);
    if (field === 'event') this.#event = value ?? '';
    if (field === 'data') this.#data.push(value ?? '');
    if (field === 'id') this.#id = value ?? '';
    return null;
  }

  #complete() {
    const [event, data] = [this.#event, this.#data.join('\n')];
    this.#event = 'message';
    this.#data = [];
    return data ? { event, data: JSON.parse(data), id: this.#id } : null;
  }
}

function withLimit(promise, limit) {
  let timer;
  const expiry = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('nothing came for too long')), limit); });
  return Promise.race([promise, expiry]).finally(() => clearTimeout(timer));
}
