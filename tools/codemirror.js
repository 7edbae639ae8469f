// What the code editor takes from CodeMirror; tools/assets.py makes one file of it.
export { history, historyKeymap, defaultKeymap } from '@codemirror/commands';
export { html } from '@codemirror/lang-html';
export { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
export { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
export { search, searchKeymap } from '@codemirror/search';
export { Compartment, EditorState } from '@codemirror/state';
export { Decoration, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, MatchDecorator, ViewPlugin } from '@codemirror/view';
export { tags } from '@lezer/highlight';
