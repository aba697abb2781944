// One engine: whether it is well, what it does, what it holds.

import { h, setText } from './dom.js';
import { count, duration, plural, rate, size } from './format.js';

const STATES = { up: 'Up', down: 'Down', unknown: 'Checking' };
const KINDS = { ollama: 'Ollama', openai: 'OpenAI' };
const SOURCES = { manifest: 'from the manifest', discovered: 'found here', local: 'run by this node' };
/** More models than this fold away. */
const SHOWN = 5;

export class EngineCard {
  #dot = h('span', { class: 'dot' });
  #name = h('strong', {});
  #state = h('span', { class: 'engine-state' });
  #place = h('p', { class: 'engine-place' });
  #reason = h('p', { class: 'engine-reason' });
  #inFlight = stat('in flight');
  #speed = stat('tok/s');
  #requests = stat('requests');
  #failures = stat('failed');
  #models = h('ul', { class: 'models' });
  #rest = h('ul', { class: 'models' });
  #restTitle = h('summary', {});
  #fold = h('details', {}, this.#restTitle, this.#rest);
  #signature = '';
  element = h(
    'article', { class: 'engine' },
    h('header', {}, this.#dot, this.#name, this.#state), this.#place, this.#reason,
    h('dl', { class: 'stats' }, ...[this.#inFlight, this.#speed, this.#requests, this.#failures].map(({ element }) => element)),
    this.#models, this.#fold);

  show(engine) {
    const state = STATES[engine.state] ? engine.state : 'unknown';
    this.element.dataset.state = state;
    this.#dot.dataset.state = state;
    setText(this.#name, engine.name);
    setText(this.#state, STATES[state]);
    setText(this.#place, [KINDS[engine.kind] ?? engine.kind, engine.version, SOURCES[engine.source], lastSeen(engine, state)].filter(Boolean).join(' · '));
    this.#place.title = engine.url;
    this.#reason.hidden = !engine.reason;
    setText(this.#reason, engine.reason ?? '');
    setText(this.#inFlight.value, count(engine.in_flight));
    setText(this.#speed.value, engine.tokens_per_second == null ? '–' : rate(engine.tokens_per_second));
    setText(this.#requests.value, count(engine.requests));
    setText(this.#failures.value, count(engine.failures));
    this.#showModels(engine.models);
  }

  // Built anew only when something changed: the panel is drawn every second.
  #showModels(models) {
    const signature = JSON.stringify(models);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const sorted = [...models].sort((a, b) => Number(b.loaded) - Number(a.loaded) || a.name.localeCompare(b.name));
    this.#models.replaceChildren(...sorted.slice(0, SHOWN).map(modelItem));
    this.#rest.replaceChildren(...sorted.slice(SHOWN).map(modelItem));
    this.#fold.hidden = sorted.length <= SHOWN;
    setText(this.#restTitle, `${plural(sorted.length - SHOWN, 'more model')}`);
  }
}

function lastSeen(engine, state) {
  if (state !== 'down') return null;
  return engine.age_seconds == null ? 'never answered' : `last seen ${duration(engine.age_seconds)} ago`;
}

function modelItem({ name, loaded, size_bytes: bytes }) {
  return h(
    'li', { 'data-loaded': String(loaded) },
    h('span', { class: 'model-name', title: name }, name),
    h('span', { class: 'model-note' }, [bytes && size(bytes), loaded && 'loaded'].filter(Boolean).join(' · ')));
}

function stat(label) {
  const value = h('dd', {});
  return { value, element: h('div', {}, h('dt', {}, label), value) };
}
