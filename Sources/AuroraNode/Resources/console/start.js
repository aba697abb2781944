// What stands in the middle before the first question: an invitation, or what is missing and what to do about it.

import { byId, h, setText } from './dom.js';
import { showProgress } from './mesh.js';

const EXAMPLES = [
  ['Explain', 'Explain how a heat pump can give more heat than the electricity it uses.'],
  ['Write', 'Write a short, friendly reminder about an invoice that is two weeks late.'],
  ['Code', 'Write a Python function that merges overlapping time ranges, with two examples.'],
];

export class StartScreen {
  #element = byId('empty');
  #title = h('h2', {});
  #lead = h('p', { class: 'lead' });
  #bar = h('progress', { max: '1', 'aria-label': 'Setting up', hidden: true });
  #examples;
  #steps = h('ul', { class: 'steps' },
    h('li', {}, 'Start an engine: ', h('code', {}, 'ollama serve'), ', or any server that speaks the OpenAI API on this machine.'),
    h('li', {}, 'Or name one in the manifest under ', h('code', {}, 'engines:'), ' and start the node again.'),
    h('li', {}, 'Not sure what is missing? ', h('code', {}, 'aurora doctor'), ' says so.'));

  /** `pick` is called with the text of a chosen example. */
  constructor(pick) {
    this.#examples = h('div', { class: 'examples' }, ...EXAMPLES.map(([name, text]) => h(
      'button', { type: 'button', class: 'example', on: { click: () => pick(text) } }, h('strong', {}, name), h('span', {}, text))));
    this.#element.append(
      h('img', { src: '/console/favicon.svg', alt: '', width: '56', height: '56' }),
      this.#title, this.#lead, this.#bar, this.#steps, this.#examples);
    this.show(null);
  }

  setVisible(visible) { this.#element.hidden = !visible; }

  show(status) {
    const local = status?.local_engine;
    const settingUp = Boolean(status && !status.ready && local && !['failed', 'stopped', 'running'].includes(local.state));
    const stuck = Boolean(status && !status.ready && !settingUp);
    this.#bar.hidden = true;
    if (settingUp) showProgress(this.#bar, local);
    this.#steps.hidden = !stuck;
    this.#examples.hidden = settingUp || stuck;
    setText(this.#title, settingUp ? 'Getting a first model ready' : stuck ? 'No engine answers yet' : 'What would you like to know?');
    setText(this.#lead, this.#leadFor(status, settingUp, stuck));
  }

  #leadFor(status, settingUp, stuck) {
    const local = status?.local_engine;
    if (settingUp) return local.detail;
    if (stuck) return local?.state === 'failed' ? local.detail : 'The chat needs a running engine. This page notices by itself when there is one.';
    return 'Questions and answers stay on your own machines.';
  }
}
