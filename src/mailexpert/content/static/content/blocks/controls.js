// One control for each type of field. `context`: facts, change(place), and a number for ids.

import { button, filled, make } from './make.js';
import { fill, fillLine, read, readLine } from './rich.js';

let count = 0;

export function control(field, block, context) {
  const made = CONTROLS[field.type](field, block, context);
  made.dataset.field = field.name;
  return made;
}

function labelled(field, input, css = '') {
  input.id = `field-${(count += 1)}`;
  return make('div', { class: `me-block-field ${css}` }, make('label', { class: 'form-label', htmlFor: input.id }, field.label), input);
}

function plain(field, block, context, css = '') {
  const input = make('input', { class: `form-control ${css}`, type: 'text', value: block[field.name] ?? '', autocomplete: 'off' });
  input.addEventListener('input', () => { block[field.name] = input.value.trim(); context.change(field.name); });
  return input;
}

// What stands large in the mail is written large: the title and the quote.
function line(field, block, context) {
  if (!context.isMain(field)) return labelled(field, plain(field, block, context));
  const text = make('div', {
    class: `me-block-line${block.kind === 'heading' && block.level !== '3' ? ' me-20' : ''}`,
    contentEditable: 'true', role: 'textbox', tabIndex: 0, 'aria-label': context.label, 'data-line': '',
  });
  fillLine(text, block[field.name] ?? '', context.facts.fields);
  text.addEventListener('input', () => { block[field.name] = readLine(text).trim(); context.change(field.name); });
  text.addEventListener('keydown', (event) => { if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault(); });
  pastesText(text, true);
  return make('div', {}, text);
}

function rich(field, block, context) {
  const text = make('div', {
    class: 'me-block-rich', contentEditable: 'true', role: 'textbox', tabIndex: 0, 'aria-multiline': 'true', 'data-rich': '',
    'aria-label': context.isMain(field) ? context.label : field.label,
  });
  fill(text, block[field.name] ?? '', context.facts.fields);
  text.addEventListener('focus', () => document.execCommand('defaultParagraphSeparator', false, 'p'));
  text.addEventListener('input', () => { block[field.name] = read(text); context.change(field.name); });
  text.addEventListener('click', (event) => { if (event.target.closest('a')) event.preventDefault(); });
  pastesText(text, false);
  return make('div', {}, text);
}

// Word and the web bring colours and tables along; a mail has its own.
function pastesText(target, oneLine) {
  target.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain');
    if (!text) return;
    event.preventDefault();
    if (oneLine) document.execCommand('insertText', false, text.replace(/\s+/g, ' '));
    else document.execCommand('insertText', false, text.replace(/\r\n?/g, '\n').replace(/\n{2,}/g, '\n'));
  });
  target.addEventListener('drop', (event) => event.preventDefault());
}

function address(field, block, context) {
  return labelled(field, plain(field, block, context, 'me-mono'));
}

function image(field, block, context) {
  const { words } = context.facts;
  const shown = ours(block[field.name]);
  const photo = make('img', { class: 'me-photo', src: shown || undefined, alt: '', hidden: !shown });
  const file = block[field.name]?.split('/').pop();
  const known = shown ? context.facts.pictures[file] : undefined;
  const name = make('div', {}, make('span', { class: 'me-mono' }, known?.name || file || words.noPhoto));
  if (known) name.append(' ', make('span', { class: 'me-s me-muted' }, measures(known)));
  const choose = button(block[field.name] ? words.otherPhoto : words.choosePhoto, () => context.choose(block, field.name), { 'data-choose': '' });
  const cut = known ? [button(words.cutPhoto, () => context.cut(block, field.name, known), { 'data-cut-photo': '' })] : [];
  const typed = labelled({ label: words.address }, plain(field, block, context, 'me-mono'));
  typed.querySelector('input').addEventListener('change', () => context.again());
  return make('div', { class: 'me-block-photo' }, make('div', {}, photo), make('div', {}, name, choose, ...cut, make('details', { class: 'me-block-more' }, make('summary', {}, words.address), typed)));
}

function measures({ width, height, size }) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  return `${number.format(width)} × ${number.format(height)}, ${number.format(Math.max(1, Math.round(size / 1000)))} kB`;
}

// This page shows pictures of our own library alone; the preview beside it shows the others too.
function ours(address) {
  try {
    const { pathname } = new URL(address, window.location.href);
    return pathname.startsWith('/beeld/') ? pathname : '';
  } catch {
    return '';
  }
}

function flag(field, block, context) {
  const input = make('input', { class: 'form-check-input', type: 'checkbox', checked: Boolean(block[field.name]), id: `field-${(count += 1)}` });
  input.addEventListener('change', () => { block[field.name] = input.checked; context.change(field.name); });
  return make('div', { class: 'me-radio' }, input, make('label', { htmlFor: input.id }, field.label));
}

function choice(field, block, context) {
  const select = make('select', { class: 'form-select' });
  for (const [value, label] of field.choices) select.append(make('option', { value, selected: value === (block[field.name] ?? '2') }, label));
  select.addEventListener('change', () => { block[field.name] = select.value; context.change(field.name); context.again(); });
  return labelled(field, select, 'is-short');
}

function width(field, block, context) {
  const input = make('input', { class: 'form-control me-mono', type: 'number', min: 16, max: 600, value: block[field.name] ?? 536 });
  input.addEventListener('input', () => {
    if (input.checkValidity() && input.value) { block[field.name] = Number(input.value); context.change(field.name); }
  });
  return labelled(field, input, 'is-short');
}

function items(field, block, context) {
  const area = make('textarea', { class: 'form-control me-grow', rows: 3, value: (block[field.name] ?? []).join('\n') });
  area.addEventListener('input', () => { block[field.name] = area.value.split('\n').filter((item) => item.trim()).slice(0, 50); context.change(field.name); });
  return labelled(field, area);
}

function html(field, block, context) {
  const area = make('textarea', { class: 'form-control me-mono me-grow', rows: 4, spellcheck: false, value: block[field.name] ?? '' });
  area.addEventListener('input', () => { block[field.name] = area.value; context.change(field.name); });
  return labelled(field, area);
}

function rows(field, block, context) {
  const { words, limits } = context.facts;
  const cells = block[field.name] ??= [['', ''], ['', '']];
  const table = make('table', { class: 'me-block-table' });
  cells.forEach((row, r) => {
    const line = make('tr');
    row.forEach((cell, c) => {
      const input = make('input', { class: 'form-control', value: cell, 'aria-label': filled(words.cell, { row: r + 1, column: c + 1 }) });
      input.addEventListener('input', () => { cells[r][c] = input.value; context.change(`${r}.${c}`); });
      line.append(make('td', {}, input));
    });
    table.append(line);
  });
  const act = (step) => () => { step(); context.change(); context.again(); };
  const tools = make('div', { class: 'me-block-row-tools' },
    button(words.addRow, act(() => { if (cells.length < 50) cells.push(cells[0].map(() => '')); })),
    button(words.dropRow, act(() => { if (cells.length > 1) cells.pop(); })),
    button(words.addColumn, act(() => { if (cells[0].length < limits.cells) cells.forEach((row) => row.push('')); })),
    button(words.dropColumn, act(() => { if (cells[0].length > 1) cells.forEach((row) => row.pop()); })));
  return make('div', {}, table, tools);
}

function links(field, block, context) {
  const given = block[field.name] ??= [];
  const group = make('fieldset', { class: 'me-block-links' }, make('legend', { class: 'form-label' }, field.label));
  for (const [network, label] of context.facts.networks) {
    const has = given.find((link) => link.network === network);
    const input = make('input', { class: 'form-control me-mono', value: has?.link ?? '', autocomplete: 'off' });
    input.addEventListener('input', () => {
      block[field.name] = block[field.name].filter((link) => link.network !== network);
      if (input.value.trim()) block[field.name].push({ network, link: input.value.trim() });
      context.change(network);
    });
    group.append(labelled({ label }, input));
  }
  return group;
}

const CONTROLS = { line, rich, address, image, flag, choice, width, items, html, rows, links };
