// The right-hand panel: load, the local engine, the engines with their models, and how programs connect.

import { KeyedList, byId, copyButton, h, setText } from './dom.js';
import { EngineCard } from './engine.js';
import { count, duration, plural } from './format.js';
import { Sparkline } from './plots.js';

const WORKING = new Set(['installing', 'starting', 'backing-off']);

export class MeshPanel {
  #requests = new Sparkline('Requests/s', 1);
  #tokens = new Sparkline('Tokens/s', 10);
  #totals = h('p', { class: 'totals' });
  #local = new LocalEngine();
  #enginesTitle = h('h3', {}, 'Engines');
  #none = h('p', { class: 'quiet' });
  #cards = new KeyedList(h('div', { class: 'engines' }), () => new EngineCard());
  #connect = new Connect();
  #about = h('p', { class: 'about' });

  constructor() {
    byId('mesh-body').append(
      h('section', { class: 'load', 'aria-label': 'Load' }, h('div', { class: 'plots' }, this.#requests.element, this.#tokens.element), this.#totals),
      this.#local.element,
      h('section', { 'aria-label': 'Engines' }, this.#enginesTitle, this.#none, this.#cards.element),
      this.#connect.element, this.#about);
  }

  show(status) {
    const { load, engines } = status;
    this.#requests.add(load.requests_per_second);
    this.#tokens.add(load.tokens_per_second);
    this.#totals.replaceChildren(...[
      `${count(load.in_flight)} in flight`, plural(load.requests_total, 'request'), plural(load.tokens_total, 'token'),
      load.failures_total > 0 && `${count(load.failures_total)} failed`,
    ].filter(Boolean).map((item) => h('span', {}, item)));
    this.#local.show(status.local_engine);
    this.#showEngines(engines);
    this.#connect.show(status.addresses ?? {});
    setText(this.#about, `${status.node} · ${status.role} in ${status.mesh} · Aurora ${status.version} · up ${duration(status.uptime_seconds)}`);
    setText(byId('mesh-state'), health(status).words);
  }

  #showEngines(engines) {
    setText(this.#enginesTitle, engines.length ? `Engines (${engines.length})` : 'Engines');
    this.#none.hidden = engines.length > 0;
    setText(this.#none, 'None found yet.');
    this.#cards.show(engines, ({ name }) => name);
  }
}

/** The node's health in a word or two, and the colour of its dot. */
export function health({ ready, engines, local_engine: local }) {
  const down = engines.filter(({ state }) => state === 'down').length;
  if (ready && down) return { state: 'busy', words: `Ready, ${plural(down, 'engine')} down` };
  if (ready) return { state: 'up', words: 'Ready' };
  if (local && WORKING.has(local.state)) return { state: 'busy', words: 'Setting up' };
  return { state: 'down', words: engines.length ? 'No engine answers' : 'No engine' };
}

/** The engine that the node installs itself: progress while it does, the reason when it failed, nothing when it runs. */
class LocalEngine {
  #title = h('strong', {});
  #detail = h('p', {});
  #bar = h('progress', { max: '1', 'aria-label': 'Installation' });
  element = h('section', { class: 'local', 'aria-label': 'Local engine', hidden: true }, this.#title, this.#bar, this.#detail);

  show(local) {
    this.element.hidden = !local || local.state === 'running' || local.state === 'stopped';
    if (this.element.hidden) return;
    this.element.dataset.state = local.state;
    setText(this.#title, `Local engine: ${local.state.replace('-', ' ')}`);
    setText(this.#detail, local.detail);
    showProgress(this.#bar, local);
  }
}

/** Sets a progress bar; without a number it runs back and forth while something is under way. */
export function showProgress(bar, { state, progress }) {
  bar.hidden = !WORKING.has(state);
  if (progress == null) bar.removeAttribute('value');
  else bar.value = progress;
}

/** The addresses that programs use, ready to be copied. */
class Connect {
  #rows = h('dl', {});
  #shown = '';
  element = h('section', { class: 'connect', 'aria-label': 'Connect a program', hidden: true }, h('h3', {}, 'Connect a program'), this.#rows);

  show({ gateway }) {
    this.element.hidden = !gateway;
    if (!gateway || gateway === this.#shown) return;
    this.#shown = gateway;
    const base = gateway.replace(/\/$/, '');
    this.#rows.replaceChildren(this.#row('OpenAI', `${base}/v1`), this.#row('Ollama', base));
  }

  #row(name, address) {
    return h('div', {}, h('dt', {}, name), h('dd', {}, h('code', {}, address), copyButton(`Copy the ${name} address`, () => address)));
  }
}
