// Choosing a photo from the library while one writes.

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
    dialog.close();
    take?.(image);
  }

  dialog.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) { dialog.close(); return; }
    const picked = event.target.closest('[data-image]');
    if (!picked) return;
    chosen({ url: `${dialog.dataset.base}/beeld/${picked.dataset.image}`, alt: picked.dataset.alt, width: Number(picked.dataset.width) });
  });
}
