// Inside the frame: GrapesJS on the body of one mail. It hears and answers the page around it by messages alone.

const { grapesjs, mjml, mjml2html, dutch, mjmlDutch } = globalThis.drawing;
const SELF_CLOSED = /<(mj-[\w-]+)((?:\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/>/g;
const BODY = /<mj-body\b[\s\S]*<\/mj-body\s*>/;
const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const TOKEN = /⟦[^⟦⟧]*⟧/g;
const OPENED = /<[a-z][\w-]*/gi;

let editor = null;
let around = { before: '', after: '' };
let codes = new Map(); // what a word in brackets stands for

// Fields as words: GrapesJS would read what stands between braces as text, and quotes in it as the end of an attribute.
function named(source) {
  return source.replace(LIQUID, (code) => {
    const name = code.replace(/[{}%"'<>&⟦⟧\s]+/g, ' ').trim();
    let word = `⟦${name}⟧`;
    for (let n = 2; codes.has(word) && codes.get(word) !== code; n += 1) word = `⟦${name} ${n}⟧`;
    codes.set(word, code);
    return word;
  });
}

function parts(source) {
  return [...(source.match(OPENED) ?? []), ...(source.match(TOKEN) ?? [])].sort();
}

// What the drawing would lose, before anybody has touched it.
function lost(before, after) {
  const kept = parts(after);
  return parts(before).filter((part) => {
    const at = kept.indexOf(part);
    if (at >= 0) kept.splice(at, 1);
    return at < 0;
  });
}

function drawn() {
  const found = BODY.exec(editor.getHtml());
  return found ? found[0] : '';
}

function written() {
  const body = drawn().replace(TOKEN, (word) => codes.get(word) ?? word);
  return around.before + body + around.after;
}

// The head stays as it was written: GrapesJS never sees it, what it draws is drawn with it.
function underHead(before) {
  const head = /<mj-head\b[\s\S]*<\/mj-head\s*>/.exec(before)?.[0] ?? '';
  return (given, options) => mjml2html(typeof given === 'string' && !given.includes('<mj-head') ? given.replace(/<mjml\b[^>]*>/, (opening) => opening + head) : given, options);
}

const VIEWS = { 'open-blocks': 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z', 'open-sm': 'M5 21c4 0 4-3 4-4l9-12 2 2-11 9c-1 0-4 0-4 5z', 'open-tm': 'M4 6h10m4 0h2M4 12h2m4 0h10M4 18h8m4 0h4M14 4v4M6 10v4M12 16v4', 'open-layers': 'M12 4 4 8l8 4 8-4zM4 12l8 4 8-4M4 16l8 4 8-4' };
const NOT_HERE = ['preview', 'fullscreen', 'export-template', 'mjml-import'];
const LINES = 'M4 4h16v16H4z';

function dress(words) {
  const icon = (path) => `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5"><path d="${path}"/></svg>`;
  for (const id of NOT_HERE) editor.Panels.removeButton('options', id);
  const put = (panel, id, path) => editor.Panels.getButton(panel, id)?.set({ className: '', label: icon(path), attributes: { title: words[id], 'aria-label': words[id] } });
  put('options', 'sw-visibility', LINES);
  for (const [id, path] of Object.entries(VIEWS)) put('views', id, path);
  editor.Panels.getButton('views', 'open-blocks')?.set('active', true);
}

function open({ source, language, words }) {
  const body = BODY.exec(source);
  if (!body) return { refused: ['mj-body'] };
  around = { before: source.slice(0, body.index), after: source.slice(body.index + body[0].length) };
  codes = new Map();
  const ready = named(body[0]).replace(SELF_CLOSED, '<$1$2></$1>');
  editor?.destroy();
  editor = grapesjs.init({
    container: '#canvas',
    height: '100vh',
    width: 'auto',
    storageManager: false,
    blockManager: { appendOnClick: globalThis.drawingPut },
    telemetry: false,
    cssIcons: '',
    assetManager: { upload: false, embedAsBase64: false },
    i18n: { locale: language, detectLocale: false, messages: { nl: dutch } },
    plugins: [(one) => mjml(one, { imagePlaceholderSrc: '', fonts: {}, i18n: { nl: mjmlDutch }, mjmlParser: underHead(around.before) })],
  });
  dress(words);
  globalThis.drawingKeys(editor);
  editor.setComponents(`<mjml>${ready}</mjml>`);
  return { refused: lost(ready, drawn()) };
}

window.addEventListener('message', ({ source, data }) => {
  if (source !== window.parent) return;
  if (data.open) window.parent.postMessage({ shown: open(data.open) }, '*');
  if (data.ask) window.parent.postMessage({ taken: written() }, '*');
});
window.parent.postMessage({ ready: true }, '*');
