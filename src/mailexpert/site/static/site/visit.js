// Tells our own log which page was looked at, how long, where the visitor came from and how large the screen is.
// Nothing is stored in the browser, and it is sent once, when the page is left.
const said = document.querySelector('meta[name="visit"]');

if (said) {
  const began = Date.now();
  let gone = false;
  const tell = () => {
    if (gone) return;
    gone = true;
    const search = new URLSearchParams(window.location.search).get('q') || '';
    navigator.sendBeacon(said.content, new Blob([JSON.stringify({
      page: said.dataset.page || window.location.pathname,
      seconds: Math.round((Date.now() - began) / 1000),
      source: document.referrer.startsWith(window.location.origin) ? '' : document.referrer,
      width: window.screen.width,
      height: window.screen.height,
      search: said.dataset.search ? search : '',
      visitor: said.dataset.visitor || '',
    })], { type: 'text/plain' }));
  };
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && tell());
  window.addEventListener('pagehide', tell); // to another page: some browsers never call the first one hidden
}
