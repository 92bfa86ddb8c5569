/** How the editors look (CodeMirror): colours are tokens, which reach into their shadow roots. */
import { EditorView } from '@codemirror/view';

export const codeLook = EditorView.theme({
  '&': {
    fontFamily: 'var(--font-bytes)',
    fontSize: 'var(--size-base)',
    color: 'var(--ink)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-placeholder': { color: 'var(--ink-faint)' },
  '.cm-tooltip': {
    background: 'var(--ground-raised)',
    border: '1px solid var(--line-strong)',
    color: 'var(--ink)',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-bytes)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--ground-selected)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--ink-muted)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--lost)',
    textDecorationSkipInk: 'none',
  },
});
