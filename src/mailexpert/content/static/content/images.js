// Photos: taken in by choosing, dropping or pasting; chosen while one writes; cut around what matters.

for (const form of document.querySelectorAll('[data-drop]')) takeIn(form, (images) => {
  const asks = images.find((image) => image.asks)?.asks;
  window.location.assign(asks || (images.length === 1 ? images[0].page : window.location.pathname));
});

const cut = document.querySelector('[data-cut]');
const focus = document.querySelector('[data-focus]');
if (cut && focus) {
  focus.addEventListener('click', (event) => {
    const box = focus.querySelector('img').getBoundingClientRect();
    cut.elements.across.value = Math.round(((event.clientX - box.left) / box.width) * 100);
    cut.elements.down.value = Math.round(((event.clientY - box.top) / box.height) * 100);
  });
}

// `done` gets what was stored.
export function takeIn(form, done) {
  const said = form.querySelector('[data-drop-said]');
  const files = form.querySelector('input[type=file]');

  async function send(list) {
    const stored = [];
    said.textContent = said.dataset.busy;
    for (const file of list) {
      const body = new FormData(form);
      body.set('file', file, file.name || 'beeld.png');
      let answer;
      try {
        answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
      } catch {
        said.textContent = said.dataset.lost;
        return;
      }
      const told = await answer.json().catch(() => ({ detail: said.dataset.lost }));
      if (answer.ok) stored.push(told);
      else said.textContent = `${file.name}: ${told.detail}`;
    }
    if (stored.length === list.length) said.textContent = '';
    if (stored.length) done(stored);
  }

  form.addEventListener('submit', (event) => {
    if (!files.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    send([...files.files]);
  });
  form.addEventListener('dragover', (event) => { event.preventDefault(); form.classList.add('is-over'); });
  form.addEventListener('dragleave', () => form.classList.remove('is-over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.classList.remove('is-over');
    if (event.dataTransfer.files.length) send([...event.dataTransfer.files]);
  });
  const paste = (event) => {
    if (!form.isConnected) { document.removeEventListener('paste', paste); return; }
    if (form.closest('dialog')?.open === false) return;
    const pasted = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith('image/'));
    if (pasted.length) { event.preventDefault(); send(pasted); }
  };
  document.addEventListener('paste', paste);
}
