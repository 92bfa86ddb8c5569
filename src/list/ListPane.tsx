/** The journeys: any number of rows, of which the worker is asked for those in view. */
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import type { JourneyRows, RowWatch, SourceState } from '#workers/api.ts';
import { useSize } from '#src/app/use-size.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import { hopOfKey } from '#src/state/hop-key.ts';
import {
  cellColumns,
  cellPitch,
  FIRST_WIDTHS,
  fit,
  growWidths,
  PROTOCOL_CHARS,
  templateOf,
  timeChars,
  type Widths,
} from './columns.ts';
import { ListRow, titleOf } from './ListRow.tsx';
import { RowLoader } from './loader.ts';
import { printAbsoluteParts, printCount } from './print.ts';
import { StripCache } from './strip.ts';
import {
  clampTop,
  heldExtent,
  maxTop,
  reveal,
  scrollOfTop,
  topOfScroll,
  trackHeight,
  wheelPixels,
  windowAt,
  type Extent,
} from './window.ts';
import './list.css';

export const ROW_HEIGHT_PX = 22;
const HEAD_HEIGHT_PX = 24;
const OVERSCAN_ROWS = 12;
const NO_NAMES: readonly string[] = [];

/** Whether all rows of the window are there, of this generation. */
function covers(
  rows: JourneyRows | null,
  from: number,
  count: number,
  generation: number,
): rows is JourneyRows {
  return (
    rows !== null &&
    rows.generation === generation &&
    rows.from <= from &&
    rows.from + rows.count >= from + count
  );
}

/** Why there is no row, as far as the list knows. */
function emptyText(state: SourceState): string {
  switch (state) {
    case 'idle':
    case 'loading':
    case 'live':
      return 'Waiting for packets …';
    case 'reconnecting':
      return 'No packets, and none come: the agent does not answer.';
    case 'done':
    case 'cancelled':
    case 'failed':
      return 'No packets.';
  }
}

export function ListPane() {
  const session = useSession();
  const shown = usePage((state) => state.shown);
  const selection = usePage((state) => state.selection);
  const follow = usePage((state) => state.follow);
  const link = usePage((state) => state.link);
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const [top, setTop] = useState(0);
  const [fetched, setFetched] = useState<JourneyRows | null>(null);
  const [widths, setWidths] = useState<Widths>(FIRST_WIDTHS);
  /** The scrollTop that is already known: set by the page itself, so that its event is not a person's, or seen. */
  const ownScroll = useRef(0);

  const listed = shown?.listed ?? 0;
  const generation = shown?.generation ?? 0;
  const capture = shown?.capture ?? -1;
  const tlvNames = shown?.tlvNames ?? NO_NAMES;
  const growing = shown?.state === 'live' || shown?.state === 'loading' || shown?.state === 'reconnecting';
  const live = shown?.state === 'live' || shown?.state === 'reconnecting';
  const extent: Extent = useMemo(
    () => ({ rows: listed, rowHeight: ROW_HEIGHT_PX, viewport: Math.max(0, size.height - HEAD_HEIGHT_PX) }),
    [listed, size.height],
  );
  const sticking = follow && live;
  const at = sticking ? maxTop(extent) : clampTop(top, extent);
  const track = useMemo(() => (sticking ? heldExtent(extent) : extent), [sticking, extent]);
  const trackAt = sticking ? maxTop(track) : at;
  // Rows beyond the edge are for scrolling; at the newest there is none.
  const view = windowAt(at, extent, sticking ? 0 : OVERSCAN_ROWS);
  const places = usePage((state) => state.places);
  const columns = useMemo(() => cellColumns(places), [places]);
  const startNs = shown?.timeline.startNs ?? '';
  const timeWidth = timeChars(startNs, shown?.timeline.endNs ?? '');
  const template = useMemo(
    () => templateOf({ ...widths, time: timeWidth }, columns),
    [widths, columns, timeWidth],
  );
  const pitch = cellPitch(columns);
  const strips = useMemo(() => new StripCache(columns, pitch), [columns, pitch]);

  const loader = useRef<RowLoader | null>(null);
  useEffect(() => {
    const made = new RowLoader(
      (from, count) => session.api.rows(from, count),
      setFetched,
      (error) => session.failed(error, 'Rows could not be read'),
    );
    loader.current = made;
    return () => made.close();
  }, [session]);

  // A new capture starts at its top with columns of its own.
  const [ownCapture, setOwnCapture] = useState(capture);
  if (ownCapture !== capture) {
    setOwnCapture(capture);
    setTop(0);
    setFetched(null);
    setWidths(FIRST_WIDTHS);
  }

  // While packets arrive, rows in view grow cells: Updates bring them along.
  const watched = growing && extent.viewport > 0;
  const watchFrom: RowWatch['from'] = sticking ? 'newest' : view.from;
  const watchCount = sticking ? Math.ceil(extent.viewport / ROW_HEIGHT_PX) + 1 : view.count;
  useEffect(() => {
    const watch = watched ? { from: watchFrom, count: watchCount } : null;
    session.api.watchRows(watch).catch((error: unknown) => session.failed(error, 'Rows could not be read'));
  }, [session, capture, watched, watchFrom, watchCount]);

  const brought = shown?.rows ?? null;
  const complete = covers(brought, view.from, view.count, generation);
  const rows = complete ? brought : (fetched ?? brought);
  const wanting = !complete && !covers(fetched, view.from, view.count, generation);
  useEffect(() => {
    if (wanting && view.count > 0) loader.current?.want({ from: view.from, count: view.count, generation });
  }, [wanting, view.from, view.count, generation]);

  const [grownFrom, setGrownFrom] = useState<JourneyRows | null>(null);
  if (rows !== null && rows !== grownFrom) {
    setGrownFrom(rows);
    setWidths(growWidths(widths, rows, tlvNames));
  }

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || extent.viewport === 0) return undefined;
    const wanted = Math.round(scrollOfTop(trackAt, track));
    // Reading scrollTop back would lay the page out once more; what was set, or scrolled to, is known.
    if (Math.abs(ownScroll.current - wanted) <= 1) return undefined;
    const set = () => {
      ownScroll.current = wanted;
      element.scrollTop = wanted;
    };
    // What is set within a commit has the page laid out there and then. At the newest, rows do not hang on it.
    if (sticking) return afterFrame(set);
    set();
    return undefined;
  }, [trackAt, track, extent.viewport, sticking]);

  const goTo = useCallback(
    (next: number) => {
      const bounded = clampTop(next, extent);
      setTop(bounded);
      session.setFollow(live && bounded >= maxTop(extent) - 1);
    },
    [extent, live, session],
  );

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    if (Math.abs(scrollTop - ownScroll.current) <= 1) return;
    ownScroll.current = scrollTop;
    goTo(at - trackAt + topOfScroll(scrollTop, track));
  };

  // In a shortened track one wheel step would jump over thousands of rows: there the wheel moves rows itself.
  const wheel = useRef({ at, extent, goTo });
  useLayoutEffect(() => {
    wheel.current = { at, extent, goTo };
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      const now = wheel.current;
      if (trackHeight(now.extent) === now.extent.rows * ROW_HEIGHT_PX || event.deltaY === 0 || event.ctrlKey)
        return;
      event.preventDefault();
      now.goTo(now.at + wheelPixels(event.deltaY, event.deltaMode, now.extent));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  // A journey chosen elsewhere (keys, a link, Back) comes into view.
  const chosen = selection?.journey;
  useEffect(() => {
    if (chosen === undefined || wheel.current.extent.viewport === 0) return;
    let stale = false;
    session.api.rowOf(chosen).then(
      (row) => {
        const now = wheel.current;
        if (stale || row < 0) return;
        setTop((before) => {
          const from = session.store.getState().follow ? now.at : before;
          return reveal(row, clampTop(from, now.extent), now.extent);
        });
      },
      (error: unknown) => session.failed(error, 'The row could not be found'),
    );
    return () => {
      stale = true;
    };
  }, [chosen, generation, session]);

  const drawnSelection =
    selection !== null && rows?.journey.includes(selection.journey) === true && listed > 0;

  const pageRows = Math.max(1, Math.floor(extent.viewport / ROW_HEIGHT_PX) - 1);
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('list', event, {
      'list.next': () => session.journey.walk(1),
      'list.previous': () => session.journey.walk(-1),
      'list.page-down': () => session.journey.walk(pageRows),
      'list.page-up': () => session.journey.walk(-pageRows),
      'list.first': () => session.journey.walk(-Infinity),
      'list.last': () => session.journey.walk(Infinity),
      'list.open': () => document.querySelector<HTMLElement>('[data-pane="journey"] [tabindex="0"]')?.focus(),
    });
  const onSelect = useCallback(
    (journey: number, hi: number, lo: number) => session.journey.select(journey, { hi, lo }),
    [session],
  );

  // Rows that arrive late leave the old ones standing where they were, never an empty pane.
  const overlap = rows !== null && rows.from < view.from + view.count && view.from < rows.from + rows.count;
  const offset = rows === null || overlap ? at : rows.from * ROW_HEIGHT_PX;
  const hopFilters = link.hop !== null && hopOfKey(places, link.hop) !== null;
  const filtered = hopFilters || link.metadata !== null || link.harm !== null;
  const total = shown?.journeys ?? 0;
  const style: CSSProperties & Record<'--pitch' | '--strip' | '--width', string> = {
    '--pitch': `${pitch}px`,
    '--strip': `${template.stripPx}px`,
    '--width': template.width,
  };
  const headings: readonly (readonly [string, number | null])[] = [
    ['time s', timeWidth],
    ['journey', template.widths.id],
    ['path', null],
    ...tlvNames.map((name, i) => [name, template.widths.tlv[i] ?? name.length] as const),
    ['proto', PROTOCOL_CHARS],
    ['source', template.widths.source],
    ['destination', template.widths.destination],
    ['info', 4],
  ];
  const onPointerOver = ({ target }: PointerEvent) => {
    if (!(target instanceof Element) || rows === null) return;
    const cell = target.closest<HTMLElement>('[data-column]');
    const index = Number(cell?.closest<HTMLElement>('.list-row')?.dataset['at'] ?? -1);
    if (cell === null || index < 0 || index >= rows.count) return;
    const column = cell.dataset['column'] ?? '';
    cell.title =
      column === 'path'
        ? strips.of(rows.cells.subarray(index * rows.hops, (index + 1) * rows.hops)).story
        : titleOf(rows, index, column, printAbsoluteParts(rows.timeHi[index] ?? 0, rows.timeLo[index] ?? 0));
  };

  return (
    <section className="pane list-pane" aria-label="Journeys" data-pane="list">
      <header className="pane-head">
        <h2>Journeys</h2>
        <span className="muted push" role={growing ? undefined : 'status'} data-testid="list-count">
          {filtered ? `${printCount(listed)} of ${printCount(total)}` : printCount(listed)}
        </span>
        {live && (
          <button
            className="button quiet small"
            aria-pressed={follow}
            onClick={() => session.setFollow(!follow)}
            title="Stick to the newest journey (f)"
          >
            follow
          </button>
        )}
      </header>
      <div
        className="list-scroll mono"
        ref={scroller}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        role="grid"
        tabIndex={0}
        aria-label="Journeys"
        aria-rowcount={listed + 1}
        aria-colcount={7 + tlvNames.length}
        aria-activedescendant={drawnSelection ? `journey-${selection.journey}` : undefined}
        style={style}
      >
        <div className="list-head" role="row" aria-rowindex={1}>
          {headings.map(([title, chars], i) => (
            <span
              role="columnheader"
              key={`${i}-${title}`}
              className={chars === null ? 'cells' : ''}
              title={title}
            >
              {chars === null ? title : i === 0 ? title.padStart(chars) : fit(title, chars)}
            </span>
          ))}
        </div>
        <div className="list-track" style={{ height: trackHeight(track) }} role="rowgroup">
          <div className="list-rows" onPointerOver={onPointerOver}>
            {rows !== null &&
              listed > 0 &&
              Array.from({ length: rows.count }, (_, i) => (
                <ListRow
                  key={i}
                  rows={rows}
                  at={i}
                  y={(rows.from + i) * ROW_HEIGHT_PX - offset}
                  selected={rows.journey[i] === selection?.journey}
                  startNs={startNs}
                  strip={strips.of(rows.cells.subarray(i * rows.hops, (i + 1) * rows.hops))}
                  template={template}
                  onSelect={onSelect}
                />
              ))}
          </div>
        </div>
        {listed === 0 && (
          <p className="pane-empty">
            {filtered && total > 0 ? 'No journey passes the filter.' : emptyText(shown?.state ?? 'idle')}
          </p>
        )}
      </div>
    </section>
  );
}
