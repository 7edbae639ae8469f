// Optional: a sign-up form works without it, by one more button. In the page it answers without leaving the page, and
// does the work (a hash with zeros in front) that keeps machines out. No cookie, nothing is measured.
(() => {
  const K = [], H = [];
  for (let n = 2; K.length < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
    if (H.length < 8) H.push(part(Math.sqrt(n)));
    K.push(part(Math.cbrt(n)));
  }
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  // FIPS 180-4; the first word of the digest is all we look at.
  function first(bytes) {
    const size = bytes.length, all = new Uint8Array((((size + 8) >> 6) + 1) << 6);
    all.set(bytes);
    all[size] = 128;
    const view = new DataView(all.buffer), w = new Int32Array(64);
    view.setUint32(all.length - 4, size * 8);
    let s = H;
    for (let at = 0; at < all.length; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = s;
      for (let i = 0; i < 64; i++) {
        const p = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const q = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + p) | 0; d = c; c = b; b = a; a = (p + q) | 0;
      }
      s = [a, b, c, d, e, f, g, h].map((v, i) => (v + s[i]) | 0);
    }
    return s[0] >>> 0;
  }

  const coder = new TextEncoder();
  const fits = (head, n, bits) => first(coder.encode(head + n)) >>> (32 - bits) === 0;

  if (typeof document === 'undefined') { // as a worker
    onmessage = ({ data: [head, bits] }) => {
      let n = 0;
      while (!fits(head, n, bits)) n++;
      postMessage(n);
    };
    return;
  }

  const source = document.currentScript.src;

  function work(head, bits) {
    return new Promise((done) => {
      if (new URL(source).origin === location.origin) {
        const worker = new Worker(source);
        worker.onmessage = ({ data }) => { worker.terminate(); done(data); };
        worker.postMessage([head, bits]);
        return;
      }
      let n = 0; // another site starts no worker of ours: in small bites, so that the page stays alive
      const bite = () => {
        for (const end = n + 2000; n < end; n++) if (fits(head, n, bits)) { done(n); return; }
        setTimeout(bite);
      };
      bite();
    });
  }

  async function send(form, said) {
    const email = form.elements.email.value;
    const { challenge, bits } = await (await fetch(`${form.action}/opgave`, { credentials: 'omit' })).json();
    const body = new URLSearchParams(new FormData(form));
    body.set('challenge', challenge);
    body.set('nonce', await work(`${challenge}:${email.trim().toLowerCase()}:`, bits));
    const answer = await fetch(form.action, {
      method: 'POST', body, credentials: 'omit', headers: { Accept: 'application/json' },
    });
    const told = await answer.json();
    if (told.state === 'work') throw new Error('work');
    said.textContent = told.text || Object.values(told.errors).flat().join(' ');
    if (told.state !== 'sent') return false;
    if (told.url) location.href = told.url;
    for (const part of form.children) if (part !== said) part.hidden = true;
    said.tabIndex = -1;
    said.focus();
    return true;
  }

  for (const form of document.querySelectorAll('form[data-signup]')) {
    const said = form.querySelector('[data-signup-said]');
    let busy = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      const button = form.querySelector('[type=submit]');
      button.setAttribute('aria-disabled', 'true');
      try {
        await send(form, said);
      } catch {
        form.submit(); // the way without a script
      }
      busy = false;
      button.removeAttribute('aria-disabled');
    });
  }
})();
