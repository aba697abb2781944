// Where the last requests went and why: what was predicted until the first token, part by part, over what was measured.

import { KeyedList, h, setText, svg } from './dom.js';
import { duration, plural, time } from './format.js';

const PARTS = [['queue', 'queue'], ['load', 'loading'], ['link', 'link'], ['prompt', 'prompt']];
const WIDTH = 300;

export class DecisionList {
  #none = h('p', { class: 'quiet' }, 'No request has passed yet. Ask something, and its way appears here.');
  #legend = h('p', { class: 'legend', 'aria-hidden': 'true' }, ...[...PARTS, ['measured', 'measured']].map(([part, name]) =>
    h('span', {}, svg('svg', { viewBox: '0 0 10 10' }, svg('rect', { class: `part-${part}`, width: 10, height: 10, rx: 2 })), name)));
  #list = new KeyedList(h('ol', { class: 'decisions' }), () => new DecisionRow());
  element = h('section', { 'aria-label': 'Routing decisions' }, h('h2', {}, 'Routing decisions'), this.#legend, this.#none, this.#list.element);

  show(decisions) {
    this.#none.hidden = decisions.length > 0;
    this.#legend.hidden = decisions.length === 0;
    this.#list.show(decisions, ({ id }) => id);
  }
}

class DecisionRow {
  #way = h('span', { class: 'decision-way' });
  #reason = h('span', { class: 'chip' });
  #age = h('span', { class: 'decision-age' });
  #picture = h('span', { class: 'decision-picture' });
  #numbers = h('span', { class: 'decision-numbers' });
  #more = h('div', { class: 'decision-more' });
  element = h('li', {}, h('details', {}, h('summary', {}, h('span', { class: 'decision-line' }, this.#way, this.#reason, this.#age), this.#picture, this.#numbers), this.#more));
  #drawn = false;

  show(decision) {
    setText(this.#age, `${duration(decision.age_seconds)} ago`);
    if (this.#drawn) return;
    this.#drawn = true;
    const { predicted, first_token_seconds: measured } = decision;
    setText(this.#way, `${decision.model} → ${decision.worker}`);
    setText(this.#reason, decision.reason);
    const words = `predicted ${time(predicted.first_token)}, measured ${measured == null ? 'nothing' : time(measured)}`;
    setText(this.#numbers, decision.status >= 400 ? `${words} · answered ${decision.status}` : words);
    this.#numbers.classList.toggle('failed', decision.status >= 400);
    this.#picture.append(picture(predicted, measured, words));
    this.#more.append(...more(decision));
  }
}

/** Two bars on one scale: above the predicted parts, below the measured whole. */
function picture(predicted, measured, words) {
  const scale = WIDTH / Math.max(predicted.first_token, measured ?? 0, 1e-4);
  let left = 0;
  const parts = PARTS.map(([part]) => {
    const width = predicted[part] * scale;
    const rect = svg('rect', { class: `part-${part}`, x: left.toFixed(1), y: 0, width: width.toFixed(1), height: 8 });
    left += width;
    return rect;
  });
  if (measured != null) parts.push(svg('rect', { class: 'part-measured', x: 0, y: 10, width: (measured * scale).toFixed(1), height: 5 }));
  return svg('svg', { viewBox: `0 0 ${WIDTH} 15`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words }, ...parts);
}

function more(decision) {
  const facts = [
    `Request ${decision.id} by ${decision.route}, policy ${decision.policy}, about ${plural(decision.prompt_tokens, 'token')} of prompt.`,
    `Waited ${time(decision.waited_seconds)} before; answered ${decision.status} after ${time(decision.seconds)}${decision.continued ? ', continued by another worker' : ''}.`,
    decision.failed.length > 0 && `Failed before: ${decision.failed.join(', ')}.`,
  ];
  return [
    h('p', { class: 'decision-why' }, `Because ${decision.why}.`), ...facts.filter(Boolean).map((text) => h('p', {}, text)),
    h('div', { class: 'speeds', tabindex: '0', role: 'group', 'aria-label': 'Predicted times' }, h('table', {},
      h('thead', {}, h('tr', {}, ...['Worker', 'Queue', 'Load', 'Link', 'Prompt', 'First token'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, timesRow(decision.worker, decision.predicted, true),
        ...decision.alternatives.map(({ worker, predicted }) => timesRow(worker ?? '(gone)', predicted, false))))),
  ];
}

function timesRow(name, times, chosen) {
  return h('tr', {}, h('th', { scope: 'row' }, name, chosen && h('span', { class: 'chip' }, 'chosen')),
    ...[times.queue, times.load, times.link, times.prompt, times.first_token].map((value) => h('td', {}, time(value))));
}
