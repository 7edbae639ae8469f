// What the reader gets: the words come by htmx; the mail itself is posted into a sandboxed frame of its own.

import { placeMenus } from './menus.js';

const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';
const COMPUTER = 640;
const DRAFT = ['kind', 'source', 'subject', 'preheader', 'language'];
const SMALLEST = 160;

placeMenus();
for (const reader of document.querySelectorAll('[data-reader]')) start(reader);

function start(reader) {
  const compose = document.getElementById(reader.dataset.form);
  const send = reader.querySelector('form');
  const words = reader.querySelector('[data-reader-words]');
  const frames = reader.querySelector('[data-reader-frames]');
  const view = { width: 'phone', pictures: false, text: false, dark: false };
  let count = 0;

  words.addEventListener('htmx:afterSettle', () => {
    const right = words.querySelector('[data-state]')?.dataset.state === 'right';
    frames.classList.toggle('is-stale', !right);
    const problems = [...words.querySelectorAll('.me-problems [data-line]')].map(problem);
    const lines = problems.filter((one) => one.severity === 'error').map((one) => one.line);
    document.dispatchEvent(new CustomEvent('reader:problems', { detail: { lines, problems } }));
    dress();
    if (right) load();
  });

  words.addEventListener('click', (event) => {
    const line = event.target.closest('[data-line]')?.dataset.line;
    if (line) document.dispatchEvent(new CustomEvent('reader:line', { detail: { line: Number(line) } }));
  });

  reader.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.view) {
      view.width = button.dataset.view;
      for (const other of reader.querySelectorAll('[data-view]')) press(other, other === button);
      fit(frames.querySelector('iframe:not(.is-coming)'));
    } else if (button.dataset.toggle) {
      view[button.dataset.toggle] = !view[button.dataset.toggle];
      press(button, view[button.dataset.toggle]);
      dress();
      if (button.dataset.toggle !== 'text') load();
    } else if (button.dataset.readerChoice !== undefined) {
      send.elements.reader.value = button.dataset.readerChoice;
      reader.querySelector('[data-reader-name]').textContent = button.dataset.readerAs;
      reader.querySelector('[popover]').hidePopover();
      htmx.trigger(words, 'reader-refresh');
    }
  });

  // It stands outside the form that saves, so it is no change of the mail.
  reader.querySelector('[data-reader-program]').addEventListener('change', load);

  window.addEventListener('resize', () => fit(frames.querySelector('iframe:not(.is-coming)')));

  function problem(button) {
    const note = button.closest('.is-note');
    const text = button.parentElement.textContent.slice(button.textContent.length).replace(/^:\s*/, '').trim();
    return { line: Number(button.dataset.line), text, severity: note ? 'warning' : 'error' };
  }

  function press(button, pressed) {
    button.setAttribute('aria-pressed', String(pressed));
  }

  function dress() {
    const text = words.querySelector('[data-reader-text]');
    if (text) text.hidden = !view.text;
    frames.hidden = view.text && Boolean(text);
    const note = words.querySelector('[data-only-dark]');
    if (note) note.hidden = !view.dark;
  }

  // A fresh frame each time: it leaves no step in the browser's history, and the old mail stays until the new one is there.
  function load() {
    for (const waiting of frames.querySelectorAll('.is-coming')) waiting.remove();
    const frame = document.createElement('iframe');
    count += 1;
    frame.name = `reader-${count}`;
    frame.className = 'is-coming';
    frame.setAttribute('sandbox', SANDBOX);
    frame.title = frames.dataset.title;
    frames.append(frame);
    frame.addEventListener('load', () => show(frame));
    fill();
    send.target = frame.name;
    send.submit();
    empty();
  }

  function empty() {
    for (const old of send.querySelectorAll('[data-copied]')) old.remove();
  }

  function fill() {
    empty();
    const given = new FormData(compose);
    for (const name of DRAFT) copy(name, given.get(name) ?? '');
    copy('pictures', view.pictures ? '0' : '1');
    copy('dark', view.dark ? '1' : '0');
    copy('program', reader.querySelector('[data-reader-program]').value);
  }

  function copy(name, value) {
    const input = document.createElement('textarea');
    input.name = name;
    input.value = value;
    input.dataset.copied = '';
    send.append(input);
  }

  function show(frame) {
    if (!frame.isConnected || frame.contentDocument?.URL === 'about:blank') return;
    for (const other of frames.querySelectorAll('iframe')) if (other !== frame) other.remove();
    frame.classList.remove('is-coming');
    fit(frame);
    for (const picture of frame.contentDocument?.images ?? []) picture.addEventListener('load', () => fit(frame));
  }

  function fit(frame) {
    const page = frame?.contentDocument?.documentElement;
    if (!page) return;
    const room = frames.clientWidth;
    const wide = view.width === 'computer';
    const scale = wide ? Math.min(1, room / COMPUTER) : 1;
    frame.style.width = wide ? `${Math.max(COMPUTER, room)}px` : '100%';
    frame.style.transform = scale < 1 ? `scale(${scale})` : '';
    frame.style.height = `${SMALLEST}px`;
    const height = Math.max(page.scrollHeight, SMALLEST);
    frame.style.height = `${height}px`;
    frames.style.height = `${Math.ceil(height * scale)}px`;
  }
}
