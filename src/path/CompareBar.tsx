/** What the path compares: two sides as expressions, or what the filter passes and all the others. */
import { useEffect, useEffectEvent, useId, useState } from 'react';
import type { FilterError } from '#workers/api.ts';
import { printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import type { Comparison } from '#src/state/link-state.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { presetsFor } from './presets.ts';
import './compare.css';

const NO_NAMES: readonly string[] = [];
/** Of the option that asks for one. */
const OTHER = 'other';
/** After the last key: long enough to finish a word. */
const SETTLE_MS = 500;

interface Props {
  readonly compare: Comparison;
  readonly journeys: readonly (number | null)[];
  readonly errors: readonly (FilterError | null)[];
}

export default function CompareBar({ compare, journeys, errors }: Props) {
  const session = useSession();
  const names = usePage((state) => state.newest?.tlvNames ?? NO_NAMES);
  const startNs = usePage((state) => state.calm?.timeline.startNs ?? '0');
  const endNs = usePage((state) => state.calm?.timeline.endNs ?? '0');
  const filtered = usePage(isFilteredNow);
  const places = usePage((state) => state.places);
  const presets = presetsFor({ names, startNs, endNs, filtered, hops: places });
  return (
    <div className="compare-bar" role="group" aria-label="Compared sides">
      <SideField
        name="A"
        text={compare.a}
        hint={filtered ? 'what the filter passes' : 'all journeys'}
        journeys={journeys[0] ?? null}
        error={errors[0] ?? null}
        onText={(a) => session.compare({ ...compare, a }, true)}
      />
      <SideField
        name="B"
        text={compare.b}
        hint="all that are not in A"
        journeys={journeys[1] ?? null}
        error={errors[1] ?? null}
        onText={(b) => session.compare({ ...compare, b }, true)}
      />
      <select
        className="button quiet small"
        aria-label="Sides to begin with"
        value=""
        onChange={({ target }) => {
          if (target.value === OTHER) session.store.setState({ dialog: 'compare' });
          const preset = presets[Number(target.value)];
          if (target.value !== '' && preset !== undefined) session.compare(preset.compare);
        }}
      >
        <option value="">Compare with…</option>
        {presets.map(({ name }, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
        <option value={OTHER}>Another capture…</option>
      </select>
      <button className="button quiet small" onClick={() => session.compare(null)}>
        Stop comparing
      </button>
    </div>
  );
}

interface FieldProps {
  readonly name: 'A' | 'B';
  readonly text: string | null;
  readonly hint: string;
  readonly journeys: number | null;
  readonly error: FilterError | null;
  readonly onText: (text: string | null) => void;
}

function SideField({ name, text, hint, journeys, error, onText }: FieldProps) {
  const [draft, setDraft] = useState(text ?? '');
  const [seen, setSeen] = useState(text);
  if (seen !== text) {
    setSeen(text);
    // What is typed may have a blank that is still to be followed by something.
    if (draft.trim() !== (text ?? '')) setDraft(text ?? '');
  }
  const errorId = useId();
  const settle = useEffectEvent(onText);
  useEffect(() => {
    const typed = draft.trim();
    if (typed === (text ?? '')) return undefined;
    // Packets that arrive meanwhile have this made anew ten times a second: the time goes on.
    const timer = setTimeout(() => settle(typed === '' ? null : typed), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft, text]);
  return (
    <label className={`compare-side side-${name.toLowerCase()}`}>
      <b>{name}</b>
      <input
        className="mono"
        value={draft}
        placeholder={hint}
        spellCheck={false}
        aria-label={`${name}: journeys that pass`}
        aria-invalid={error !== null}
        aria-describedby={errorId}
        onChange={({ target }) => setDraft(target.value)}
      />
      <span className={error === null ? 'mono muted' : 'compare-error'} id={errorId} role="status">
        {error === null
          ? journeys === null
            ? '…'
            : printMany(journeys, 'journey')
          : `${error.cause} ${error.remedy}`}
      </span>
    </label>
  );
}
