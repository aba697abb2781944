// A sparkline over the last two minutes.

import { h, setText, svg } from './dom.js';
import { rate } from './format.js';

const WINDOW = 120_000;
/** A hole longer than this (offline, hidden tab) is drawn as a hole, not as a line across it. */
const GAP = 3_500;
const [WIDTH, HEIGHT, TOP] = [240, 44, 3];

/** A named rate: its value now, its peak, and a line. `floor` is the least full scale, so that noise near zero looks like zero. */
export class Sparkline {
  #samples = [];
  #name;
  #floor;
  #value = h('span', { class: 'plot-value' }, '–');
  #peak = h('span', { class: 'plot-peak' });
  #area = svg('path', { class: 'plot-area' });
  #line = svg('path', { class: 'plot-line' });
  #picture;

  constructor(name, floor) {
    this.#name = name;
    this.#floor = floor;
    this.#picture = svg(
      'svg', { class: 'plot', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' }, this.#area, this.#line);
    this.element = h(
      'figure', { class: 'plot-card' },
      h('figcaption', {}, h('span', { class: 'plot-name' }, name), this.#value), this.#picture, this.#peak);
    this.#draw(0);
  }

  add(value, now = performance.now()) {
    this.#samples.push({ at: now, value: Number.isFinite(value) ? Math.max(0, value) : 0 });
    this.#samples = this.#samples.filter((sample) => now - sample.at <= WINDOW);
    this.#draw(now);
  }

  #draw(now) {
    const peak = this.#samples.reduce((most, { value }) => Math.max(most, value), 0);
    const latest = this.#samples.at(-1)?.value ?? 0;
    const scale = (HEIGHT - TOP - 1) / Math.max(peak, this.#floor);
    const x = (at) => (WIDTH * (1 - (now - at) / WINDOW)).toFixed(1);
    const y = (value) => (HEIGHT - 1 - value * scale).toFixed(1);
    const runs = this.#runs();
    const line = (run) => `M${run.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L')}`;
    this.#line.setAttribute('d', runs.map(line).join(''));
    this.#area.setAttribute('d', runs.map((run) => `${line(run)}L${x(run.at(-1).at)} ${HEIGHT}L${x(run[0].at)} ${HEIGHT}Z`).join(''));
    if (this.#samples.length) setText(this.#value, rate(latest));
    setText(this.#peak, peak > 0 ? `peak ${rate(peak)}` : '2 min');
    this.#picture.setAttribute('aria-label', `${this.#name}: ${rate(latest)} now, at most ${rate(peak)} in the last 2 minutes`);
  }

  #runs() {
    const runs = [];
    for (const sample of this.#samples) {
      const last = runs.at(-1)?.at(-1);
      if (last && sample.at - last.at <= GAP) runs.at(-1).push(sample);
      else runs.push([sample]);
    }
    return runs;
  }
}
