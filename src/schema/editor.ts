/** CodeMirror with JSON, guided by the published JSON Schema. Loaded with the dialog; in a shadow root, because of the CSP. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { jsonLanguage } from '@codemirror/lang-json';
import {
  bracketMatching,
  ensureSyntaxTree,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { codeLook } from '#src/theme/code-look.ts';
import { onTyped, setText, takeFocus } from '#src/theme/editor-text.ts';
import type { Finding } from './findings.ts';
import { contextAt, pathAt, valueOf, type JsonContext } from './json-context.ts';
import type { JsonGuide, JsonPath } from './json-guide.ts';

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** The key or value that the cursor is at, and what it means; '' = nothing is said. */
  readonly onPlace: (path: JsonPath, meaning: string) => void;
  /** null = it has not come yet. */
  readonly guide: () => JsonGuide | null;
}

export interface SchemaEditor {
  /** Sets the text without `onChange`. It can be undone. */
  setText(text: string): void;
  setFindings(findings: readonly Finding[]): void;
  /** Selects these characters and shows them. */
  goTo(from: number, to: number): void;
  focus(): void;
  destroy(): void;
}

/** Parsing is not waited for longer: a schema is parsed in one or two. */
const PARSE_MS = 20;

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--meta)' },
  { tag: tags.string, color: 'var(--ink)' },
  { tag: tags.number, color: 'var(--written)' },
  { tag: [tags.bool, tags.null], color: 'var(--written)' },
  { tag: tags.separator, color: 'var(--ink-muted)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', background: 'var(--ground-sunken)' },
  '.cm-scroller': { overflow: 'auto', lineHeight: '18px' },
  '.cm-gutters': {
    background: 'var(--ground-sunken)',
    color: 'var(--ink-faint)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--ground-hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
    background: 'var(--meta-soft) !important',
  },
  '.cm-matchingBracket': { background: 'none !important', outline: '1px solid var(--meta)' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 8px', maxWidth: '320px' },
  '.cm-completionInfo, .cm-tooltip-lint, .meaning': { fontFamily: 'var(--font-words)' },
  '.cm-diagnostic': { borderLeft: '3px solid var(--lost)', padding: '4px 8px', whiteSpace: 'pre-wrap' },
  '.meaning': { padding: '4px 8px', maxWidth: '380px' },
});

/** Makes the editor inside of `parent`, in a shadow root. */
export function createSchemaEditor(options: EditorOptions): SchemaEditor {
  const { parent, guide } = options;
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open', delegatesFocus: true });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        jsonLanguage,
        syntaxHighlighting(colours),
        // Tab stays the way out of the editor; F8 goes from error to error.
        keymap.of([
          ...completionKeymap,
          ...closeBracketsKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        tooltips({ position: 'fixed' }),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false', tabindex: '0' }),
        autocompletion({ icons: false, override: [(context) => complete(context, guide())] }),
        hoverTooltip(({ state }, pos) => {
          const { from, to, meaning } = meaningAt(state, pos, guide());
          if (meaning === '') return null;
          return { pos: from, end: to, create: () => ({ dom: meaningBox(meaning) }) };
        }),
        EditorView.updateListener.of((update) => {
          if (update.selectionSet || update.docChanged) {
            const { path, meaning } = meaningAt(update.state, update.state.selection.main.head, guide());
            options.onPlace(path, meaning);
          }
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
    setFindings(findings) {
      const { length } = view.state.doc;
      const diagnostics = findings.map(({ place, cause, remedy }) => {
        const from = Math.min(place.from, Math.max(0, length - 1));
        const to = Math.max(from, Math.min(place.to, length));
        return { from, to, severity: 'error' as const, message: `${cause}\n${remedy}`.trim() };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(from, to) {
      const { length } = view.state.doc;
      const anchor = Math.min(from, length);
      view.dispatch({
        selection: { anchor, head: Math.min(to, length) },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function documentOf(state: EditorState): unknown {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);
  return valueOf(tree.topNode, state.doc.toString());
}

function meaningAt(
  state: EditorState,
  pos: number,
  guide: JsonGuide | null,
): { readonly from: number; readonly to: number; readonly path: JsonPath; readonly meaning: string } {
  const tree = syntaxTree(state);
  const path = pathAt(tree, state.doc.toString(), pos);
  const node = tree.resolveInner(pos, 1);
  const meaning = guide === null || path.length === 0 ? '' : guide.describe(documentOf(state), path);
  return { from: node.from, to: node.to, path, meaning };
}

function meaningBox(meaning: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'meaning';
  box.textContent = meaning;
  return box;
}

function complete(
  { state, pos, explicit }: CompletionContext,
  guide: JsonGuide | null,
): CompletionResult | null {
  if (guide === null) return null;
  const text = state.doc.toString();
  const tree = ensureSyntaxTree(state, pos, PARSE_MS) ?? syntaxTree(state);
  const context = contextAt(tree, text, pos);
  if (context === null || (!explicit && context.from === pos)) return null;
  const document = documentOf(state);
  const { from, to } = context;
  const options =
    context.kind === 'key'
      ? keyOptions(guide, document, context, text)
      : guide.values(document, context.path).map(({ json, description }): Completion => ({
          label: json,
          ...(description !== '' && { info: description }),
          apply: json === '{}' ? applied('{${}}') : json,
        }));
  if (options.length === 0) return null;
  // Quotes may be there or not: what is typed is matched without them.
  return { from, to, options, validFor: /^"?[\w$.-]*"?$/ };
}

function keyOptions(
  guide: JsonGuide,
  document: unknown,
  { path, from, to, hasValue }: JsonContext,
  text: string,
): Completion[] {
  const current = text.slice(from, to);
  const written = keysAt(document, path);
  // Another key follows: it is kept apart.
  const comma = /^\s*"/.test(text.slice(to)) ? ',' : '';
  return guide
    .keys(document, path)
    .filter(({ key }) => !written.includes(key) || current === `"${key}"`)
    .map(({ key, values, description, isRequired, start }, i): Completion => {
      const isOpen = /^(\{\}|\[\]|"")$/.test(start);
      const value = start === '' ? '${}' : isOpen ? `${start[0]!}\${}${start[1]!}` : start;
      return {
        label: `"${key}"`,
        detail: `${isRequired ? 'required: ' : ''}${values}`,
        ...(description !== '' && { info: description }),
        boost: -i,
        apply: applied(hasValue ? `"${key}"` : `"${key}": ${value}${comma}`),
      };
    });
}

function keysAt(document: unknown, path: JsonPath): readonly string[] {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return [];
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** A snippet over what is begun; what may stand in it is offered at once. */
function applied(template: string): Exclude<Completion['apply'], string | undefined> {
  const insert = snippet(template);
  return (view, completion, from, to) => {
    insert(view, completion, from, to);
    startCompletion(view);
  };
}
