// Tags of others. This file is on a page only after the visitor agreed to them.
const tags = document.querySelector('meta[name="tags"]');

function load(address) {
  const script = document.createElement('script');
  script.async = true;
  script.src = address;
  document.head.append(script);
}

if (tags?.dataset.google) {
  window.dataLayer = window.dataLayer || [];
  window.gtag = function gtag() { window.dataLayer.push(arguments); };
  window.gtag('js', new Date());
  window.gtag('config', tags.dataset.google);
  load(`https://www.googletagmanager.com/gtag/js?id=${encodeURIComponent(tags.dataset.google)}`);
}

if (tags?.dataset.microsoft) {
  window.uetq = window.uetq || [];
  const script = document.createElement('script');
  script.async = true;
  script.src = 'https://bat.bing.com/bat.js';
  script.onload = () => {
    if (window.UET) { window.uetq = new window.UET({ ti: tags.dataset.microsoft, q: window.uetq }); window.uetq.push('pageLoad'); }
  };
  document.head.append(script);
}
