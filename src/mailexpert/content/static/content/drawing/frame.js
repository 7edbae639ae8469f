// The outer of two frames. It comes from us with a policy that allows what GrapesJS needs; the inner one, a data
// address, takes that policy over and belongs to no origin: what runs there reaches neither this page nor ours, and
// still owns the canvas that it makes (a canvas in a frame that is sandboxed away from its origin would be nobody's).

const { language, css, dress, grapes, keys, canvas } = document.body.dataset;
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const link = (address) => `<link rel="stylesheet" href="${escaped(address)}">`;
const script = (address) => `<script src="${escaped(address)}"></scr${'ipt'}>`;
const page = `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8"><title>${escaped(document.title)}</title>`
  + `${link(css)}${link(dress)}</head><body><div id="canvas"></div>${script(grapes)}${script(keys)}${script(canvas)}</body></html>`;

const inner = document.createElement('iframe');
inner.title = document.title;
inner.src = `data:text/html;charset=utf-8,${encodeURIComponent(page)}`;
document.body.append(inner);

window.addEventListener('message', ({ source, origin, data }) => {
  if (source === inner.contentWindow) {
    window.parent.postMessage(data, window.location.origin);
    if (data.shown) inner.focus(); // keys go to the mail that is drawn
  }
  if (source === window.parent && origin === window.location.origin) inner.contentWindow.postMessage(data, '*');
});
