// The mesh page: nodes, workers, decisions and tasks, live while it is looked at.

import { api } from './api.js';
import { DecisionList } from './decisions.js';
import { byId, h, setText } from './dom.js';
import { Feed } from './feed.js';
import { memory, plural } from './format.js';
import { NodeCards, WorkerCards } from './meshcards.js';
import { sentence } from './message.js';
import { TaskList } from './tasks.js';

const DECISIONS = 40;
const TASKS = 30;

export class MeshPage {
  #feed = new Feed('mesh', api.meshEvents, { paused: true });
  #note = h('section', { class: 'page-note', 'aria-label': 'State' }, h('p', {}, 'Asking the node…'));
  #tiles = h('dl', { class: 'tiles' });
  #nodes = new NodeCards();
  #workers = new WorkerCards();
  #decisions = new DecisionList();
  #tasks = new TaskList();
  #body = h('div', { class: 'page-body', hidden: true },
    this.#tiles, this.#nodes.element, this.#workers.element, this.#decisions.element, this.#tasks.element);
  #saysEmpty = false;
  #lastDecision;
  #lastTasks = '';
  #asking = new Set();

  constructor() {
    byId('mesh-view').append(this.#note, this.#body);
    this.#feed.addEventListener('mesh', ({ detail }) => this.#show(detail));
    this.#feed.addEventListener('offline', ({ detail }) => this.#showOffline(detail));
  }

  run() { this.#feed.run(); }

  setVisible(visible) { visible ? this.#feed.resume() : this.#feed.pause(); }

  /** With the token as it is now. */
  restart() {
    this.#lastDecision = undefined;
    this.#lastTasks = '';
    this.#feed.restart();
  }

  #show(view) {
    this.#body.hidden = false;
    delete this.#body.dataset.stale;
    this.#note.hidden = view.workers.length > 0;
    if (!this.#saysEmpty) this.#note.replaceChildren(...EMPTY.map((part) => part()));
    this.#saysEmpty = true;
    const away = view.nodes.filter(({ status }) => status === 'offline').length;
    byId('page-dot').dataset.state = away ? 'busy' : 'up';
    setText(byId('page-state'), away ? `Live, ${plural(away, 'node')} offline` : 'Live');
    this.#showTiles(view);
    this.#nodes.show(view.nodes, view.node);
    this.#workers.show(view.workers);
    this.#refresh(view);
  }

  /** Decisions and tasks are asked for when the view says that there is something new. */
  #refresh({ last_decision: last, tasks }) {
    if (last !== this.#lastDecision) {
      this.#ask('decisions', () => api.decisions(DECISIONS), ({ decisions }) => {
        this.#lastDecision = last;
        this.#decisions.show(decisions);
      });
    }
    const counts = JSON.stringify(tasks);
    if (counts !== this.#lastTasks || tasks.active + tasks.queued > 0) {
      this.#ask('tasks', () => api.tasks(TASKS), (list) => {
        this.#lastTasks = counts;
        this.#tasks.show(list.tasks);
      });
    }
  }

  /** One call of a kind at a time; one that fails is made again with the next view. */
  async #ask(kind, call, show) {
    if (this.#asking.has(kind)) return;
    this.#asking.add(kind);
    try {
      show(await call());
    } catch (error) {
      if (error.status > 0) setText(byId('page-state'), sentence(error));
    } finally {
      this.#asking.delete(kind);
    }
  }

  #showTiles({ nodes, line, tasks }) {
    const online = nodes.filter(({ status }) => status === 'online' || status === 'draining');
    const gpus = online.flatMap((node) => node.gpus);
    const sum = (key) => gpus.reduce((all, gpu) => all + (gpu[key] ?? 0), 0);
    const total = sum('memory_bytes');
    this.#tiles.replaceChildren(
      tile('Nodes', `${online.length} of ${nodes.length}`, 'online'),
      tile('GPUs', String(gpus.length), total ? `${memory(sum('memory_used_bytes'))} of ${memory(total)} used` : 'no GPU memory known'),
      tile('Requests', String(line.running), line.waiting ? `running, ${line.waiting} waiting` : 'running, none waits'),
      tile('Tasks', String(tasks.active), `running, ${tasks.queued} queued, ${tasks.completed} done, ${tasks.failed} failed`));
  }

  #showOffline(error) {
    const refused = error.status > 0;
    byId('page-dot').dataset.state = 'down';
    setText(byId('page-state'), refused ? 'Refused' : 'Offline');
    this.#body.dataset.stale = '';
    this.#saysEmpty = false;
    if (refused) this.#body.hidden = true;
    this.#note.hidden = false;
    this.#note.replaceChildren(
      h('p', {}, refused ? sentence(error) : 'The node does not answer. What you see may be old; the page tries again by itself.'),
      h('button', { type: 'button', class: 'button small', on: { click: () => this.#feed.retry() } }, 'Try now'));
  }
}

const EMPTY = [
  () => h('h2', {}, 'No engine yet'),
  () => h('p', {}, 'Workers, models and decisions appear here as soon as an engine answers on one of the nodes. ', h('code', {}, 'aurora doctor'), ' says what is missing.'),
];

function tile(name, value, note) {
  return h('div', { class: 'tile' }, h('dt', {}, name), h('dd', { class: 'tile-value' }, value), h('dd', { class: 'tile-note' }, note));
}
