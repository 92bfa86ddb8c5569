/** The filter line: what is written, whether it can be asked, and how many journeys pass. */
import { useEffect, useId, useRef, useState } from 'react';
import type { FilterError } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import type { FilterEditor } from './editor.ts';
import { examplesFor } from './examples.ts';
import './filter.css';

/** After the last key: long enough to finish a word. */
const SETTLE_MS = 350;
const HINT = 'Filter: tlv.trace_id == 0x1f && lost_at == "tcx ingress"';
const NO_NAMES: readonly string[] = [];

export function FilterLine() {
  const session = useSession();
  const where = usePage((state) => state.link.where);
  const waiting = usePage((state) => state.newest?.filterError ?? null);
  const [text, setText] = useState(where);
  const [refused, setRefused] = useState<FilterError | null>(null);
  const [seenWhere, setSeenWhere] = useState(where);
  // A link, a cleared filter, a step back in the history: what is in force is what is shown.
  if (where !== seenWhere) {
    setSeenWhere(where);
    setText(where);
    setRefused(null);
  }
  const error = refused ?? (text === where ? waiting : null);
  const errorId = useId();

  useEffect(() => {
    if (text.trim() === where) return;
    let current = true;
    const timer = setTimeout(() => {
      session.filter.write(text.trim()).then(
        (answer) => current && setRefused(answer),
        // A worker that died is told where problems are.
        () => undefined,
      );
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, text, where]);

  const put = (next: string) => {
    setText(next);
    if (next.trim() === where) setRefused(null);
  };
  return (
    <search className="filter-line" aria-label="Filter">
      <FilterField text={text} error={error} errorId={errorId} onText={put} onUndo={() => put(where)} />
      {where !== '' && <Passing />}
      {where !== '' && (
        <button className="button quiet" onClick={() => put('')}>
          Clear
        </button>
      )}
      <Examples onPick={put} />
      <p id={errorId} className="filter-error" role="status">
        {error === null ? '' : `${error.cause} ${error.remedy}`}
      </p>
    </search>
  );
}

function Passing() {
  const listed = usePage((state) => state.newest?.listed ?? 0);
  const journeys = usePage((state) => state.newest?.journeys ?? 0);
  return (
    <span className="filter-count mono">
      {printCount(listed)} of {printCount(journeys)}
    </span>
  );
}

interface FieldProps {
  readonly text: string;
  readonly error: FilterError | null;
  readonly errorId: string;
  readonly onText: (text: string) => void;
  /** Escape: back to what is in force. */
  readonly onUndo: () => void;
}

/** A plain field, until the editor has come. */
function FilterField({ text, error, errorId, onText, onUndo }: FieldProps) {
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<FilterEditor | null>(null);
  const [ready, setReady] = useState(false);
  const latest = useRef({ text, error, onText, onUndo });
  useEffect(() => {
    latest.current = { text, error, onText, onUndo };
  });

  useEffect(() => {
    let gone = false;
    const load = async () => {
      const { createFilterEditor } = await import('./editor.ts');
      if (gone || host.current === null) return;
      const hadFocus = document.activeElement?.matches('input[data-filter-field]') === true;
      editor.current = createFilterEditor({
        parent: host.current,
        text: latest.current.text,
        label: 'Filter',
        hint: HINT,
        onChange: (next) => latest.current.onText(next),
        onLeave: () => latest.current.onUndo(),
        complete: (typed, at) => session.filter.complete(typed, at),
      });
      editor.current.setError(latest.current.error);
      setReady(true);
      if (hadFocus) editor.current.focus();
    };
    // Without it the plain field stays, which asks the same.
    load().catch(() => undefined);
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [session]);

  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setError(error), [error]);

  return (
    <div className="filter-field" data-bad={error !== null}>
      {!ready && (
        <input
          data-filter-field
          className="mono"
          aria-label="Filter"
          aria-describedby={errorId}
          aria-invalid={error !== null}
          placeholder={HINT}
          spellCheck={false}
          value={text}
          onChange={({ target }) => onText(target.value)}
          onKeyDown={({ key }) => key === 'Escape' && onUndo()}
        />
      )}
      <div ref={host} className="filter-host" data-text-field {...(ready && { 'data-filter-field': '' })} />
    </div>
  );
}

/** A native menu of questions: it needs no script of ours to open, close and be read. */
function Examples({ onPick }: { readonly onPick: (filter: string) => void }) {
  const names = usePage((state) => state.newest?.tlvNames ?? NO_NAMES);
  return (
    <select
      className="button quiet"
      aria-label="Questions to begin with"
      value=""
      onChange={({ target }) => target.value !== '' && onPick(target.value)}
    >
      <option value="">Questions…</option>
      {examplesFor(names).map(({ question, filter }) => (
        <option key={filter} value={filter}>
          {question}
        </option>
      ))}
    </select>
  );
}
