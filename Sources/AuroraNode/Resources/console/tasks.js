// Durable tasks with their timeline: how long each waited and ran, and where attempts failed.

import { KeyedList, h, setText, svg } from './dom.js';
import { dateAndTime, duration, plural, time } from './format.js';

const WIDTH = 300;
const TYPES = { llm_inference: 'Inference', embeddings: 'Embeddings', commands: 'Command' };

export class TaskList {
  #none = h('p', { class: 'quiet' }, 'No tasks. ', h('code', {}, 'aurora mesh submit --message "…"'), ' makes one.');
  #list = new KeyedList(h('ol', { class: 'tasks' }), () => new TaskRow());
  element = h('section', { 'aria-label': 'Tasks' }, h('h2', {}, 'Tasks'), this.#none, this.#list.element);

  show(tasks) {
    this.#none.hidden = tasks.length > 0;
    this.#list.show(tasks, ({ task_id: id }) => id);
  }
}

class TaskRow {
  #state = h('span', { class: 'chip' });
  #name = h('span', { class: 'task-name' });
  #age = h('span', { class: 'decision-age' });
  #picture = h('span', { class: 'decision-picture' });
  #numbers = h('span', { class: 'decision-numbers' });
  #more = h('div', { class: 'decision-more' });
  #shown = '';
  element = h('li', {}, h('details', {}, h('summary', {}, h('span', { class: 'decision-line' }, this.#state, this.#name, this.#age), this.#picture, this.#numbers), this.#more));

  show(task) {
    const moments = momentsOf(task, Date.now());
    setText(this.#age, `${duration(Math.max(0, (Date.now() - moments.created) / 1000))} ago`);
    const shown = JSON.stringify(task);
    const changed = shown !== this.#shown;
    this.#shown = shown;
    if (!changed && moments.isOver) return;
    const words = wordsOf(task, moments);
    setText(this.#numbers, words);
    this.#picture.replaceChildren(timeline(moments, words));
    if (!changed) return;
    this.element.dataset.state = task.status;
    this.#state.dataset.state = task.status;
    setText(this.#state, task.status);
    setText(this.#name, `${TYPES[task.task_type] ?? task.task_type} ${task.task_id.slice(0, 8)}`);
    this.#more.replaceChildren(...more(task));
  }
}

/** In milliseconds; what has not happened yet is now. */
function momentsOf(task, now) {
  const at = (iso) => (iso ? Date.parse(iso) : NaN);
  const created = at(task.created_at) || now;
  const ended = at(task.finished_at);
  const end = Math.max(ended || now, created + 1);
  const started = Math.min(at(task.started_at) || end, end);
  return { created, started, end, isOver: Boolean(ended), hasStarted: Boolean(task.started_at), failures: task.attempts.map((attempt) => at(attempt.at)).filter(Boolean) };
}

function wordsOf(task, { created, started, end, isOver, hasStarted, failures }) {
  return [
    hasStarted ? `waited ${time((started - created) / 1000)}` : `${isOver ? 'waited' : 'waiting for'} ${time((end - created) / 1000)}`,
    hasStarted && `${isOver ? 'took' : 'running for'} ${time((end - started) / 1000)}`, failures.length > 0 && `${plural(failures.length, 'failed attempt')}`,
    task.error && task.error !== 'cancelled' && task.error,
  ].filter(Boolean).join(' · ');
}

/** Waiting, then running, with a mark where an attempt failed. */
function timeline({ created, started, end, hasStarted, failures }, words) {
  const x = (moment) => (WIDTH * (Math.min(Math.max(moment, created), end) - created)) / (end - created);
  const marks = failures.map((moment) => svg('rect', { class: 'mark-failed', x: Math.max(0, x(moment) - 1.5).toFixed(1), y: 0, width: 3, height: 12 }));
  return svg('svg', { viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
    svg('rect', { class: 'task-waited', x: 0, y: 3, width: x(started).toFixed(1), height: 6 }),
    ...(hasStarted ? [svg('rect', { class: 'task-ran', x: x(started).toFixed(1), y: 3, width: (WIDTH - x(started)).toFixed(1), height: 6 })] : []), ...marks);
}

function more(task) {
  const step = (name, iso, text) => iso && h('li', {}, h('span', { class: 'step-name' }, name), h('span', {}, [dateAndTime(iso), text].filter(Boolean).join(' · ')));
  const attempts = task.attempts.map((attempt) => step(
    `attempt ${attempt.attempt} failed`, attempt.at, [attempt.worker ?? attempt.node, attempt.error, attempt.times > 1 && `${attempt.times} times`].filter(Boolean).join(': ')));
  return [
    h('ol', { class: 'task-steps' }, ...[
      step('submitted', task.created_at, `priority ${task.priority}`), step('started', task.started_at, task.node && `on ${task.node}`), ...attempts,
      step(task.status, task.finished_at, task.error && task.error !== 'cancelled' ? task.error : '')].filter(Boolean)),
    h('p', {}, h('code', {}, `aurora mesh task ${task.task_id}`)),
  ];
}
