// Text between what is stored (paragraphs of HTML with Liquid in them) and what is written in the page, where each
// field is a word in a frame that can be deleted but not broken.

const LIQUID = /\{\{.*?\}\}|\{%.*?%\}/gs;
const MARK = /\ue000(\d+)\ue001/g;
const INLINE = { B: 'strong', STRONG: 'strong', I: 'em', EM: 'em', S: 's', DEL: 's' };
const BLOCKS = new Set(['P', 'DIV', 'LI', 'H1', 'H2', 'H3', 'H4', 'BLOCKQUOTE']);
const FIELD = /contact\.(\w+)/;

export function fieldWord(code, fields) {
  const name = FIELD.exec(code)?.[1];
  const known = fields.find((field) => field.name && field.name === name);
  const word = document.createElement('span');
  word.className = 'me-var';
  word.contentEditable = 'false';
  word.dataset.code = code;
  word.textContent = known ? known.label.toLowerCase() : code;
  word.title = code;
  return word;
}

// A line of text: no elements, only words and fields.
export function fillLine(target, value, fields) {
  target.replaceChildren();
  let at = 0;
  for (const found of value.matchAll(LIQUID)) {
    target.append(value.slice(at, found.index), fieldWord(found[0], fields));
    at = found.index + found[0].length;
  }
  target.append(value.slice(at));
}

export function readLine(target) {
  let made = '';
  for (const node of target.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) made += node.data;
    else if (node.dataset?.code) made += node.dataset.code;
    else if (node.nodeType === Node.ELEMENT_NODE) made += readLine(node);
  }
  return made.replace(/[\s\u00a0]+/g, ' ');
}

export function fill(target, html, fields) {
  const codes = [];
  const marked = html.replace(LIQUID, (code) => `\ue000${codes.push(code) - 1}\ue001`);
  const read = new DOMParser().parseFromString(marked, 'text/html').body;
  const back = (text) => text.replace(MARK, (_all, n) => codes[n]);
  target.replaceChildren(...copied(read, codes, back, fields));
  if (!target.childElementCount) target.append(paragraph());
}

function paragraph() {
  const made = document.createElement('p');
  made.append(document.createElement('br'));
  return made;
}

function copied(node, codes, back, fields) {
  return [...node.childNodes].flatMap((child) => {
    if (child.nodeType === Node.TEXT_NODE) return words(child.data, codes, fields);
    if (child.nodeType !== Node.ELEMENT_NODE) return [];
    const inner = copied(child, codes, back, fields);
    if (child.tagName === 'BR') return [document.createElement('br')];
    const name = child.tagName === 'P' ? 'p' : INLINE[child.tagName] ?? (child.tagName === 'A' ? 'a' : '');
    if (!name) return inner;
    const made = document.createElement(name);
    if (name === 'a') made.setAttribute('href', back(child.getAttribute('href') ?? ''));
    made.append(...inner);
    return [made];
  });
}

function words(text, codes, fields) {
  const made = [];
  let at = 0;
  for (const found of text.matchAll(MARK)) {
    made.push(text.slice(at, found.index), fieldWord(codes[found[1]], fields));
    at = found.index + found[0].length;
  }
  return [...made, text.slice(at)];
}

export function read(target) {
  const paragraphs = [];
  let now = '';
  const end = () => {
    if (now.replace(/<br>|\s/g, '')) paragraphs.push(now.replace(/(<br>)+$/, ''));
    now = '';
  };
  for (const child of target.childNodes) {
    if (BLOCKS.has(child.tagName)) {
      end();
      now = inside(child);
      end();
    } else {
      now += one(child);
    }
  }
  end();
  return paragraphs.map((each) => `<p>${each}</p>`).join('');
}

function inside(node) {
  return [...node.childNodes].map(one).join('');
}

function one(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replace(/[\s\u00a0]+/g, ' '));
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  if (node.dataset.code) return node.dataset.code;
  if (node.tagName === 'BR') return '<br>';
  const inner = inside(node);
  if (node.tagName === 'A') return `<a href="${attribute(node.getAttribute('href') ?? '')}">${inner}</a>`;
  const name = INLINE[node.tagName];
  return name && inner ? `<${name}>${inner}</${name}>` : inner;
}

// Liquid that somebody types stays as it is.
function escaped(text) {
  return outside(text, (part) => part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

function attribute(text) {
  return outside(text, (part) => part.replaceAll('&', '&amp;').replaceAll('"', '&quot;'));
}

function outside(text, change) {
  let made = '';
  let at = 0;
  for (const found of text.matchAll(LIQUID)) {
    made += change(text.slice(at, found.index)) + found[0];
    at = found.index + found[0].length;
  }
  return made + change(text.slice(at));
}
