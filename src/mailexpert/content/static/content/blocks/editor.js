// The blocks of a mail: a list that is written in place. The document lives in a hidden field of the form, as JSON;
// saving and previewing read it there.

import { control } from './controls.js';
import { History } from './history.js';
import { button, filled, make } from './make.js';
import { fieldWord } from './rich.js';
import { conditions } from './conditions.js';
import { photos } from './photos.js';

const MAIN = { heading: 'text', quote: 'text', text: 'html' };
const BLANK = {
  heading: { text: '', level: '2' }, text: { html: '' }, columns: { columns: [[], []] }, list: { items: [] },
  table: { rows: [['', ''], ['', '']] }, social: { links: [] },
};

for (const root of document.querySelectorAll('[data-blocks]')) start(root);

function start(root) {
  const facts = JSON.parse(document.getElementById(root.dataset.facts).textContent);
  const source = root.querySelector('[data-blocks-source]');
  const list = root.querySelector('[data-blocks-list]');
  const said = root.querySelector('[data-blocks-said]');
  const menu = root.querySelector('[data-blocks-menu]');
  const kinds = new Map(facts.kinds.map((kind) => [kind.name, kind]));
  let mail = parsed(source.value);
  let history = new History(JSON.stringify(mail));
  let into = null; // where the menu inserts: a list of blocks and a place in it
  let marks = [];

  function parsed(text) {
    try {
      const given = JSON.parse(text || '{}');
      return { ...given, blocks: Array.isArray(given.blocks) ? given.blocks : [] };
    } catch {
      return { blocks: [] };
    }
  }

  // ——— changes ———

  function changed(place = '') {
    const state = JSON.stringify(mail);
    history.keep(state, place);
    publish(state);
  }

  function publish(state) {
    if (source.value === state) return;
    source.value = state;
    source.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function say(sentence, values = {}) {
    said.textContent = filled(sentence, values);
  }

  function step(back) {
    const state = back ? history.back() : history.forth();
    if (!state) { say(back ? facts.words.nothingUndo : facts.words.nothingRedo); return; }
    const place = active()?.dataset.path;
    mail = JSON.parse(state);
    draw();
    publish(state);
    focusOn(place ?? '0');
    say(back ? facts.words.undone : facts.words.redone);
  }

  function siblings(path) {
    const steps = path.split('.').map(Number);
    return steps.length === 1 ? mail.blocks : mail.blocks[steps[0]].columns[steps[1]];
  }

  function at(path) {
    return Number(path.split('.').at(-1));
  }

  function moved(path, to) {
    return [...path.split('.').slice(0, -1), to].join('.');
  }

  function label(block) {
    return facts.labels[block.kind] ?? block.kind;
  }

  function move(path, by) {
    const blocks = siblings(path);
    const from = at(path);
    const to = from + by;
    if (to < 0 || to >= blocks.length) return;
    const [block] = blocks.splice(from, 1);
    blocks.splice(to, 0, block);
    draw();
    changed();
    focusOn(moved(path, to));
    say(facts.words.moved, { kind: label(block), at: to + 1, all: blocks.length });
  }

  function remove(path) {
    const blocks = siblings(path);
    const [block] = blocks.splice(at(path), 1);
    draw();
    changed();
    if (blocks.length) focusOn(moved(path, Math.min(at(path), blocks.length - 1)));
    else root.querySelector('[data-blocks-add]').focus();
    say(facts.words.removed, { kind: label(block) });
  }

  function insert(kind, blocks, place, prefix = '') {
    if (mail.blocks.length >= facts.limits.blocks) { say(facts.words.full, { limit: facts.limits.blocks }); return; }
    const block = { kind, ...structuredClone(BLANK[kind] ?? {}) };
    blocks.splice(place, 0, block);
    draw();
    changed();
    focusOn(`${prefix}${place}`);
    say(facts.words.inserted, { kind: label(block), at: place + 1, all: blocks.length });
  }

  // ——— drawing ———

  function draw() {
    list.replaceChildren(...mail.blocks.map((block, n) => drawn(block, String(n))), root.querySelector('[data-blocks-footer]'));
    for (const count of document.querySelectorAll('[data-blocks-count]')) count.textContent = mail.blocks.length;
    showMarks();
  }

  function drawn(block, path) {
    const top = !path.includes('.');
    const item = make('li', { class: 'me-block', id: top ? `block-${Number(path) + 1}` : undefined, 'data-path': path, 'data-kind': block.kind });
    const body = make('div', { class: 'me-block-body' });
    if (block.kind === 'columns') body.append(columns(block, path));
    else body.append(...fields(block, path));
    if (!body.querySelector('input, textarea, select, button, [contenteditable]')) {
      body.tabIndex = 0;
      body.setAttribute('role', 'group');
      body.setAttribute('aria-label', label(block));
    }
    item.append(make('span', { class: 'me-block-kind' }, label(block)), body, tools(block, path));
    return item;
  }

  function fields(block, path) {
    const kind = kinds.get(block.kind);
    if (!kind) return [make('p', { class: 'me-muted' }, label(block))];
    if (!kind.fields.length) return [make('p', { class: 'me-muted me-s' }, facts.words.line)];
    const context = {
      facts,
      label: label(block),
      isMain: (field) => MAIN[block.kind] === field.name,
      change: (place = '') => changed(place ? `${path} ${place}` : ''),
      again: () => { draw(); focusOn(path); },
      choose: (chosen, name) => takes('blocks:choose-image', chosen, name, path),
      cut: (chosen, name, image) => takes('blocks:cut-image', chosen, name, path, image),
    };
    return kind.fields.map((field) => control(field, block, context));
  }

  function columns(block, path) {
    const { words, limits } = facts;
    const made = make('div', { class: 'me-block-columns' });
    block.columns ??= [[], []];
    block.columns.forEach((column, n) => {
      const inner = make('ol', { class: 'me-block-column', 'aria-label': filled(words.column, { n: n + 1 }) });
      column.forEach((one, m) => inner.append(drawn(one, `${path}.${n}.${m}`)));
      const add = button(words.insertInto, (event) => open(event.currentTarget, column, column.length, `${path}.${n}.`), { 'aria-haspopup': 'true' });
      made.append(make('div', {}, inner, add));
    });
    const act = (change) => () => { change(); draw(); changed(); focusOn(path); };
    const tools = make('div', { class: 'me-block-row-tools' });
    if (block.columns.length < limits.columns) tools.append(button(words.addColumn, act(() => block.columns.push([]))));
    if (block.columns.length > 1) tools.append(button(words.dropColumn, act(() => block.columns.pop())));
    return make('div', {}, made, tools);
  }

  function tools(block, path) {
    const { words } = facts;
    const bar = make('div', { class: 'me-block-tools', role: 'toolbar', 'aria-label': filled(words.tools, { kind: label(block) }) });
    const last = siblings(path).length - 1;
    if (block.kind === 'text' || block.kind === 'product') {
      bar.append(style(words.bold, 'bold'), style(words.italic, 'italic'), button(words.makeLink, (event) => link(event.currentTarget)));
    }
    if (['text', 'heading', 'quote', 'button', 'list', 'product'].includes(block.kind)) {
      bar.append(button(words.insertField, (event) => openFields(event.currentTarget), { 'aria-haspopup': 'true', 'data-keeps-selection': '' }));
    }
    bar.append(
      button(words.up, () => move(path, -1), { disabled: at(path) === 0, 'data-tool': 'up' }),
      button(words.down, () => move(path, 1), { disabled: at(path) === last, 'data-tool': 'down' }),
      button(words.below, (event) => open(event.currentTarget, siblings(path), at(path) + 1, prefixOf(path)), { 'aria-haspopup': 'true', 'data-tool': 'below' }),
      button(words.remove, () => remove(path), { 'data-tool': 'remove' }),
      conditions(block, facts, () => changed()),
    );
    for (const each of bar.querySelectorAll('button')) each.addEventListener('pointerdown', (event) => event.preventDefault());
    return bar;
  }

  function prefixOf(path) {
    return path.slice(0, path.lastIndexOf('.') + 1);
  }

  // ——— writing ———

  function style(word, command) {
    return button(word, () => document.execCommand(command), { 'data-style': command });
  }

  function written() {
    return document.activeElement?.closest('[data-rich], [data-line], input[type=text], textarea');
  }

  let spot = null; // the text and the place in it that a field or a link goes to

  function remember(item) {
    const target = written() ?? item?.querySelector('[data-rich], [data-line], input[type=text]');
    const selection = window.getSelection();
    const inside = target && selection.rangeCount && target.contains(selection.anchorNode);
    spot = target ? { target, range: inside ? selection.getRangeAt(0).cloneRange() : null } : null;
  }

  root.addEventListener('focusout', (event) => {
    const target = event.target.closest?.('[data-rich], [data-line], input[type=text], textarea');
    if (!target || !target.closest('.me-block')) return;
    const selection = window.getSelection();
    const inside = selection.rangeCount && target.contains(selection.anchorNode);
    spot = { target, range: inside ? selection.getRangeAt(0).cloneRange() : null };
  });

  function back() {
    if (!spot?.target.isConnected) return false;
    spot.target.focus();
    const selection = window.getSelection();
    if (spot.range) { selection.removeAllRanges(); selection.addRange(spot.range); }
    else if (spot.target.isContentEditable) { selection.selectAllChildren(spot.target); selection.collapseToEnd(); }
    return true;
  }

  function openFields(from) {
    const item = from.closest('.me-block');
    if (!spot || !item.contains(spot.target)) remember(item);
    if (written() && item.contains(written())) remember(item);
    const choices = facts.fields.map((field) => [field.label, field.code, () => putField(field)]);
    openMenu(from, choices);
  }

  function putField(field) {
    if (!back()) return;
    if (!spot.target.isContentEditable) {
      spot.target.setRangeText(field.code, spot.target.selectionStart, spot.target.selectionEnd, 'end');
      spot.target.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }
    const word = fieldWord(field.code, facts.fields);
    const range = window.getSelection().getRangeAt(0);
    range.deleteContents();
    range.insertNode(word);
    range.setStartAfter(word);
    range.collapse(true);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
    spot.target.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function link(from) {
    const item = from.closest('.me-block');
    if (!spot || !item.contains(spot.target) || (written() && item.contains(written()))) remember(item);
    const { words } = facts;
    const held = spot?.range?.startContainer.parentElement?.closest('a');
    const input = make('input', { class: 'form-control me-mono', type: 'text', value: held?.getAttribute('href') ?? '', id: 'link-to' });
    const form = make('div', { class: 'me-block-link' },
      make('label', { class: 'form-label', htmlFor: 'link-to' }, words.linkTo), input,
      make('div', { class: 'me-actions' }, button(words.apply, () => put(), { class: 'btn btn-outline' }), button(words.cancel, () => { menu.hidePopover(); back(); })));
    const put = () => {
      const target = input.value.trim();
      menu.hidePopover();
      if (!back()) return;
      if (!target) document.execCommand('unlink');
      else if (window.getSelection().isCollapsed) document.execCommand('insertHTML', false, anchor(target));
      else document.execCommand('createLink', false, target);
    };
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); put(); } });
    openMenu(from, [], form);
    input.focus();
  }

  function anchor(target) {
    const made = make('a', {}, target);
    made.setAttribute('href', target);
    return made.outerHTML;
  }

  // ——— menus ———

  function open(from, blocks, place, prefix = '') {
    into = { blocks, place, prefix };
    const inside = prefix !== '';
    const offered = facts.kinds.filter((kind) => !inside || kind.inside);
    openMenu(from, offered.map((kind) => [kind.label, '', () => insert(kind.name, into.blocks, into.place, into.prefix)]));
  }

  function openMenu(from, choices, form = null) {
    const entries = choices.map(([word, small, act]) => make('li', {}, make('button', { type: 'button', onclick: () => { menu.hidePopover(); act(); } }, make('span', {}, word), ...(small ? [make('code', {}, small)] : []))));
    menu.replaceChildren(form ?? make('ul', {}, ...entries));
    menu.showPopover();
    const under = from.getBoundingClientRect();
    const right = document.documentElement.clientWidth - 16 - menu.offsetWidth;
    const below = under.bottom + 4 + menu.offsetHeight < window.innerHeight;
    menu.style.left = `${Math.max(16, Math.min(under.left, right)) + window.scrollX}px`;
    menu.style.top = `${(below ? under.bottom + 4 : Math.max(8, under.top - 4 - menu.offsetHeight)) + window.scrollY}px`;
    menu.querySelector('button, input')?.focus();
  }

  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const all = [...menu.querySelectorAll('li button')];
    const next = all.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
    all[(next + all.length) % all.length]?.focus();
    event.preventDefault();
  });

  function takes(what, block, name, path, from = null) {
    root.dispatchEvent(new CustomEvent(what, {
      bubbles: true,
      detail: {
        image: from,
        take(image) {
          facts.pictures[image.url.split('/').pop()] = image;
          block[name] = image.url;
          if ('alt' in image && kinds.get(block.kind).fields.some((field) => field.name === 'alt') && !block.alt) {
            block.alt = image.alt;
            if (image.decorative && !image.alt) block.decorative = true;
          }
          if (block.kind === 'image') block.width = Math.min(536, image.width || 536);
          draw();
          changed();
          focusOn(path);
        },
      },
    }));
  }

  // ——— keyboard, focus ———

  function active() {
    return document.activeElement?.closest('.me-block[data-path]');
  }

  function focusOn(path) {
    const item = list.querySelector(`[data-path="${path}"]`);
    const target = item?.querySelector('[contenteditable], input, textarea, select, [tabindex="0"], button');
    target?.focus();
  }

  root.addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === 'z') { event.preventDefault(); step(!event.shiftKey); return; }
    if (command && key === 'y') { event.preventDefault(); step(false); return; }
    const item = active();
    if (!item) return;
    const { path } = item.dataset;
    if (event.altKey && event.key === 'ArrowUp') { event.preventDefault(); move(path, -1); }
    else if (event.altKey && event.key === 'ArrowDown') { event.preventDefault(); move(path, 1); }
    else if (event.altKey && event.key === 'Delete') { event.preventDefault(); remove(path); }
    else if (command && event.key === 'Enter') { event.preventDefault(); open(item.querySelector('[data-tool=below]'), siblings(path), at(path) + 1, prefixOf(path)); }
  });
  root.addEventListener('focusin', () => {
    const now = active();
    if (!now && !root.contains(document.activeElement?.closest('.me-block'))) return;
    for (const item of list.querySelectorAll('.is-active')) if (!item.contains(now)) item.classList.remove('is-active');
    now?.classList.add('is-active');
  });
  root.querySelector('[data-blocks-add]').addEventListener('click', (event) => open(event.currentTarget, mail.blocks, mail.blocks.length));
  root.querySelector('[data-blocks-undo]').addEventListener('click', () => step(true));
  root.querySelector('[data-blocks-redo]').addEventListener('click', () => step(false));

  // ——— what is wrong, and where ———

  document.addEventListener('reader:line', (event) => focusOn(String(event.detail.line - 1)));
  document.addEventListener('reader:problems', (event) => { wrong = new Set(event.detail.lines); showMarks(); });
  let wrong = new Set();

  document.addEventListener('blocks:marks', (event) => { marks = event.detail; showMarks(); });

  function showMarks() {
    for (const old of list.querySelectorAll('.me-block-fault')) old.remove();
    for (const old of list.querySelectorAll('.has-need')) old.classList.remove('has-need');
    for (const item of list.children) item.classList.toggle('is-wrong', wrong.has(Number(item.id.slice(6))));
    for (const mark of marks) {
      const item = document.getElementById(mark.block);
      const name = mark.code.startsWith('link') ? 'link' : mark.code.startsWith('image') ? 'alt' : '';
      const holder = item?.querySelector(`[data-field="${name}"]`) ?? item?.querySelector('.me-block-body');
      if (!holder) continue;
      if (mark.level === 'block') holder.querySelector('input')?.classList.add('has-need');
      const template = root.querySelector(`template[data-fault=${mark.level}]`).content.cloneNode(true);
      template.querySelector('span').textContent = mark.text;
      holder.append(template);
    }
  }

  window.addEventListener('hashchange', follow);
  function follow() {
    const found = /^#block-(\d+)$/.exec(window.location.hash);
    if (found) focusOn(String(found[1] - 1));
  }

  document.addEventListener('click', (event) => {
    const found = /#block-(\d+)$/.exec(event.target.closest('a')?.getAttribute('href') ?? '');
    if (found) requestAnimationFrame(() => focusOn(String(found[1] - 1)));
  });

  photos(root);
  draw();
  document.dispatchEvent(new CustomEvent('blocks:ready'));
}
