// A menu opens under its button, and stays on the screen.

const MARGIN = 16;

export function placeMenus() {
  for (const menu of document.querySelectorAll('[data-menu]')) {
    menu.addEventListener('toggle', (event) => {
      const button = document.querySelector(`[popovertarget="${menu.id}"]`);
      button?.setAttribute('aria-expanded', String(event.newState === 'open'));
      if (event.newState === 'open' && button) place(menu, button);
    });
  }
}

function place(menu, button) {
  const under = button.getBoundingClientRect();
  const right = document.documentElement.clientWidth - MARGIN - menu.offsetWidth;
  menu.style.left = `${Math.max(MARGIN, Math.min(under.left, right)) + window.scrollX}px`;
  menu.style.top = `${under.bottom + 4 + window.scrollY}px`;
}
