// The console: builds the parts and connects them. Each part lives in its own module.

import { access, api, hasToken, setToken } from './api.js';
import { Chat } from './chat.js';
import { Composer } from './composer.js';
import { Conversations } from './conversations.js';
import { TokenDialog, openHelp, toast, wireHelp } from './dialogs.js';
import { byId, icon, setText } from './dom.js';
import { Drawers } from './drawers.js';
import { Feed } from './feed.js';
import { MeshPanel, health } from './mesh.js';
import { MeshPage } from './meshpage.js';
import { sentence } from './message.js';
import { StartScreen } from './start.js';
import { wireTheme } from './themes.js';

const feed = new Feed('status', api.statusEvents);
const mesh = new MeshPanel();
const meshPage = new MeshPage();
const conversations = new Conversations();
const chat = new Chat();
const composer = new Composer();
const drawers = new Drawers();
const start = new StartScreen((text) => composer.fill(text));
const tokenDialog = new TokenDialog(() => {
  feed.restart();
  meshPage.restart();
  enter();
});

let models = null;
let status = null;
let offline = false;

// Which page and which conversation is open stands in the address, so that reload, back and bookmarks work.
const MESH = '#/mesh';
const onMesh = () => location.hash === MESH;
const idInAddress = () => decodeURIComponent(/^#\/c\/([^/]+)$/.exec(location.hash)?.[1] ?? '') || null;
const addressOf = (id) => (id ? `#/c/${encodeURIComponent(id)}` : '#/');

function navigate(id) {
  if (id !== idInAddress() || onMesh()) history.pushState(null, '', addressOf(id));
  showPlace();
  show(id);
  drawers.close();
}

/** The chat or the mesh page, as the address says. */
function showPlace() {
  const mesh = onMesh();
  byId('shell').dataset.place = mesh ? 'mesh' : 'chat';
  byId('chat').hidden = mesh;
  byId('mesh-page').hidden = !mesh;
  byId('place-chat').href = addressOf(chat.id);
  for (const [id, current] of [['place-chat', !mesh], ['place-mesh', mesh]]) {
    if (current) byId(id).setAttribute('aria-current', 'page');
    else byId(id).removeAttribute('aria-current');
  }
  meshPage.setVisible(mesh);
  showTitle();
}

/** Follows the address after a link, back or forward. */
function follow() {
  showPlace();
  drawers.close();
  if (!onMesh() && idInAddress() !== chat.id) show(idInAddress());
}

function togglePlace() {
  location.hash = onMesh() ? addressOf(chat.id) : MESH;
}

async function show(id) {
  const opened = chat.open(id);
  conversations.select(id);
  showTitle();
  start.setVisible(id === null);
  await opened;
  composer.adopt('personality', conversations.current?.personality);
}

function newChat() {
  navigate(null);
  composer.focus();
}

async function showTitle() {
  const id = chat.id;
  let title = conversations.current?.title;
  if (id && !title) title = (await api.conversation(id).catch(() => null))?.title;
  if (id !== chat.id) return;
  setText(byId('chat-title'), id ? title || 'New conversation' : 'New chat');
  document.title = onMesh() ? 'Mesh · Aurora' : id && title ? `${title} · Aurora` : 'Aurora';
}

/** Everything that needs the node: at the start, with a new token, and after an outage. */
async function enter() {
  byId('sign-out').hidden = !hasToken();
  await Promise.all([refreshList(), offerPersonalities(), show(idInAddress())]);
}

async function refreshList() {
  await conversations.refresh();
  showTitle();
}

async function offerPersonalities() {
  const answer = await api.personalities().catch(() => null);
  if (!answer) return;
  const sorted = [...answer.personalities].sort((a, b) => Number(b.default ?? false) - Number(a.default ?? false));
  const options = sorted.map(({ id, name, description }) => ({ value: id, label: name, title: description }));
  composer.offer('personality', options);
}

async function offerModels() {
  const answer = await api.models().catch(() => null);
  if (!answer) return;
  const loaded = new Set((status?.engines ?? []).flatMap((engine) => engine.models.filter((model) => model.loaded).map(({ name }) => name)));
  composer.offer('model', [
    { value: '', label: 'Automatic', title: 'The personality’s model, or the first that is ready' },
    ...answer.models.map(({ id }) => ({ value: id, label: loaded.has(id) ? `${id} (loaded)` : id })),
  ]);
}

function showStatus(latest) {
  status = latest;
  mesh.show(latest);
  start.show(latest);
  const { state, words } = health(latest);
  byId('pill-dot').dataset.state = state;
  setText(byId('pill-text'), words);
  composer.setProblem(latest.ready ? null : 'No model is ready yet.');
  const held = JSON.stringify(latest.engines.map((engine) => [engine.state, engine.models]));
  if (held !== models) {
    models = held;
    offerModels();
  }
}

function showOffline(error) {
  offline = true;
  byId('banner').hidden = false;
  const refused = error.status > 0;
  setText(byId('banner-text'), refused ? sentence(error) : 'This node does not answer. What you see may be old.');
  byId('shell').dataset.stale = '';
  byId('pill-dot').dataset.state = 'down';
  for (const id of ['pill-text', 'mesh-state']) setText(byId(id), refused ? 'No status' : 'Offline');
  composer.setProblem(refused ? 'The node gives no status.' : 'The node does not answer.');
}

async function showOnline() {
  byId('banner').hidden = true;
  delete byId('shell').dataset.stale;
  if (!offline) return;
  offline = false;
  toast('Connected again.', { seconds: 3 });
  models = null;
  await Promise.all([refreshList(), offerPersonalities(), chat.busy ? null : chat.reload()]);
}

function wireFeed() {
  feed.addEventListener('status', ({ detail }) => showStatus(detail));
  feed.addEventListener('online', showOnline);
  feed.addEventListener('offline', ({ detail }) => showOffline(detail));
  feed.addEventListener('waiting', ({ detail }) => setText(byId('banner-wait'), detail > 0 ? `Next try in ${detail} s` : 'Trying…'));
  byId('banner-retry').addEventListener('click', () => feed.retry());
  access.addEventListener('needed', ({ detail }) => tokenDialog.open(detail.refused));
}

function wireChat() {
  composer.addEventListener('send', ({ detail }) => {
    start.setVisible(false);
    chat.send(detail, composer.choice);
  });
  composer.addEventListener('stop', () => chat.stop());
  chat.addEventListener('busy', ({ detail }) => composer.setBusy(detail));
  chat.addEventListener('changed', ({ detail }) => {
    if (detail.isNew) history.replaceState(null, '', addressOf(detail.id));
    conversations.select(detail.id);
    refreshList();
  });
  chat.addEventListener('missing', () => {
    toast('That conversation does not exist any more.');
    navigate(null);
  });
}

function wireConversations() {
  conversations.addEventListener('open', ({ detail }) => {
    navigate(detail);
    composer.focus();
  });
  conversations.addEventListener('removed', () => navigate(null));
  conversations.addEventListener('renamed', showTitle);
  byId('new-chat').addEventListener('click', newChat);
  window.addEventListener('popstate', follow);
}

function wireKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return escape(event);
    if (event.target.closest('input, textarea, select, [contenteditable]')) return undefined;
    const action = { '/': focusSearch, n: newChat, m: togglePlace, '?': openHelp }[event.key];
    if (!action) return undefined;
    event.preventDefault();
    return action();
  });
}

function focusSearch() {
  drawers.open('conversations');
  byId('search').focus();
  byId('search').select();
}

function escape(event) {
  if (drawers.close()) return;
  if (chat.busy) chat.stop();
  else if (event.target.matches('input, textarea')) event.target.blur();
}

function wireFrame() {
  byId('help-open').append(icon('help'));
  byId('sign-out').append(icon('key'));
  byId('sign-out').addEventListener('click', () => {
    setToken(null);
    location.reload();
  });
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    if (onMesh()) byId('mesh-view').focus();
    else composer.focus();
  });
  wireHelp();
  wireTheme();
}

wireFrame();
wireFeed();
wireChat();
wireConversations();
wireKeys();
showPlace();
feed.run();
meshPage.run();
enter();
if (matchMedia('(hover: hover)').matches && !onMesh()) composer.focus();
