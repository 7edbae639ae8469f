// Choosing a photo from the library while one writes. One that nobody described yet is asked about first.

import { takeIn } from '../images.js';

export function photos(root) {
  const dialog = root.querySelector('[data-blocks-photos]');
  let take = null;

  root.addEventListener('blocks:choose-image', async (event) => {
    take = event.detail.take;
    await fill();
    dialog.showModal();
    dialog.querySelector('h2')?.focus();
  });

  async function fill() {
    const answer = await fetch(dialog.dataset.from, { headers: { 'HX-Request': 'true' } });
    const read = new DOMParser().parseFromString(await answer.text(), 'text/html');
    dialog.replaceChildren(...read.body.children);
    // A form can't stand in a form: what it would send is sent by script.
    const form = dialog.querySelector('[data-drop]');
    if (form) takeIn(form, (stored) => chosen(stored.at(-1)));
  }

  function chosen(image) {
    if (image.answer) { ask(image); return; }
    dialog.close();
    take?.(image);
  }

  function ask(image) {
    dialog.replaceChildren(dialog.querySelector('[data-ask]').content.cloneNode(true));
    const form = dialog.querySelector('form');
    const said = form.querySelector('[role=alert]');
    form.querySelector('img').src = image.shown;
    form.elements.alt.focus();
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      event.stopPropagation();
      try {
        const answer = await fetch(image.answer, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
        const told = await answer.json();
        if (answer.ok) chosen(told);
        else said.textContent = told.detail;
      } catch {
        said.textContent = said.dataset.lost;
      }
    });
  }

  dialog.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) { dialog.close(); return; }
    const picked = event.target.closest('[data-image]');
    if (!picked) return;
    const { image, alt, width, answer, decorative } = picked.dataset;
    chosen({ url: `${dialog.dataset.base}/beeld/${image}`, shown: `/beeld/${image}`, alt, width: Number(width), answer, decorative: decorative !== undefined });
  });
}
