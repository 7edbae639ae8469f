// What every page needs: no double submit, focus on what went wrong, and a word when the server is silent.

for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button[type="submit"]')) {
      // Only after the submit has taken the button's own value along.
      setTimeout(() => { button.disabled = true; }, 0);
    }
  });
}

// A page that comes back from the browser's cache must not keep its buttons dead.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('form[data-once] button[disabled]')) button.disabled = false;
});

// An error summary takes the focus, so that a screen reader starts there.
document.querySelector('[data-focus]')?.focus();

const lost = document.getElementById('lost');

function say(isLost) {
  lost.textContent = isLost ? lost.dataset.words : '';
  lost.hidden = !isLost;
}

document.body.addEventListener('htmx:sendError', () => say(true));
document.body.addEventListener('htmx:responseError', (event) => say(event.detail.xhr.status >= 500));
document.body.addEventListener('htmx:afterOnLoad', (event) => { if (event.detail.xhr.status < 400) say(false); });

// A piece of a page that turns out to be a whole page is the door: the login ended meanwhile.
document.body.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.xhr.status < 400 && /^\s*<!doctype html/i.test(event.detail.xhr.responseText)) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
