// The code field: line numbers, lines with a problem, inserting fields, and a word about what isn't saved.

import { placeMenus } from './menus.js';

placeMenus();
for (const editor of document.querySelectorAll('[data-editor]')) start(editor);

function start(editor) {
  const code = editor.querySelector('textarea');
  const gutter = editor.querySelector('[data-gutter]');
  const form = code.form;
  let last = code;
  let wrong = new Set();

  function number() {
    const lines = code.value.split('\n').length;
    while (gutter.childElementCount > lines) gutter.lastElementChild.remove();
    while (gutter.childElementCount < lines) {
      const line = document.createElement('span');
      line.textContent = gutter.childElementCount + 1;
      gutter.append(line);
    }
    for (const line of gutter.querySelectorAll('.is-wrong')) line.classList.remove('is-wrong');
    for (const line of wrong) gutter.children[line - 1]?.classList.add('is-wrong');
    follow();
  }

  function follow() {
    gutter.style.height = `${code.offsetHeight}px`;
    gutter.scrollTop = code.scrollTop;
  }

  function insert(text) {
    last.focus();
    last.setRangeText(text, last.selectionStart, last.selectionEnd, 'end');
    last.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function goTo(line) {
    const before = code.value.split('\n').slice(0, line - 1).join('\n');
    const start = before.length + (line > 1 ? 1 : 0);
    const end = code.value.indexOf('\n', start);
    code.focus();
    code.setSelectionRange(start, end < 0 ? code.value.length : end);
    code.scrollTop = Math.max(0, (line - 5) * parseFloat(getComputedStyle(code).lineHeight));
  }

  code.addEventListener('input', number);
  code.addEventListener('scroll', follow);
  new ResizeObserver(follow).observe(code);
  form.addEventListener('focusin', (event) => {
    if (event.target.matches('textarea, input[type="text"]')) last = event.target;
  });
  document.addEventListener('reader:problems', (event) => { wrong = new Set(event.detail.lines); number(); });
  document.addEventListener('reader:line', (event) => goTo(event.detail.line));
  for (const menu of document.querySelectorAll('[data-insert-menu]')) {
    menu.addEventListener('click', (event) => {
      const button = event.target.closest('[data-insert]');
      if (!button) return;
      menu.hidePopover();
      insert(button.dataset.insert);
    });
  }
  number();
}

for (const form of document.querySelectorAll('[data-compose]')) {
  const word = document.querySelector('[data-unsaved]');
  let unsaved = false;
  form.addEventListener('input', () => { unsaved = true; if (word) word.hidden = false; });
  form.addEventListener('submit', () => { unsaved = false; });
  // A form that saves itself.
  form.addEventListener('htmx:afterRequest', (event) => { if (event.detail.elt === form && event.detail.successful) unsaved = false; });
  window.addEventListener('beforeunload', (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
