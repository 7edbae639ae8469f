// Photos: taken in by choosing, dropping or pasting; chosen while one writes; cut around what matters.

for (const form of document.querySelectorAll('[data-drop]')) takeIn(form, (images) => {
  const asks = images.find((image) => image.asks)?.asks;
  window.location.assign(asks || (images.length === 1 ? images[0].page : window.location.pathname));
});

const cut = document.querySelector('form[data-cut]');
const focus = document.querySelector('[data-focus]');
if (cut && focus) aim(cut, focus);

// A click in the picture says what matters; a ring shows it, also where it was typed.
export function aim(form, picture) {
  const { across, down } = form.elements;
  const ring = document.createElement('span');
  ring.className = 'me-focus-ring';
  picture.append(ring);
  const show = () => { ring.style.left = `${across.value}%`; ring.style.top = `${down.value}%`; };
  picture.addEventListener('click', (event) => {
    const box = picture.querySelector('img').getBoundingClientRect();
    const share = (at, start, size) => Math.min(100, Math.max(0, Math.round(((at - start) / size) * 100)));
    across.value = share(event.clientX, box.left, box.width);
    down.value = share(event.clientY, box.top, box.height);
    show();
  });
  form.addEventListener('input', show);
  show();
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
