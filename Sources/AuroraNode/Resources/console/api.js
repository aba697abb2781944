// The node's API as the console uses it. The one place that knows addresses, the token and the wire.

import { keptForTab } from './dom.js';
import { readEvents } from './sse.js';

/** Longest wait for an answer that is not a stream, in milliseconds. */
const CALL_LIMIT = 15_000;
/** A chat stream says at least a keep-alive comment every 10 s; after this silence the connection counts as cut. */
const CHAT_IDLE_LIMIT = 35_000;
/** The streams of the status and of the mesh speak once a second. */
const STATUS_IDLE_LIMIT = 6_000;

const tokenSlot = keptForTab('token');
// Kept beside the storage, which may be switched off.
let token = tokenSlot.get();

/** Fires `needed` when a call was refused for want of a (good) token. */
export const access = new EventTarget();
export const hasToken = () => Boolean(token);
export function setToken(value) {
  token = value || null;
  tokenSlot.set(token);
}

/** What went wrong, in the node's words where it said any. `status` is 0 when no answer came. */
export class ApiError extends Error {
  constructor(status, code, message, hint) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  static from(status, body) {
    const detail = typeof body?.error === 'object' && body.error ? body.error : { message: body?.error };
    return new ApiError(status, detail.code ?? 'failed', detail.message ?? `the node answered ${status}`, detail.hint);
  }

  static unreachable() {
    return new ApiError(0, 'unreachable', 'the node does not answer', 'is the daemon running? start it with aurora up');
  }
}

async function open(method, path, { body, signal, headers = {}, limit = CALL_LIMIT } = {}) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limit);
  const sent = token;
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: {
        ...(sent ? { Authorization: `Bearer ${sent}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.any([timeout.signal, ...(signal ? [signal] : [])]),
      keepalive: method === 'DELETE',
    });
    if (!response.ok) throw await refusal(response, sent);
    return response;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw ApiError.unreachable();
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response, sent) {
  const body = await response.json().catch(() => null);
  // A call that left before the token changed says nothing about the new one.
  if (response.status === 401 && sent === token) access.dispatchEvent(new CustomEvent('needed', { detail: { refused: Boolean(sent) } }));
  return ApiError.from(response.status, body);
}

async function json(method, path, options) {
  const response = await open(method, path, options);
  if (response.status === 204) return null;
  return response.json().catch(() => { throw new ApiError(response.status, 'failed', 'the node sent no valid JSON'); });
}

async function* stream(method, path, { signal, idle, ...options }) {
  const response = await open(method, path, { ...options, signal, headers: { Accept: 'text/event-stream', ...options.headers } });
  try {
    yield* readEvents(response.body, { signal, idle });
  } catch (error) {
    throw error instanceof ApiError || signal?.aborted ? error : ApiError.unreachable();
  }
}

const query = (values) => {
  const pairs = Object.entries(values).filter(([, value]) => value != null && value !== '');
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
};
const conversationPath = (id) => `/api/conversations/${encodeURIComponent(id)}`;

export const api = {
  statusEvents: (signal) => stream('GET', '/api/status/stream', { signal, idle: STATUS_IDLE_LIMIT }),
  meshEvents: (signal) => stream('GET', '/api/mesh/stream', { signal, idle: STATUS_IDLE_LIMIT }),
  decisions: (limit) => json('GET', `/api/mesh/decisions${query({ limit })}`),
  tasks: (limit) => json('GET', `/tasks${query({ limit })}`),
  models: () => json('GET', '/api/models'),
  personalities: () => json('GET', '/api/personalities'),

  conversations: (values, signal) => json('GET', `/api/conversations${query(values)}`, { signal }),
  conversation: (id, signal) => json('GET', conversationPath(id), { signal }),
  rename: (id, title) => json('PATCH', conversationPath(id), { body: { title } }),
  remove: (id) => json('DELETE', conversationPath(id)),
  messages: (id, values, signal) => json('GET', `${conversationPath(id)}/messages${query(values)}`, { signal }),

  /** Sends a message; yields `start`, `content`, `done` and `error` events. */
  send: (turn, signal) => stream('POST', '/api/chat', { body: { ...turn, stream: true }, signal, idle: CHAT_IDLE_LIMIT, limit: CHAT_IDLE_LIMIT }),
  /** The events of an answer from its start, or from behind `lastEventId`. */
  follow: (id, messageId, lastEventId, signal) =>
    stream('GET', `${conversationPath(id)}/messages/${encodeURIComponent(messageId)}/stream`, {
      signal, idle: CHAT_IDLE_LIMIT, headers: lastEventId ? { 'Last-Event-ID': lastEventId } : {},
    }),
  stop: (id) => json('POST', `${conversationPath(id)}/stop`),
};
