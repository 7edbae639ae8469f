// Copy buttons: what stands in the element that `data-copy` names goes to the clipboard. Without a script, or without
// a clipboard (which browsers give to secure pages alone), the text is selected by hand and no button shows.

if (navigator.clipboard) {
  for (const button of document.querySelectorAll('button[data-copy]')) {
    const word = button.querySelector('[data-word]');
    const before = word.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      word.textContent = button.dataset.done;
      setTimeout(() => { word.textContent = before; }, 2000);
    });
  }
}
