/** What the editors (CodeMirror) have in common: a text that the host sets is no change that it hears of. */
import { Annotation } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

const silent = Annotation.define<boolean>();

/** Calls `onChange` with what a person typed. */
export const onTyped = (onChange: (text: string) => void) =>
  EditorView.updateListener.of(({ docChanged, transactions, state }) => {
    if (docChanged && !transactions.some((one) => one.annotation(silent) === true))
      onChange(state.doc.toString());
  });

export function setText(view: EditorView, text: string): void {
  const { doc } = view.state;
  if (doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, annotations: silent.of(true) });
}

/** Focus that the host hands on goes to the first part of it that takes focus, which is the scroller. */
export function takeFocus(view: EditorView): void {
  view.scrollDOM.addEventListener('focus', () => view.focus());
}
