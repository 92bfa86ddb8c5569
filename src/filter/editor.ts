/** CodeMirror as a field of one line, with the filter language. Loaded when the page stands. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, LRLanguage, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder, tooltips, type ViewUpdate } from '@codemirror/view';
import { styleTags, tags } from '@lezer/highlight';
import { parser } from '#core/query/filter-parser.gen.ts';
export { FilterWords } from './FilterWords.tsx';
import type { Completion } from '#core/query/complete.ts';
import type { FilterError } from '#core/query/syntax.ts';
import { codeLook } from '#src/theme/code-look.ts';
import { onTyped, setText, takeFocus } from '#src/theme/editor-text.ts';

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  /** In front of which of its characters one goes on typing. */
  readonly caret: number;
  readonly label: string;
  readonly hint: string;
  readonly onChange: (text: string) => void;
  readonly onEnter: () => void;
  /** Arrow up (1: an older filter) and down (-1), with no list of completions open; false = there is none. */
  readonly onHistory: (by: 1 | -1) => boolean;
  /** Escape, with no list of completions open. */
  readonly onEscape: () => void;
  /** The list of completions is there, or gone. */
  readonly onCompleting: (isCompleting: boolean) => void;
  readonly complete: (text: string, at: number) => Promise<Completion>;
}

export interface FilterEditor {
  /** Sets the text without `onChange`. */
  setText(text: string): void;
  setError(error: FilterError | null): void;
  focus(): void;
  destroy(): void;
}

const language = LRLanguage.define({
  parser: parser.configure({
    props: [
      styleTags({
        'Field/Word': tags.propertyName,
        'Value/Word': tags.literal,
        String: tags.string,
        Comparison: tags.operator,
        Quantifier: tags.keyword,
      }),
    ],
  }),
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--meta)' },
  { tag: tags.literal, color: 'var(--ink)' },
  { tag: tags.string, color: 'var(--changed)' },
  { tag: tags.operator, color: 'var(--ink-muted)' },
  { tag: tags.keyword, color: 'var(--written)' },
]);

const look = EditorView.theme({
  '&': { background: 'transparent' },
  '.cm-scroller': { overflowX: 'auto', scrollbarWidth: 'none' },
  '.cm-content': { padding: '0' },
  '.cm-line': { padding: '0' },
});

/** A filter is one line: line ends that are pasted become spaces. */
const oneLine = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.newDoc.lines === 1) return tr;
  const text = tr.newDoc.sliceString(0, undefined, ' ');
  return [
    {
      changes: { from: 0, to: tr.startState.doc.length, insert: text },
      selection: { anchor: Math.min(tr.newSelection.main.head, text.length) },
    },
  ];
});

/** Makes the editor inside of `parent`, in a shadow root. */
export function createFilterEditor(options: EditorOptions): FilterEditor {
  const { parent, onEscape } = options;
  const ask = (view: EditorView): boolean => {
    closeCompletion(view);
    options.onEnter();
    return true;
  };
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open', delegatesFocus: true });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      selection: { anchor: Math.min(options.caret, options.text.length) },
      extensions: [
        Prec.highest(
          keymap.of([
            // Of a word that is written out there is nothing to take over.
            { key: 'Enter', run: (view) => isWrittenOut(view) && ask(view) },
            ...completionKeymap,
            // One line: Enter is for completions, and else asks now.
            { key: 'Enter', run: ask },
            { key: 'ArrowUp', run: () => options.onHistory(1) },
            { key: 'ArrowDown', run: () => options.onHistory(-1) },
            { key: 'Escape', run: () => (onEscape(), true) },
          ]),
        ),
        keymap.of([
          ...closeBracketsKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter(({ key }) => key !== 'Enter'),
        ]),
        oneLine,
        history(),
        language,
        syntaxHighlighting(colours),
        bracketMatching(),
        closeBrackets(),
        placeholder(options.hint),
        tooltips({ position: 'fixed' }),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false' }),
        autocompletion({
          icons: false,
          override: [
            async ({ state, pos, explicit }) => {
              const { from, to, options: found } = await options.complete(state.doc.toString(), pos);
              if (
                found.length === 0 ||
                (!explicit && from === to && pos > 0 && !/\s$/.test(state.sliceDoc(0, pos)))
              )
                return null;
              return {
                from,
                to,
                filter: false,
                options: found.map(({ text, kind, detail }) => ({
                  label: text,
                  detail,
                  type: kind,
                  apply: text,
                })),
              };
            },
          ],
        }),
        // The editor closes a list that is there: one that is still asked for would come over what has the focus by then.
        EditorView.domEventHandlers({
          blur: (_event, view) => {
            if (completionStatus(view.state) === 'pending') setTimeout(() => closeCompletion(view));
          },
        }),
        EditorView.updateListener.of((update: ViewUpdate) => {
          const isCompleting = completionStatus(update.state) === 'active';
          if (isCompleting !== (completionStatus(update.startState) === 'active'))
            options.onCompleting(isCompleting);
        }),
        onTyped(options.onChange),
        codeLook,
        look,
      ],
    }),
  });
  takeFocus(view);
  return {
    setText: (text) => setText(view, text),
    setError(error) {
      view.dispatch(
        setDiagnostics(view.state, error === null ? [] : [diagnostic(error, view.state.doc.length)]),
      );
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** What is chosen in the list of completions stands in front of the caret already. */
function isWrittenOut({ state }: EditorView): boolean {
  if (completionStatus(state) !== 'active') return false;
  const chosen = selectedCompletion(state)?.label ?? '';
  const { head } = state.selection.main;
  const before = state.sliceDoc(0, head);
  return chosen !== '' && before.endsWith(chosen) && !/[\w.]/.test(before.at(-chosen.length - 1) ?? '');
}

function diagnostic({ from, to, cause, remedy }: FilterError, length: number): Diagnostic {
  const start = Math.min(from, Math.max(0, length - 1));
  return {
    from: start,
    to: Math.max(start, Math.min(to, length)),
    severity: 'error',
    message: `${cause} ${remedy}`,
  };
}
