// Choosing a photo from the library while one writes, or cutting a part of one. What nobody described yet is asked about
// first.

import { aim, takeIn } from '../images.js';

export function photos(root) {
  const dialog = root.querySelector('[data-blocks-photos]');
  let take = null;

  root.addEventListener('blocks:choose-image', async (event) => {
    take = event.detail.take;
    await fill();
    dialog.showModal();
    dialog.querySelector('h2')?.focus();
  });

  root.addEventListener('blocks:cut-image', async (event) => {
    take = event.detail.take;
    await fill();
    cut(event.detail.image);
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
    const form = asks('[data-ask]', image, image.answer);
    form.elements.alt.focus();
  }

  function cut(image) {
    const form = asks('[data-cutting]', image, image.cut);
    aim(form, form.querySelector('[data-focus]'));
  }

  // One form in the place of the photos; what comes of it is the photo.
  function asks(name, image, address) {
    dialog.replaceChildren(dialog.querySelector(name).content.cloneNode(true));
    const form = dialog.querySelector('form');
    const said = form.querySelector('[role=alert]');
    form.querySelector('img').src = image.shown;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      event.stopPropagation();
      try {
        const answer = await fetch(address, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
        const told = await answer.json();
        if (answer.ok) chosen(told);
        else said.textContent = told.detail;
      } catch {
        said.textContent = said.dataset.lost;
      }
    });
    return form;
  }

  dialog.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) { dialog.close(); return; }
    const picked = event.target.closest('[data-image]');
    if (!picked) return;
    chosen(JSON.parse(picked.dataset.image));
  });
}
