/** Where a filter is written: a plain field, until the editor has come. */
import { useEffect, useLayoutEffect, useRef, useState, type ComponentType } from 'react';
import { flushSync } from 'react-dom';
import type { FilterError } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import { isDrawn } from '#src/state/readable.ts';
import type { FilterEditor } from './editor.ts';
import type { FilterWordsProps } from './FilterWords.tsx';

const HINT = 'Filter: tlv.trace_id == 0x1f && lost_at == "tcx ingress"';

/** Before it is wanted, when the page has time. */
export function fetchEditor(): void {
  import('./editor.ts').catch(() => undefined);
}

/** What says in words what is asked. */
export type Words = ComponentType<FilterWordsProps>;

interface Props {
  readonly text: string;
  readonly error: FilterError | null;
  /** Id of what says what is wrong. */
  readonly describedBy: string;
  readonly onText: (text: string) => void;
  /** With no list of completions open. */
  readonly onEscape: () => void;
  /** The list of completions is there, over what is said below the field, or gone. */
  readonly onCompleting: (isCompleting: boolean) => void;
  readonly onEnter: () => void;
  readonly onHistory: (by: 1 | -1) => boolean;
  /** The language has come, and can say what a filter asks. */
  readonly onWords: (words: () => Words) => void;
}

export function FilterField(props: Props) {
  const { text, error, describedBy, onText } = props;
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<FilterEditor | null>(null);
  const [ready, setReady] = useState(false);
  const latest = useRef(props);
  // The first rows do not wait for it: making it takes as long as decoding them.
  const drawn = usePage(isDrawn);
  const [wanted, setWanted] = useState(drawn);
  if (drawn && !wanted) setWanted(true);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    const load = async () => {
      const { createFilterEditor, FilterWords } = await import('./editor.ts');
      if (gone || host.current === null) return;
      // Somebody may be typing: it goes on with the same letters, behind the same one.
      const plain = document.querySelector<HTMLInputElement>('input[data-filter-field]');
      const hadFocus = plain !== null && document.activeElement === plain;
      const written = hadFocus ? plain.value : latest.current.text;
      editor.current = createFilterEditor({
        parent: host.current,
        text: written,
        caret: hadFocus ? (plain.selectionStart ?? written.length) : written.length,
        label: 'Filter',
        hint: HINT,
        onChange: (next) => latest.current.onText(next),
        onEscape: () => latest.current.onEscape(),
        onCompleting: (isCompleting) => latest.current.onCompleting(isCompleting),
        onEnter: () => latest.current.onEnter(),
        onHistory: (by) => latest.current.onHistory(by),
        complete: (typed, at) => session.filter.complete(typed, at),
      });
      editor.current.setError(latest.current.error);
      // At once: a key that asks for the filter in between would give the focus to the field that goes, and letters to the page.
      flushSync(() => setReady(true));
      latest.current.onWords(() => FilterWords);
      if (hadFocus) editor.current.focus();
    };
    // Without it the plain field stays, which asks the same.
    const stop = afterFrame(() => void load().catch(() => undefined));
    return () => {
      gone = true;
      stop();
      editor.current?.destroy();
      editor.current = null;
    };
  }, [session, wanted]);

  // Within the commit: later, the editor may have a letter more, which this would take away again.
  useLayoutEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setError(error), [error]);

  return (
    <div className="filter-field" data-bad={error !== null}>
      {!ready && (
        <input
          data-filter-field
          className="mono"
          aria-label="Filter"
          aria-describedby={describedBy}
          aria-invalid={error !== null}
          placeholder={HINT}
          spellCheck={false}
          value={text}
          onChange={({ target }) => onText(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Escape') props.onEscape();
            else if (key === 'Enter') props.onEnter();
          }}
        />
      )}
      <div ref={host} className="filter-host" data-text-field {...(ready && { 'data-filter-field': '' })} />
    </div>
  );
}
