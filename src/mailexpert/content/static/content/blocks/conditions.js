// For whom a block is there: by a field, or by the rules of a segment.

import { make } from './make.js';

const OF_FIELD = ['filled', 'empty', 'is', 'is_not'];
const OF_SEGMENT = ['in', 'out'];

export function conditions(block, facts, changed) {
  const { words, segments } = facts;
  const fields = facts.fields.filter((field) => field.name);
  const given = block.condition;
  const label = (word, input) => make('label', { class: 'form-label' }, word, input);
  const test = make('select', { class: 'form-select' }, make('option', { value: '' }, words.everyone));
  const tests = [...OF_FIELD, ...(segments.length || given?.segment ? OF_SEGMENT : [])];
  for (const name of tests) test.append(make('option', { value: name }, words[name]));
  const field = make('select', { class: 'form-select' });
  for (const each of fields) field.append(make('option', { value: each.name }, each.label));
  const segment = make('select', { class: 'form-select' });
  for (const [number, name] of segments) segment.append(make('option', { value: number }, name));
  const value = make('input', { class: 'form-control', type: 'text', maxLength: 100 });
  test.value = given?.test ?? '';
  if (given?.field) field.value = given.field;
  // A segment that is gone stays chosen, and a check says so.
  if (given?.segment && !segments.some(([number]) => number === given.segment)) segment.append(make('option', { value: given.segment }, `#${given.segment}`));
  if (given?.segment) segment.value = given.segment;
  value.value = given?.value ?? '';
  const parts = { field: label(words.field, field), value: label(words.value, value), segment: label(words.segment, segment) };

  function follow() {
    parts.field.hidden = !OF_FIELD.includes(test.value);
    parts.value.hidden = !test.value.startsWith('is');
    parts.segment.hidden = !OF_SEGMENT.includes(test.value);
  }

  function keep() {
    follow();
    if (test.value === '') delete block.condition;
    else if (OF_SEGMENT.includes(test.value)) block.condition = { segment: Number(segment.value), test: test.value };
    else block.condition = { field: field.value, test: test.value, value: test.value.startsWith('is') ? value.value.replace(/["'{}%\\]/g, '') : '' };
    changed();
  }

  for (const control of [test, field, segment, value]) control.addEventListener('input', (event) => { event.stopPropagation(); keep(); });
  follow();
  return make('details', { class: 'me-block-condition', open: Boolean(given) }, make('summary', {}, words.condition), make('div', {}, label(words.showTo, test), ...Object.values(parts)));
}
