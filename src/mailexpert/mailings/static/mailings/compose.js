// The compose page: what is saved and what isn't, the audience as a sentence, and what checks say beside its block.

import { placeMenus } from '../content/menus.js';

placeMenus();

const RETRY = 5000; // milliseconds
const write = document.getElementById('write');

// Date and time show only when a moment is chosen; the facts and the button say which.
const when = document.querySelector('form[data-when]');
if (when) {
  const fields = when.querySelector('.me-when-fields');
  const follow = () => {
    const later = when.querySelector('input[name=when]:checked')?.value === 'later';
    fields.hidden = !later;
    for (const words of when.querySelectorAll('button [data-when]')) words.hidden = (words.dataset.when === 'later') !== later;
    const said = when.querySelector('[data-when-said]');
    if (said) said.textContent = (later && moment(said.dataset.later)) || said.dataset.now;
  };
  when.addEventListener('input', follow);
  document.addEventListener('htmx:oobAfterSwap', (event) => { if (when.contains(event.target)) follow(); });
  follow();
}

function moment(words) {
  const { day, time } = when.elements;
  if (!day.value || !time.value) return '';
  const { lang } = document.documentElement;
  const date = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(`${day.value}T12:00`));
  const clock = lang === 'nl' ? time.value.replace(/^0/, '').replace(':', '.') : time.value;
  return words.replace('{day}', date).replace('{time}', clock);
}

// Saved, not yet, or no answer.
const keeping = document.querySelector('[data-keeping]');
if (write && keeping) {
  const kept = () => document.getElementById('kept');
  const show = (word) => {
    kept().hidden = Boolean(word);
    keeping.hidden = !word;
    keeping.textContent = word ? keeping.dataset[word] : '';
  };
  let waiting = 0;
  write.addEventListener('input', () => show('typing'));
  write.addEventListener('htmx:beforeRequest', (event) => { if (event.detail.elt === write) show('saving'); });
  write.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.elt !== write) return;
    clearTimeout(waiting);
    if (event.detail.successful) { show(''); return; }
    show('lost');
    waiting = setTimeout(() => htmx.trigger(write, 'keep-mine'), RETRY);
  });
}

document.addEventListener('click', (event) => {
  const mine = event.target.closest('[data-keep-mine]');
  if (!mine) return;
  document.getElementById('id_version').value = mine.dataset.keepMine;
  htmx.trigger(write, 'keep-mine');
});

// How long the lines are that a phone cuts.
for (const count of document.querySelectorAll('[data-counts]')) {
  const field = document.getElementById(count.dataset.counts);
  const follow = () => {
    const length = [...field.value].length;
    count.textContent = `${length} ${length === 1 ? count.dataset.one : count.dataset.many}`;
  };
  field.addEventListener('input', follow);
  follow();
}

// The sentence about the audience says what is chosen.
for (const chosen of document.querySelectorAll('[data-chosen]')) {
  const menu = document.getElementById(`menu-${chosen.dataset.chosen}`);
  menu.addEventListener('change', () => {
    const names = [...menu.querySelectorAll('input:checked')].map((input) => input.labels[0].textContent.trim());
    chosen.textContent = names.join(` ${chosen.dataset.and} `) || chosen.dataset.none;
  });
}

// What a check says stands at its block, too.
function marks() {
  const found = [...document.querySelectorAll('#checks [data-anchor^="block-"]')].map((line) => ({
    block: line.dataset.anchor, code: line.dataset.check, level: line.dataset.level, text: line.querySelector('h3').textContent,
  }));
  document.dispatchEvent(new CustomEvent('blocks:marks', { detail: found }));
}
document.addEventListener('htmx:oobAfterSwap', (event) => { if (event.detail.target?.id === 'checks' || event.target.id === 'checks') marks(); });
document.addEventListener('blocks:ready', marks);
