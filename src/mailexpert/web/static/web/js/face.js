// What every page needs: the theme at once, focus back after a swap, and no double submit.

for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button[type="submit"]')) {
      // After the submit has taken the button's own value along.
      setTimeout(() => { button.disabled = true; }, 0);
    }
  });
}

// A page that comes back from the browser's cache must not keep its buttons dead.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) {
    for (const button of document.querySelectorAll('form[data-once] button[disabled]')) button.disabled = false;
  }
});

// An error summary takes the focus, so that a screen reader starts there.
document.querySelector('[data-focus]')?.focus();
