// For whom a block is there.

import { make } from './make.js';

const TESTS = ['filled', 'empty', 'is', 'is_not'];

export function conditions(block, facts, changed) {
  const { words } = facts;
  const fields = facts.fields.filter((field) => field.name);
  const label = (word, input) => make('label', { class: 'form-label' }, word, input);
  const test = make('select', { class: 'form-select' }, make('option', { value: '' }, words.everyone));
  for (const name of TESTS) test.append(make('option', { value: name }, words[name]));
  const field = make('select', { class: 'form-select' });
  for (const each of fields) field.append(make('option', { value: each.name }, each.label));
  const value = make('input', { class: 'form-control', type: 'text', maxLength: 100 });
  const given = block.condition;
  test.value = given?.test ?? '';
  if (given) field.value = given.field;
  value.value = given?.value ?? '';
  const parts = [label(words.field, field), label(words.value, value)];

  function follow() {
    parts[0].hidden = test.value === '';
    parts[1].hidden = !test.value.startsWith('is');
  }

  function keep() {
    follow();
    if (test.value === '') delete block.condition;
    else block.condition = { field: field.value, test: test.value, value: test.value.startsWith('is') ? value.value.replace(/["'{}%\\]/g, '') : '' };
    changed();
  }

  for (const control of [test, field, value]) control.addEventListener('input', (event) => { event.stopPropagation(); keep(); });
  follow();
  return make('details', { class: 'me-block-condition', open: Boolean(given) }, make('summary', {}, words.condition), make('div', {}, label(words.showTo, test), ...parts));
}
