// Markdown as models write it, turned into DOM nodes. Nothing is ever parsed as HTML: tags in the text stay text.

import { copyButton, h } from './dom.js';

/** Deeper nesting than this is shown as written. */
const DEPTH_LIMIT = 6;
/** Longer runs of text are shown without emphasis and links, so that hostile input costs no time. */
const INLINE_LIMIT = 8_000;

// No two neighbouring parts of a pattern match the same character: time stays linear on any input.
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(\s+|$)(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$/;

/** Shows growing text: only blocks that changed are built anew, so a selection in what stands survives. */
export class MarkdownView {
  #shown = [];

  constructor(element) { this.element = element; }

  update(text) {
    const blocks = split(text.split(/\r\n|\n|\r/));
    blocks.forEach((block, index) => this.#place(block, index));
    for (const { node } of this.#shown.splice(blocks.length)) node.remove();
  }

  #place(block, index) {
    const key = `${block.type}\n${block.mark ?? ''}\n${block.lines.join('\n')}`;
    const old = this.#shown[index];
    if (old?.key === key) return;
    if (old && old.type === 'code' && block.type === 'code' && old.mark === block.mark) {
      old.node.querySelector('code').textContent = block.lines.join('\n');
      old.key = key;
      return;
    }
    const node = render(block, 0);
    if (old) old.node.replaceWith(node);
    else this.element.append(node);
    this.#shown[index] = { key, node, type: block.type, mark: block.mark };
  }
}

/** Cuts lines into blocks `{type, lines, mark}`. */
function split(lines) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at += 1;
      continue;
    }
    const block = codeBlock(lines, at) ?? lineBlock(lines, at) ?? table(lines, at) ?? run(lines, at);
    blocks.push(block);
    at = block.next;
  }
  return blocks;
}

function codeBlock(lines, at) {
  const fence = FENCE.exec(lines[at]);
  if (!fence) return null;
  const closes = (line) => line.trim().startsWith(fence[1]) && line.trim().replaceAll(fence[1][0], '') === '';
  let end = at + 1;
  while (end < lines.length && !closes(lines[end])) end += 1;
  return { type: 'code', mark: fence[2].trim().split(/\s+/)[0], lines: lines.slice(at + 1, end), next: end + 1 };
}

function lineBlock(lines, at) {
  const heading = HEADING.exec(lines[at]);
  if (heading) return { type: 'heading', mark: heading[1].length, lines: [heading[2]], next: at + 1 };
  return RULE.test(lines[at]) ? { type: 'rule', lines: [], next: at + 1 } : null;
}

function table(lines, at) {
  if (!lines[at].includes('|') || !TABLE_RULE.test(lines[at + 1] ?? '')) return null;
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  return { type: 'table', lines: [lines[at], ...lines.slice(at + 2, end)], next: end };
}

/** A quote, a list or a paragraph: as many lines as belong together. */
function run(lines, at) {
  if (QUOTE.test(lines[at])) {
    const end = lines.findIndex((line, index) => index > at && !QUOTE.test(line));
    const next = end < 0 ? lines.length : end;
    return { type: 'quote', lines: lines.slice(at, next).map((line) => QUOTE.exec(line)[1]), next };
  }
  if (ITEM.test(lines[at])) return list(lines, at);
  let end = at + 1;
  while (end < lines.length && !startsBlock(lines, end)) end += 1;
  return { type: 'paragraph', lines: lines.slice(at, end), next: end };
}

function startsBlock(lines, at) {
  const line = lines[at];
  return line.trim() === '' || [FENCE, HEADING, RULE, QUOTE, ITEM].some((form) => form.test(line)) || table(lines, at) !== null;
}

function list(lines, at) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const belongs = (line) => {
    const item = ITEM.exec(line);
    if (item && item[1].length <= indent.length + 1) return /\d/.test(item[2]) === ordered;
    return line.startsWith(`${indent}  `);
  };
  let end = at + 1;
  while (end < lines.length) {
    const blank = lines[end].trim() === '';
    if (blank ? !belongs(lines[end + 1] ?? '') : !belongs(lines[end]) && (lines[end - 1].trim() === '' || startsBlock(lines, end))) break;
    end += 1;
  }
  return { type: 'list', mark: ordered ? parseInt(mark, 10) : null, indent: indent.length, lines: lines.slice(at, end), next: end };
}

function render(block, depth) {
  if (depth > DEPTH_LIMIT) return h('p', {}, block.lines.join('\n'));
  switch (block.type) {
    case 'code': return code(block);
    case 'heading': return h(`h${Math.min(6, Math.max(3, block.mark + 1))}`, {}, ...inline(block.lines[0]));
    case 'rule': return h('hr');
    case 'quote': return h('blockquote', {}, ...split(block.lines).map((inner) => render(inner, depth + 1)));
    case 'list': return renderList(block, depth);
    case 'table': return renderTable(block.lines);
    default: return h('p', {}, ...inline(block.lines.map((line) => line.trimStart()).join('\n')));
  }
}

function code({ mark, lines }) {
  const content = h('code', {}, lines.join('\n'));
  return h(
    'div', { class: 'code' },
    h('div', { class: 'code-head' }, h('span', {}, mark || 'code'), copyButton('Copy code', () => content.textContent)),
    h('pre', { tabindex: '0', 'aria-label': mark ? `${mark} code` : 'code' }, content));
}

function renderList(block, depth) {
  const items = [];
  for (const line of block.lines) {
    const item = ITEM.exec(line);
    if (item && item[1].length <= block.indent + 1) {
      items.push({ width: item[1].length + item[2].length + 1, lines: [item[4]] });
    } else if (items.length) {
      const { width, lines } = items.at(-1);
      lines.push(line.slice(Math.min(width, line.length - line.trimStart().length)));
    }
  }
  const children = items.map((item) => h('li', {}, ...itemContent(item.lines, depth)));
  return block.mark === null ? h('ul', {}, ...children) : h('ol', { start: block.mark }, ...children);
}

/** A lone paragraph stands without `p`, so that tight lists stay tight. */
function itemContent(lines, depth) {
  const blocks = split(lines);
  const lone = blocks.filter(({ type }) => type === 'paragraph').length === 1;
  return blocks.flatMap((block) =>
    lone && block.type === 'paragraph' ? inline(block.lines.join('\n')) : [render(block, depth + 1)]);
}

function renderTable([head, ...rows]) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
  const columns = cells(head);
  const row = (line) => {
    const values = cells(line);
    return h('tr', {}, ...columns.map((_, index) => h('td', {}, ...inline(values[index] ?? ''))));
  };
  return h(
    'div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h('table', {},
      h('thead', {}, h('tr', {}, ...columns.map((cell) => h('th', { scope: 'col' }, ...inline(cell))))),
      h('tbody', {}, ...rows.map(row))));
}

const LINK = /\[([^[\]]*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/y;
const ADDRESS = /https?:\/\/[^\s<>"'`\\]+/y;
const MARKS = [['***', 'strong'], ['**', 'strong'], ['__', 'strong'], ['~~', 'del'], ['*', 'em'], ['_', 'em']];

/** Text with code, emphasis and links, as nodes. */
function inline(text, depth = 0) {
  if (text.length > INLINE_LIMIT || depth > DEPTH_LIMIT) return [text];
  const nodes = [];
  let plain = 0;
  let at = 0;
  while (at < text.length) {
    const found = /[\\`*_~![h\n]/.test(text[at]) ? special(text, at, depth) : null;
    if (!found) {
      at += 1;
      continue;
    }
    if (plain < at) nodes.push(text.slice(plain, at));
    nodes.push(...found.nodes);
    at = found.end;
    plain = at;
  }
  if (plain < text.length) nodes.push(text.slice(plain));
  return nodes;
}

function special(text, at, depth) {
  switch (text[at]) {
    case '\\': return /[\\`*_~[\](){}#+\-.!>|]/.test(text[at + 1] ?? '') ? { nodes: [text[at + 1]], end: at + 2 } : null;
    case '`': return codeSpan(text, at);
    case '\n': return { nodes: [h('br')], end: at + 1 };
    case '!': return text[at + 1] === '[' ? link(text, at + 1, depth) : null;
    case '[': return link(text, at, depth);
    case 'h': return address(text, at);
    default: return emphasis(text, at, depth);
  }
}

function codeSpan(text, at) {
  const [fence] = /^`+/.exec(text.slice(at, at + 32));
  const end = text.indexOf(fence, at + fence.length);
  if (end < 0 || text[end + fence.length] === '`') return { nodes: [fence], end: at + fence.length };
  return { nodes: [h('code', {}, text.slice(at + fence.length, end).trim())], end: end + fence.length };
}

function emphasis(text, at, depth) {
  const [mark, tag] = MARKS.find(([candidate]) => text.startsWith(candidate, at)) ?? [];
  if (!mark || /\s|^$/.test(text[at + mark.length] ?? '')) return null;
  if (mark[0] === '_' && /\w/.test(text[at - 1] ?? '')) return null;
  const end = closing(text, at + mark.length, mark);
  if (end < 0) return null;
  const inner = inline(text.slice(at + mark.length, end), depth + 1);
  const node = h(tag, {}, ...(mark === '***' ? [h('em', {}, ...inner)] : inner));
  return { nodes: [node], end: end + mark.length };
}

function closing(text, from, mark) {
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + 1)) {
    const doubled = mark.length === 1 && (text[end + 1] === mark || text[end - 1] === mark);
    const inWord = mark[0] === '_' && /\w/.test(text[end + mark.length] ?? '');
    if (end > from && !/\s/.test(text[end - 1]) && !doubled && !inWord) return end;
  }
  return -1;
}

function link(text, at, depth) {
  LINK.lastIndex = at;
  const match = LINK.exec(text);
  const href = match && webAddress(match[2]);
  return href ? { nodes: [anchor(href, inline(match[1] || match[2], depth + 1))], end: LINK.lastIndex } : null;
}

function address(text, at) {
  ADDRESS.lastIndex = at;
  const match = /\w/.test(text[at - 1] ?? '') ? null : ADDRESS.exec(text);
  const shown = match?.[0].replace(/[.,:;!?*_~)\]]+$/, '');
  const href = shown && webAddress(shown);
  return href ? { nodes: [anchor(href, [shown])], end: at + shown.length } : null;
}

/** Only http and https lead anywhere: `javascript:` and its kin stay text. */
function webAddress(value) {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

function anchor(href, children) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', title: href }, ...children);
}
