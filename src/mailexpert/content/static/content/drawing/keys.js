// Drawing without a mouse: buttons and parts by Tab and Enter, and in the mail a few keys. GrapesJS's own ones for
// choosing (S, W, D, A) only work while its canvas has the focus, so here they are ours; Ctrl + Z is its own.

const PRESSED = '.gjs-pn-btn, .gjs-block, .gjs-category-title, .gjs-layer-title-c, .gjs-sm-sector-title';
const OURS = ['core:component-next', 'core:component-prev', 'core:component-enter', 'core:component-exit', 'core:component-delete'];
const WAYS = {
  s: (chosen) => chosen.parent()?.components().at(chosen.index() + 1),
  w: (chosen) => (chosen.index() ? chosen.parent()?.components().at(chosen.index() - 1) : null),
  d: (chosen) => chosen.components().at(0),
  a: (chosen) => (chosen.get('type') === 'mj-body' ? null : chosen.parent()),
};
const STEPS = { ArrowUp: -1, ArrowDown: 2 };

let listening = new AbortController(); // to the mail that is open now

globalThis.drawingKeys = function drawingKeys(editor) {
  listening.abort();
  listening = new AbortController();
  const { signal } = listening;
  const reach = () => {
    for (const one of document.querySelectorAll(PRESSED)) {
      if (one.tabIndex === 0) continue;
      one.tabIndex = 0;
      one.setAttribute('role', 'button');
    }
  };
  new MutationObserver(reach).observe(document.querySelector('#canvas'), { childList: true, subtree: true });
  reach();
  for (const name of OURS) editor.Keymaps.remove(name);

  function move(chosen, by) {
    const parent = chosen.parent();
    const at = chosen.index() + by;
    if (!parent || at < 0 || at > parent.components().length) return;
    chosen.move(parent, { at });
    editor.select(chosen);
  }

  function drop(chosen) {
    if (!chosen.get('removable')) return;
    const [parent, at] = [chosen.parent(), chosen.index()];
    chosen.remove();
    editor.select(parent.components().at(Math.min(at, parent.components().length - 1)) ?? parent);
  }

  function onKey(event) {
    const pressed = event.target.closest?.(PRESSED);
    if (pressed && (event.key === 'Enter' || event.key === ' ')) { event.preventDefault(); pressed.click(); return; }
    if (editor.getEditing()) {
      if (event.key === 'Escape') { const held = editor.getEditing(); editor.select(); editor.select(held); event.target.blur?.(); }
      return;
    }
    const chosen = editor.getSelected();
    if (!chosen || event.target.matches?.('input, select, textarea')) return;
    if (event.altKey && STEPS[event.key]) { event.preventDefault(); move(chosen, STEPS[event.key]); }
    else if (WAYS[event.key]) { const next = WAYS[event.key](chosen); if (next?.get('selectable')) editor.select(next); }
    else if (event.key === 'Delete' || event.key === 'Backspace') { event.preventDefault(); drop(chosen); }
    else if (event.key === 'Enter') { event.preventDefault(); chosen.getEl()?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true })); }
  }

  document.addEventListener('keydown', onKey, { signal });
  editor.on('load', () => {
    editor.Canvas.getDocument()?.addEventListener('keydown', onKey, { signal });
    editor.select(editor.getWrapper().findType('mj-section')[0] ?? editor.getWrapper().findType('mj-body')[0]);
  });
};

// A part comes into what is chosen, or after it, or after what holds that: the first place that takes it.
globalThis.drawingPut = function drawingPut(block, editor) {
  const content = block.get('content');
  const takes = (target, at) => editor.Components.canMove(target, content, at).result;
  let chosen = editor.getSelected() ?? editor.getWrapper().findType('mj-body')[0];
  if (takes(chosen, chosen.components().length)) { editor.select(chosen.append(content)[0]); return; }
  for (; chosen?.parent(); chosen = chosen.parent()) {
    const at = chosen.index() + 1;
    if (takes(chosen.parent(), at)) { editor.select(chosen.parent().append(content, { at })[0]); return; }
  }
};
