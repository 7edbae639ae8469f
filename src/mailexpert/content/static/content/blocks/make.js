// Small helpers that make elements; text is always text, never markup.

export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key === 'class') made.className = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key in made && key !== 'list' && key !== 'role') made[key] = value;
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

export function button(label, act, properties = {}) {
  return make('button', { type: 'button', class: 'btn btn-quiet', onclick: act, ...properties }, label);
}

export function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
}
