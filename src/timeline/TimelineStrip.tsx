/** When: events over time, what came to metadata, drops, values of a TLV, and where the capture itself missed some. */
import { useDeferredValue, useMemo, useState } from 'react';
import type { Gap, TimelineBins } from '#workers/api.ts';
import { LOW_WINDOW_PX } from '#src/app/use-size.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { printAbsolute, printCount, printDuration, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { printTime } from '#src/state/link-view.ts';
import { heightOf, rowsOf, binsOfUpdate, type Row } from './rows.ts';
import { TimelineTable } from './TimelineTable.tsx';
import { Track } from './Track.tsx';
import { useBins } from './use-bins.ts';
import { useZoom } from './use-zoom.ts';
import { lengthOf, spanOf, viewAround, wholeOf, type Span } from './view.ts';
import './timeline.css';

const NO_GAPS: readonly Gap[] = [];
const NO_NAMES: readonly string[] = [];
const BAR_PX = 3;
/** Around the drawing. */
const PADDING_PX = 4;

export function TimelineStrip() {
  // After the path, which has the same Update to draw: in a task of its own.
  const timeline = useDeferredValue(usePage((state) => state.calm?.timeline ?? null));
  const gaps = usePage((state) => state.calm?.gaps ?? NO_GAPS);
  const growing = usePage((state) => state.calm?.state === 'live' || state.calm?.state === 'loading');
  const filtered = usePage(isFilteredNow);
  const time = usePage((state) => state.link.time);
  const tlvNames = usePage((state) => state.calm?.tlvNames ?? NO_NAMES);
  const [width, setWidth] = useState(0);
  const session = useSession();
  const capture = usePage((state) => state.calm?.capture ?? 0);
  const tlv = usePage((state) => state.link.values);
  const zoom = usePage((state) => state.link.zoom);
  const [view, setView] = useZoom(zoom, capture, session);
  const setTlv = (name: string | null) => session.view.setValues(name ?? '');

  const whole = useMemo(() => wholeOf(timeline), [timeline]);
  const known = tlvNames.includes(tlv) ? tlv : null;
  // What comes with every Update has all that is drawn, as long as nothing more is asked for.
  const asks = view !== null || known !== null || filtered || !growing;
  const exact = useBins({ view, bins: asks ? Math.floor(width / BAR_PX) : 0, tlv: known });
  const overview = useMemo(() => (timeline === null ? null : binsOfUpdate(timeline)), [timeline]);
  const bins: TimelineBins | null = asks && exact !== null ? exact : overview;
  const lost = useMemo(() => timeline?.lost.some((count) => count > 0) ?? false, [timeline]);
  const drops = useMemo(() => timeline?.drops.some((count) => count > 0) ?? false, [timeline]);
  const rows = useMemo(
    () => (bins === null ? [] : rowsOf(bins, { lost, drops }, innerHeight <= LOW_WINDOW_PX)),
    [bins, lost, drops],
  );
  const height = heightOf(rows);
  const shown = view ?? whole;

  return (
    <section
      className="timeline"
      aria-label="Timeline"
      data-pane="timeline"
      style={{ height: height + 2 * PADDING_PX }}
    >
      <div className="timeline-head">
        {whole !== null && <Head whole={whole} view={view} />}
        {rows.slice(1).map((row) => (
          <RowLabel key={row.key} row={row} />
        ))}
      </div>
      <Track
        whole={whole}
        view={shown}
        zoomed={view !== null}
        bins={bins}
        rows={rows}
        gaps={gaps}
        height={height}
        onWidth={setWidth}
        onView={setView}
      />
      <div className="timeline-tools">
        {tlvNames.length > 0 && <TlvChoice names={tlvNames} chosen={known} onChoose={setTlv} />}
        <span className="timeline-buttons">
          <LatencyButton />
          {time !== null && whole !== null && (
            <button
              className="button quiet small"
              title="Show the chosen time alone (z)"
              onClick={() => setView(viewAround(spanOf(time), whole))}
            >
              Zoom
            </button>
          )}
          {view !== null && (
            <button
              className="button quiet small"
              title="Show all of the capture (0)"
              onClick={() => setView(null)}
            >
              Whole
            </button>
          )}
        </span>
      </div>
      {bins !== null && shown !== null && whole !== null && (
        <TimelineTable bins={bins} rows={rows} gaps={gaps} view={shown} start={whole.from} />
      )}
    </section>
  );
}

/** When it begins and how long it is; with a brush how much of it is chosen. */
function Head({ whole, view }: { readonly whole: Span; readonly view: Span | null }) {
  const session = useSession();
  const time = usePage((state) => state.link.time);
  const [, clock = ''] = printAbsolute((view ?? whole).from).split(' ');
  const span = printDuration(Number(lengthOf(view ?? whole)));
  const all = printDuration(Number(lengthOf(whole)));
  return (
    <div className="timeline-when" title={`from ${printAbsolute((view ?? whole).from)}`}>
      <span className="mono muted">{clock.slice(0, view === null ? 10 : 15)}</span>
      {time === null ? (
        <b className="mono">
          {span}
          {view !== null && <span className="muted"> of {all}</span>}
        </b>
      ) : (
        <button
          className="timeline-chip"
          title={`Only journeys seen in this time: time in ${printTime(time)}. Press for all (Escape).`}
          onClick={() => session.filter.set({ time: null })}
        >
          only <b className="mono">{printDuration(Number(lengthOf(spanOf(time))))}</b>{' '}
          <span aria-hidden="true">✕</span>
          <span className="hidden-text">, press for all</span>
        </button>
      )}
    </div>
  );
}

/** The name of a row; where the language can ask for it, a filter. */
function RowLabel({ row }: { readonly row: Row }) {
  const session = useSession();
  const where = usePage((state) => state.link.where);
  const filtered = usePage(isFilteredNow);
  const text = (
    <>
      <span className={row.kind === 'value' ? 'mono' : ''}>{row.label}</span>{' '}
      <span className="muted timeline-total">
        <span className="mono">{printCount(row.total)}</span>
        {filtered && ' of all'}
      </span>
    </>
  );
  const style = { top: row.top + PADDING_PX };
  if (row.filter === '') {
    return (
      <span className="timeline-row" style={style} title={`${row.label}: ${printMany(row.total, 'event')}`}>
        {text}
      </span>
    );
  }
  const next = where === '' ? row.filter : `(${where}) && ${row.filter}`;
  const apply = () => {
    session.filter
      .write(next)
      .catch((error: unknown) => session.failed(error, 'The list could not be filtered'));
  };
  return (
    <button
      className="link timeline-row"
      style={style}
      title={`${row.label}: ${printMany(row.total, 'event')} here. Filter: ${row.filter}`}
      onClick={apply}
      {...valueProps(row.field, row.value)}
    >
      {text}
    </button>
  );
}

function LatencyButton() {
  const session = useSession();
  const open = usePage((state) => state.link.open.includes('between'));
  return (
    <button
      className="button quiet small"
      aria-pressed={open}
      title="How long packets take from one hop to another (d)"
      onClick={() => session.view.open('between', !open)}
    >
      Latency
    </button>
  );
}

interface ChoiceProps {
  readonly names: readonly string[];
  readonly chosen: string | null;
  readonly onChoose: (name: string | null) => void;
}

function TlvChoice({ names, chosen, onChoose }: ChoiceProps) {
  return (
    <select
      className="timeline-choice"
      aria-label="Values of a TLV over time"
      title="Values of a TLV over time"
      value={chosen ?? ''}
      onChange={({ target }) => onChoose(target.value === '' ? null : target.value)}
    >
      <option value="">values over time …</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
