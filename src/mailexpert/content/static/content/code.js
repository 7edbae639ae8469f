// The code field as an editor: colours, lines, brackets, finding, and what is wrong at its own line. The text area
// stays the form's field, and is all there is without scripts.

import {
  bracketMatching, Compartment, Decoration, defaultKeymap, EditorState, EditorView, highlightActiveLine, highlightActiveLineGutter,
  HighlightStyle, history, historyKeymap, html, keymap, lineNumbers, lintGutter, lintKeymap, MatchDecorator, search, searchKeymap,
  setDiagnostics, syntaxHighlighting, tags, ViewPlugin,
} from '../vendor/codemirror.min.js';

const LIQUID = /\{\{.*?\}\}|\{%.*?%\}/g;
const COLOURS = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--me-teal)' },
  { tag: tags.attributeName, color: 'var(--me-violet)' },
  { tag: [tags.attributeValue, tags.string, tags.number], color: 'var(--me-green-text)' },
  { tag: [tags.comment, tags.docComment], color: 'var(--me-muted)' },
  { tag: [tags.keyword, tags.propertyName], color: 'var(--me-violet)' },
]);
const DRESS = EditorView.theme({
  '&': { height: '640px', color: 'var(--me-ink)', backgroundColor: 'var(--me-surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: '13px/20px var(--me-mono)' },
  '.cm-content': { caretColor: 'var(--me-ink)', padding: '12px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--me-ink)' },
  '.cm-gutters': { color: 'var(--me-muted)', backgroundColor: 'var(--me-sunken)', borderRight: '1px solid var(--me-line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--me-sunken)' },
  '.cm-liquid': { color: 'var(--me-orange-text)', fontWeight: '500' },
  '.cm-panels, .cm-tooltip': { color: 'var(--me-ink)', backgroundColor: 'var(--me-surface)', border: '1px solid var(--me-line-strong)', fontSize: '14px' },
  '.cm-textfield, .cm-button': { color: 'var(--me-ink)', backgroundColor: 'var(--me-surface)', backgroundImage: 'none', border: '1px solid var(--me-line-strong)' },
  '.cm-panel button[name=close]': { color: 'var(--me-ink)' },
  '.cm-searchMatch, .cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--me-teal-tint)' },
});

// Liquid stands between everything: in texts, in attributes, around rows.
const liquid = ViewPlugin.fromClass(class {
  static marks = new MatchDecorator({ regexp: LIQUID, decoration: Decoration.mark({ class: 'cm-liquid' }) });

  constructor(view) { this.decorations = this.constructor.marks.createDeco(view); }

  update(update) { this.decorations = this.constructor.marks.updateDeco(update, this.decorations); }
}, { decorations: (plugin) => plugin.decorations });

export function codeEditor(area, holder) {
  const language = new Compartment();
  const words = JSON.parse(document.getElementById('code-words').textContent);
  const label = area.labels[0];
  const described = area.getAttribute('aria-describedby');
  const view = new EditorView({
    parent: holder,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(holder.dataset.nonce),
        EditorState.phrases.of(words),
        EditorView.contentAttributes.of({
          'aria-label': label.textContent.trim(), spellcheck: 'false', tabindex: '0', ...(described ? { 'aria-describedby': described } : {}),
        }),
        lineNumbers(), lintGutter(), history(), bracketMatching(), highlightActiveLine(), highlightActiveLineGutter(), search({ top: true }),
        language.of(languageOf(area)), syntaxHighlighting(COLOURS), liquid, DRESS,
        // No key for Tab: who uses no mouse must be able to leave.
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => { if (update.docChanged) publish(); }),
      ],
    }),
  });
  area.hidden = true;
  label.addEventListener('click', () => view.focus());
  area.form.elements.kind?.addEventListener?.('change', () => view.dispatch({ effects: language.reconfigure(languageOf(area)) }));

  function publish() {
    area.value = view.state.doc.toString();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function at(line) {
    return view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  }

  return {
    holder,
    focus: () => view.focus(),
    text: () => view.state.doc.toString(),
    insert(text) {
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
      view.focus();
    },
    write(text) {
      if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    goTo(line) {
      const { from, to } = at(line);
      view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    mark(problems) {
      const found = problems.filter((one) => one.line > 0).map((one) => {
        const { from, to } = at(one.line);
        return { from, to, severity: one.severity, message: one.text };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
  };
}

function languageOf(area) {
  return area.form.elements.kind?.value === 'text' ? [] : html({ autoCloseTags: true, matchClosingTags: false });
}
