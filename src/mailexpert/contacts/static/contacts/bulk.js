// How many contacts are chosen, and all of a page at once. Without this script the boxes work one by one.
const found = document.getElementById('found');

function tell() {
  const form = found.querySelector('[data-bulk]');
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="id"]')];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector('[data-all]');
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  const said = form.querySelector('[data-chosen-count]');
  said.dataset.none ??= said.textContent;
  said.textContent = chosen ? `${chosen} ${said.dataset.one}` : said.dataset.none;
  for (const box of boxes) box.closest('tr').classList.toggle('is-picked', box.checked);
}

found?.addEventListener('change', (event) => {
  if (event.target.matches('[data-all]')) {
    for (const box of found.querySelectorAll('input[name="id"]')) box.checked = event.target.checked;
  }
  tell();
});
