/** The filter line: what is written, what it asks, whether it can be asked, and how many journeys pass. */
import { useEffect, useId, useRef, useState } from 'react';
import type { FilterError } from '#workers/api.ts';
import { focusPane } from '#src/keys/focus-pane.ts';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { viewed } from '#src/state/viewed.ts';
import { FilterField, type Words } from './FilterField.tsx';
import { examplesFor } from './examples.ts';
import { filterHistory, rememberFilter } from './history.ts';
import './filter.css';

/** After the last key: long enough to finish a word. */
const SETTLE_MS = 350;
/** A filter that was in force for so long is one to come back to. */
const REMEMBER_MS = 1500;
const NO_NAMES: readonly string[] = [];

export function FilterLine() {
  const session = useSession();
  const where = usePage((state) => state.link.where);
  // Before the first event nothing is known of the capture, its schema included.
  const waiting = usePage(({ newest }) =>
    newest === null || newest.events === 0 ? null : newest.filterError,
  );
  const prepared = usePage((state) => state.prepared);
  const clicked = usePage(({ link }) => isFiltered({ ...link, where: '' }));
  const dropped = usePage((state) => state.filterDropped);
  const [text, setText] = useState(where);
  const [refused, setRefused] = useState<FilterError | null>(null);
  const [seenWhere, setSeenWhere] = useState(where);
  const [seenDropped, setSeenDropped] = useState(dropped);
  /** What was asked from here and is not in force yet: the field may have gone on from it by the time it is. */
  const [asked, setAsked] = useState<string | null>(null);
  const [seenPrepared, setSeenPrepared] = useState(prepared);
  const [completing, setCompleting] = useState(false);
  const [Words, setWords] = useState<Words | null>(null);
  /** Place in the history that the arrow keys are at; -1 = none. */
  const past = useRef(-1);
  // A link, a cleared filter, a step back in the history: what is in force is what is shown.
  if (where !== seenWhere || dropped !== seenDropped) {
    setSeenWhere(where);
    setSeenDropped(dropped);
    setAsked(null);
    setRefused(null);
    if (dropped !== seenDropped || where !== asked) setText(where);
  }
  if (prepared !== seenPrepared) {
    setSeenPrepared(prepared);
    if (prepared !== null) setText(prepared);
  }
  const error = refused ?? (text === where ? waiting : null);
  const errorId = useId();
  const held = prepared !== null;

  useEffect(() => {
    if (held || text.trim() === where) return;
    let current = true;
    const timer = setTimeout(() => {
      setAsked(text.trim());
      session.filter.write(text.trim(), true).then(
        (answer) => current && setRefused(answer),
        // A worker that died is told where problems are.
        () => undefined,
      );
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, held, text, where]);

  useEffect(() => {
    const timer = setTimeout(() => rememberFilter(where), REMEMBER_MS);
    return () => clearTimeout(timer);
  }, [where]);

  const put = (next: string) => {
    past.current = -1;
    setText(next);
    if (next.trim() === where) setRefused(null);
  };
  const release = () => session.store.setState({ prepared: null });
  const apply = () => {
    setAsked(text.trim());
    session.filter.write(text.trim()).then(
      (answer) => {
        setRefused(answer);
        if (answer !== null) return;
        rememberFilter(text.trim());
        // What was asked is looked at next; `/` comes back.
        if (document.activeElement?.closest('.filter-field') != null) leave();
      },
      () => undefined,
    );
  };
  /** The first takes back what is not in force, the next leaves. */
  const escape = () => {
    if (!held && text === where) leave();
    release();
    put(where);
  };
  const walkHistory = (by: 1 | -1): boolean => {
    const filters = filterHistory().filter((filter) => filter !== where);
    const to = past.current + by;
    if (to >= filters.length || to < -1) return false;
    const next = to < 0 ? where : (filters[to] ?? '');
    past.current = to;
    // As if it were prepared: to walk past a filter is not to ask it.
    session.store.setState({ prepared: to < 0 ? null : next });
    setText(next);
    return true;
  };
  return (
    <search className="filter-line" aria-label="Filter">
      <FilterField
        text={text}
        error={error}
        describedBy={errorId}
        onText={put}
        onEscape={escape}
        onCompleting={setCompleting}
        onEnter={apply}
        onHistory={walkHistory}
        onWords={setWords}
      />
      {where !== '' && waiting === null && <Passing />}
      {held && (
        <button className="button solid small" onClick={apply}>
          Apply
        </button>
      )}
      {(where !== '' || text !== '') && (
        <button
          className="button quiet"
          onClick={() => {
            release();
            put('');
          }}
        >
          Clear
        </button>
      )}
      <Questions
        onPick={(next) => {
          release();
          put(next);
        }}
      />
      <p id={errorId} className="filter-said">
        <span className="filter-error" role="status">
          {/* Whoever chooses what comes next knows that it is not all. */}
          {error === null || completing
            ? ''
            : `${refused === null ? 'Not in force: ' : ''}${error.cause} ${error.remedy}${refused === null || where === '' ? '' : ` In force still: ${where}`}`}
        </span>
        {error === null && held && (
          <span className="filter-held">Not in force yet: Enter applies it, Esc takes it back. </span>
        )}
        {error === null && Words !== null && <Words text={text} />}
        {error === null && text === '' && !clicked && (
          <span className="muted filter-hint">
            Names and the values seen complete as you type. A click on a hop, a band, a cause or a value
            filters, too.
          </span>
        )}
      </p>
    </search>
  );
}

/** To the list, whose keys walk through what passes. */
function leave(): void {
  if (!focusPane('list') && document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function Passing() {
  const listed = usePage((state) => viewed(state)?.listed ?? 0);
  const journeys = usePage((state) => viewed(state)?.journeys ?? 0);
  return (
    <span className="filter-count mono">
      {printCount(listed)} of {printCount(journeys)}
    </span>
  );
}

/** A native menu of questions and of filters of before: it needs no script of ours to open, close and be read. */
function Questions({ onPick }: { readonly onPick: (filter: string) => void }) {
  const names = usePage((state) => state.newest?.tlvNames ?? NO_NAMES);
  const [recent, setRecent] = useState<readonly string[]>(filterHistory);
  return (
    <select
      className="button quiet"
      aria-label="Questions to begin with"
      value=""
      onFocus={() => setRecent(filterHistory())}
      onPointerDown={() => setRecent(filterHistory())}
      onChange={({ target }) => target.value !== '' && onPick(target.value)}
    >
      <option value="">Questions…</option>
      <optgroup label="To begin with">
        {examplesFor(names).map(({ question, filter }) => (
          <option key={filter} value={filter}>
            {question}
          </option>
        ))}
      </optgroup>
      {recent.length > 0 && (
        <optgroup label="Of before">
          {recent.map((filter) => (
            <option key={filter} value={filter}>
              {filter}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
