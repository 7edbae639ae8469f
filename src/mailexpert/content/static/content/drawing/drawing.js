// Drag and drop for a template in MJML: a dialog around the frame. Nothing changes until it is taken over.

const dialog = document.querySelector('[data-drawing]');
if (dialog) start();

function start() {
  const frame = dialog.querySelector('iframe');
  const said = dialog.querySelector('[data-drawing-said]');
  const take = dialog.querySelector('[data-drawing-take]');
  const words = JSON.parse(dialog.dataset.words);
  const area = document.getElementById('id_source');

  document.querySelector('[data-drawing-open]').addEventListener('click', () => {
    show('busy');
    frame.src = dialog.dataset.from;
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll('[data-drawing-close]')) button.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => { frame.src = 'about:blank'; });
  take.addEventListener('click', () => send({ ask: true }));

  function send(data) {
    frame.contentWindow.postMessage(data, window.location.origin);
  }

  function show(word, lost = []) {
    said.textContent = word ? words[word].replace('%(what)s', [...new Set(lost)].slice(0, 6).join(', ')) : '';
    frame.hidden = word === 'refused';
    take.disabled = Boolean(word);
  }

  window.addEventListener('message', ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== window.location.origin) return;
    if (data.ready) send({ open: { source: area.value, language: document.documentElement.lang, words } });
    if (data.shown) show(data.shown.refused.length ? 'refused' : '', data.shown.refused);
    if (typeof data.taken === 'string') {
      document.dispatchEvent(new CustomEvent('source:write', { detail: { source: data.taken } }));
      dialog.close();
    }
  });
}
