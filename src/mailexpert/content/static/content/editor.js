// Writing in code: fields from a menu, problems at their line, and a word about what isn't saved.

import { codeEditor } from './code.js';
import { placeMenus } from './menus.js';

placeMenus();
for (const holder of document.querySelectorAll('[data-editor]')) start(holder);

function start(holder) {
  const area = holder.querySelector('textarea');
  const code = codeEditor(area, holder);
  let last = null; // a line of the form, or null: the code

  area.form.addEventListener('focusin', (event) => {
    if (holder.contains(event.target)) last = null;
    else if (event.target.matches('input[type="text"], [data-one-line]')) last = event.target;
  });

  function insert(text) {
    if (!last) { code.insert(text); return; }
    last.focus();
    last.setRangeText(text, last.selectionStart, last.selectionEnd, 'end');
    last.dispatchEvent(new Event('input', { bubbles: true }));
  }

  document.addEventListener('reader:problems', (event) => code.mark(event.detail.problems));
  document.addEventListener('reader:line', (event) => code.goTo(event.detail.line));
  document.addEventListener('source:write', (event) => code.write(event.detail.source));
  for (const menu of document.querySelectorAll('[data-insert-menu]')) {
    menu.addEventListener('click', (event) => {
      const button = event.target.closest('[data-insert]');
      if (!button) return;
      menu.hidePopover();
      insert(button.dataset.insert);
    });
  }
}

// A line that grows is still one line: Enter and what is pasted break none.
for (const line of document.querySelectorAll('[data-one-line]')) {
  line.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  line.addEventListener('input', () => {
    if (/[\r\n]/.test(line.value)) line.value = line.value.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  });
}

for (const form of document.querySelectorAll('[data-compose]')) {
  const word = document.querySelector('[data-unsaved]');
  let unsaved = false;
  form.addEventListener('input', () => { unsaved = true; if (word) word.hidden = false; });
  form.addEventListener('submit', () => { unsaved = false; });
  // A form that saves itself.
  form.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (detail.elt !== form || !detail.successful || detail.xhr.response.includes('data-state="wrong"')) return;
    unsaved = false;
    if (word) word.hidden = true;
  });
  document.addEventListener('click', (event) => {
    const mine = event.target.closest('[data-keep-my-template]');
    if (!mine) return;
    document.getElementById('id_version').value = mine.dataset.keepMyTemplate;
    htmx.trigger(form, 'keep-mine');
  });
  window.addEventListener('beforeunload', (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
