// Nodes with their GPUs and queue; workers with their models and what was learned of their speed.

import { KeyedList, h, setText, svg } from './dom.js';
import { count, duration, memory, plural, rate, time } from './format.js';

const STATES = { online: ['up', 'Online'], draining: ['busy', 'Draining'], offline: ['down', 'Offline'], asleep: ['idle', 'Asleep'] };
const ROLES = { lead: 'Lead', gpu: 'GPU node', workstation: 'Workstation', laptop: 'Laptop' };

export class NodeCards {
  #title = h('h2', {}, 'Nodes');
  #list = new KeyedList(h('div', { class: 'cards' }), () => new NodeCard());
  element = h('section', { 'aria-label': 'Nodes' }, this.#title, this.#list.element);

  show(nodes, here) {
    setText(this.#title, `Nodes (${nodes.length})`);
    this.#list.show(nodes.map((node) => ({ ...node, isHere: node.name === here })), ({ name }) => name);
  }
}

class NodeCard {
  #dot = h('span', { class: 'dot' });
  #name = h('h3', {});
  #state = h('span', { class: 'card-state' });
  #place = h('p', { class: 'card-place' });
  #reason = h('p', { class: 'card-reason' });
  #gpus = h('ul', { class: 'gpus' });
  #queue = h('p', { class: 'card-queue' });
  #shown = '';
  element = h('article', { class: 'card' }, h('header', {}, this.#dot, this.#name, this.#state), this.#place, this.#reason, this.#gpus, this.#queue);

  show(node) {
    const [state, words] = STATES[node.status] ?? ['idle', node.status];
    this.element.dataset.state = state;
    this.#dot.dataset.state = state;
    setText(this.#name, node.name);
    setText(this.#state, words);
    setText(this.#place, [
      ROLES[node.role] ?? node.role, node.isHere && 'this node', node.link_ms > 0 && `${time(node.link_ms / 1000)} away`,
      node.version && `Aurora ${node.version}`].filter(Boolean).join(' · '));
    this.#reason.hidden = !node.reason;
    setText(this.#reason, node.reason ? [node.reason, lastHeard(node)].filter(Boolean).join('; ') : '');
    setText(this.#queue, node.workers.length
      ? `${plural(node.workers.length, 'worker')} · ${count(node.in_flight)} running · ${count(node.waiting)} waiting` : 'No worker');
    const shown = JSON.stringify(node.gpus);
    if (shown !== this.#shown) this.#gpus.replaceChildren(...node.gpus.map(gpuItem));
    this.#shown = shown;
    this.#gpus.hidden = node.gpus.length === 0;
  }
}

function lastHeard({ status, age_seconds: age }) {
  return (status === 'offline' || status === 'asleep') && age != null ? `last heard ${duration(age)} ago` : null;
}

function gpuItem({ name, memory_bytes: total, memory_used_bytes: used, utilisation_percent: busy, temperature_celsius: heat }) {
  const numbers = [total && `${memory(used ?? 0)} of ${memory(total)}`, busy != null && `${Math.round(busy)} % busy`, heat != null && `${Math.round(heat)} °C`];
  const words = numbers.filter(Boolean).join(' · ');
  return h('li', {}, h('span', { class: 'gpu-name' }, name), total > 0 && bar((used ?? 0) / total, `${name}: ${words}`), h('span', { class: 'gpu-note' }, words));
}

/** A bar that is filled to `part`, 0 to 1. */
function bar(part, label) {
  const width = 100 * Math.min(1, Math.max(0, part || 0));
  return svg('svg', { class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    svg('rect', { class: 'bar-ground', width: 100, height: 6 }),
    svg('rect', { class: width > 90 ? 'bar-part full' : 'bar-part', width: width.toFixed(1), height: 6 }));
}

export class WorkerCards {
  #title = h('h2', {}, 'Workers');
  #list = new KeyedList(h('div', { class: 'cards wide' }), () => new WorkerCard());
  element = h('section', { 'aria-label': 'Workers' }, this.#title, this.#list.element);

  show(workers) {
    this.element.hidden = workers.length === 0;
    setText(this.#title, `Workers (${workers.length})`);
    this.#list.show(workers, ({ name }) => name);
  }
}

class WorkerCard {
  #dot = h('span', { class: 'dot' });
  #name = h('h3', {});
  #state = h('span', { class: 'card-state' });
  #place = h('p', { class: 'card-place' });
  #reason = h('p', { class: 'card-reason' });
  #body = h('tbody', {});
  #table = h('div', { class: 'speeds', tabindex: '0', role: 'group' }, h('table', {}, h('thead', {}, h('tr', {},
    ...['Model', 'Tok/s', 'Prompt tok/s', 'Loads in', 'Measured'].map((name) => h('th', { scope: 'col' }, name)))), this.#body));
  #shown = '';
  element = h('article', { class: 'card' }, h('header', {}, this.#dot, this.#name, this.#state), this.#place, this.#reason, this.#table);

  show(worker) {
    const [state, words] = workerState(worker);
    this.element.dataset.state = state;
    this.#dot.dataset.state = state;
    setText(this.#name, worker.name);
    setText(this.#state, words);
    const { now, source } = worker.slots;
    setText(this.#place, [
      `on ${worker.node}`, `${worker.in_flight + worker.outside} of ${plural(now, 'slot')} busy (${source})`,
      worker.waiting > 0 && `${count(worker.waiting)} waiting`, worker.failures > 0 && `${count(worker.failures)} failed`,
    ].filter(Boolean).join(' · '));
    this.#reason.hidden = !worker.reason;
    setText(this.#reason, worker.reason ?? '');
    const shown = JSON.stringify(worker.models);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const sorted = [...worker.models].sort((a, b) => Number(b.loaded) - Number(a.loaded) || a.name.localeCompare(b.name));
    this.#body.replaceChildren(...sorted.map(modelRow));
    this.#table.hidden = sorted.length === 0;
    this.#table.setAttribute('aria-label', `Models of ${worker.name}`);
  }
}

function workerState({ status, breaker, takes_work: takesWork }) {
  if (status === 'down') return ['down', 'Down'];
  if (status !== 'up') return ['idle', 'Checking'];
  if (breaker === 'open') return ['busy', 'Resting after failures'];
  if (breaker === 'half-open') return ['busy', 'On trial'];
  return takesWork ? ['up', 'Up'] : ['busy', 'Draining'];
}

/** While nothing was measured the speeds are assumed, and a ~ says so. */
function modelRow(model) {
  const mark = model.samples > 0 ? '' : '~';
  const off = model.error_ratio == null ? '' : `, real ${model.error_ratio.toFixed(2)} of predicted`;
  return h('tr', { 'data-loaded': String(model.loaded) },
    h('th', { scope: 'row', title: model.name }, model.name, model.loaded && h('span', { class: 'chip' }, 'loaded')),
    h('td', {}, model.tokens_per_second > 0 ? mark + rate(model.tokens_per_second) : '–'),
    h('td', {}, model.prompt_tokens_per_second > 0 ? mark + rate(model.prompt_tokens_per_second) : '–'),
    h('td', {}, model.loaded && !model.samples ? '–' : mark + time(model.load_seconds)),
    h('td', { title: model.samples > 0 ? `${plural(model.samples, 'answer')}${off}` : 'nothing measured yet' }, model.samples > 0 ? `${count(model.samples)}×` : 'no'));
}
