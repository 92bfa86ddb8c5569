/** The journeys: any number of rows, of which the worker is asked for those in view. */
import {
  useCallback,
  useMemo,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react';
import type { JourneyRows, SourceState } from '#workers/api.ts';
import { LaterPane } from '#src/app/LaterPane.tsx';
import { Part } from '#src/app/later.tsx';
import { scopedAction } from '#src/keys/bind.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { MAX_COLUMN_CHARS, MIN_COLUMN_CHARS } from '#src/state/link-state.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import {
  cellColumns,
  cellPitch,
  growWidths,
  listColumns,
  templateOf,
  timeChars,
  type Widths,
} from './columns.ts';
import { ListHead } from './ListHead.tsx';
import { cellId, ListRow } from './ListRow.tsx';
import { ListTools } from './ListTools.tsx';
import { printCount, printMany } from './print.ts';
import { cellTitle, valueAt } from './value-at.ts';
import { StripCache } from './strip.ts';
import { useListRows } from './use-list-rows.ts';
import { useListScroll } from './use-list-scroll.ts';
import { ROW_HEIGHT_PX } from './window.ts';
import './list.css';

const NO_NAMES: readonly string[] = [];
const NO_WIDTHS: Widths = [];
const WIDTH_STEP_CHARS = 2;

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
      return 'This capture has no packets. Open another one, or record again.';
  }
}

const GROUPS = new Part(() => import('#src/groups/GroupTable.tsx'));

/** The journeys, or in their place groups of them. */
export function ListPane() {
  const group = usePage((state) => state.link.group);
  return (
    <section className="pane list-pane" aria-label="Journeys" data-pane="list">
      <ListTools />
      {group === '' ? (
        <JourneyGrid />
      ) : (
        <LaterPane key={group} part={GROUPS} props={{ field: group }} what="The table of groups" />
      )}
    </section>
  );
}

function JourneyGrid() {
  const session = useSession();
  const shown = usePage((state) => state.shown);
  const selection = usePage((state) => state.selection);
  const link = usePage((state) => state.link);
  const marks = usePage((state) => state.marks);
  const [widths, setWidths] = useState<Widths>(NO_WIDTHS);
  const listed = shown?.listed ?? 0;
  const capture = shown?.capture ?? -1;
  const tlvNames = shown?.tlvNames ?? NO_NAMES;
  const scroll = useListScroll();
  const { scroller, extent, at, view } = scroll;
  const inView = useListRows(scroll);
  const printed = usePage((state) => state.printed);
  const rows = printed ?? inView;
  const drawn = selection === null ? -1 : (rows?.journey.indexOf(selection.journey) ?? -1);
  scroll.keepRow(rows === null || drawn < 0 ? -1 : rows.from + drawn);
  const places = usePage((state) => state.places);
  const cells = useMemo(() => cellColumns(places), [places]);
  const chosenColumns = link.columns;
  // Names come as another array with every Update.
  const tlvKey = tlvNames.join('\0');
  const columns = useMemo(
    () => listColumns(chosenColumns, tlvKey === '' ? [] : tlvKey.split('\0')),
    [chosenColumns, tlvKey],
  );
  const startNs = shown?.timeline.startNs ?? '';
  const sortField = link.sort?.field ?? null;
  const timeWidth = timeChars(startNs, shown?.timeline.endNs ?? '');
  const template = useMemo(
    () => templateOf(columns, widths, timeWidth, cells, sortField),
    [widths, columns, timeWidth, cells, sortField],
  );
  const pitch = cellPitch(cells);
  const strips = useMemo(() => new StripCache(cells, pitch), [cells, pitch]);
  /** Column that the arrow keys are at; none until they are used. */
  const [cursorAt, setCursor] = useState(-1);
  const cursor = Math.min(cursorAt, columns.length - 1);

  // A new capture has columns of its own.
  const [ownCapture, setOwnCapture] = useState(capture);
  if (ownCapture !== capture) {
    setOwnCapture(capture);
    setWidths(NO_WIDTHS);
  }

  const [grownFrom, setGrownFrom] = useState<JourneyRows | null>(null);
  const [grownFor, setGrownFor] = useState(columns);
  if (rows !== null && (rows !== grownFrom || columns !== grownFor)) {
    setGrownFrom(rows);
    setGrownFor(columns);
    setWidths(growWidths(columns === grownFor ? widths : NO_WIDTHS, columns, rows, startNs, tlvNames));
  }

  const drawnSelection = selection !== null && drawn >= 0 && listed > 0;

  const turn = (field: string | null | undefined) => {
    if (field !== null && field !== undefined) session.view.turnSort(field);
  };
  const setWidth = (column: number, chars: number) => {
    const bounded = Math.min(MAX_COLUMN_CHARS, Math.max(MIN_COLUMN_CHARS, chars));
    session.view.setColumns(
      columns.map(({ name, chars: before }, i) => ({ name, chars: i === column ? bounded : before })),
    );
  };
  const widen = (column: number, by: number) => {
    const width = template.chars[column];
    if (width !== null && width !== undefined && columns[column]?.name !== 'path')
      setWidth(column, width + by);
  };
  const menuOf = (column: number, at: number | null, x: number, y: number) => {
    const one = columns[column];
    if (one === undefined) return;
    const found = at === null || rows === null ? null : valueAt(rows, at, one.name, startNs, tlvNames);
    const field = found?.field ?? one.field;
    if (field !== null) session.store.setState({ valueMenu: { field, value: found?.value ?? null, x, y } });
  };
  const menuAtCursor = () => {
    if (selection === null || rows === null) return;
    const at = rows.journey.indexOf(selection.journey);
    const cell = document.getElementById(cellId(selection.journey, cursor)) ?? scroller.current;
    const { left, bottom } = cell!.getBoundingClientRect();
    menuOf(Math.max(0, cursor), at < 0 ? null : at, left, bottom);
  };
  const pageRows = Math.max(1, Math.floor(extent.viewport / ROW_HEIGHT_PX) - 1);
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('list', event, {
      'list.next': () => session.journey.walk(1),
      'list.previous': () => session.journey.walk(-1),
      'list.page-down': () => session.journey.walk(pageRows),
      'list.page-up': () => session.journey.walk(-pageRows),
      'list.first': () => session.journey.walk(-Infinity),
      'list.last': () => session.journey.walk(Infinity),
      'list.left': () => setCursor(Math.max(0, (cursor < 0 ? columns.length : cursor) - 1)),
      'list.right': () => setCursor(Math.min(columns.length - 1, cursor + 1)),
      'list.sort': () => turn(columns[cursor]?.field),
      'list.wider': () => widen(cursor, WIDTH_STEP_CHARS),
      'list.narrower': () => widen(cursor, -WIDTH_STEP_CHARS),
      'list.value': menuAtCursor,
      'list.open': () => document.querySelector<HTMLElement>('[data-pane="journey"] [tabindex="0"]')?.focus(),
    });
  const onSelect = useCallback(
    (journey: number, hi: number, lo: number) => session.journey.select(journey, { hi, lo }),
    [session],
  );

  // Rows that arrive late leave the old ones standing where they were, never an empty pane.
  const overlap = rows !== null && rows.from < view.from + view.count && view.from < rows.from + rows.count;
  const offset = rows === null || overlap ? at : rows.from * ROW_HEIGHT_PX;
  const total = shown?.journeys ?? 0;
  const filtered = isFiltered(link);
  const style: CSSProperties & Record<'--pitch' | '--strip' | '--width', string> = {
    '--pitch': `${pitch}px`,
    '--strip': `${template.stripPx}px`,
    '--width': template.width,
  };
  /** The cell under the pointer: its column and its row in `rows`. */
  const cellAt = (
    target: EventTarget,
  ): { readonly cell: HTMLElement; readonly column: number; readonly at: number } | null => {
    if (!(target instanceof Element) || rows === null) return null;
    const cell = target.closest<HTMLElement>('[data-column]');
    const at = Number(cell?.closest<HTMLElement>('.list-row')?.dataset['at'] ?? -1);
    return cell === null || at < 0 || at >= rows.count
      ? null
      : { cell, column: Number(cell.dataset['column']), at };
  };
  const onPointerOver = ({ target }: PointerEvent) => {
    const found = cellAt(target);
    const name = columns[found?.column ?? -1]?.name;
    if (found === null || name === undefined || rows === null) return;
    const { cell, at } = found;
    cell.title =
      name === 'path'
        ? strips.of(rows.cells.subarray(at * rows.hops, (at + 1) * rows.hops)).story
        : cellTitle(rows, at, name, startNs, tlvNames);
  };
  const onContextMenu = (event: MouseEvent) => {
    const found = cellAt(event.target);
    if (
      found === null ||
      rows === null ||
      valueAt(rows, found.at, columns[found.column]?.name ?? '', startNs, tlvNames) === null
    )
      return;
    event.preventDefault();
    menuOf(found.column, found.at, event.clientX, event.clientY);
  };
  const marked = useMemo(() => new Set(marks.map(({ journey }) => journey)), [marks]);

  return (
    <div
      className="list-scroll mono"
      ref={scroller}
      onScroll={scroll.onScroll}
      onKeyDown={onKeyDown}
      role="grid"
      tabIndex={0}
      aria-label="Journeys"
      aria-rowcount={listed + 1}
      aria-colcount={columns.length}
      aria-activedescendant={
        !drawnSelection
          ? undefined
          : cursor < 0
            ? `journey-${selection.journey}`
            : cellId(selection.journey, cursor)
      }
      style={style}
    >
      <ListHead
        template={template}
        sort={link.sort}
        cursor={cursor}
        onSort={turn}
        onWidth={setWidth}
        onMenu={(column, x, y) => menuOf(column, null, x, y)}
      />
      <div className="list-track" style={{ height: scroll.trackPx }} role="rowgroup">
        <div className="list-rows" onPointerOver={onPointerOver} onContextMenu={onContextMenu}>
          {rows !== null &&
            listed > 0 &&
            Array.from({ length: rows.count }, (_, i) => (
              <ListRow
                key={i}
                rows={rows}
                at={i}
                y={(rows.from + i) * ROW_HEIGHT_PX - offset}
                selected={rows.journey[i] === selection?.journey}
                marked={marked.has(rows.journey[i] ?? -1)}
                startNs={startNs}
                tlvNames={tlvNames}
                cursor={rows.journey[i] === selection?.journey ? cursor : -1}
                strip={strips.of(rows.cells.subarray(i * rows.hops, (i + 1) * rows.hops))}
                template={template}
                onSelect={onSelect}
              />
            ))}
        </div>
      </div>
      {rows !== null && rows.count < listed && (
        <p className="list-printed">
          {printCount(rows.from + 1)} to {printCount(rows.from + rows.count)} of{' '}
          {printMany(listed, 'journey')}:{' '}
          {printed === null
            ? 'what was at hand. For more, “print” at the foot of the page, or the key e.'
            : 'no more are printed. For the others filter the list, or: npx whither inspect FILE.'}
        </p>
      )}
      {listed === 0 && (
        <p className="pane-empty">
          {filtered && total > 0 ? 'No journey passes the filter.' : emptyText(shown?.state ?? 'idle')}
        </p>
      )}
    </div>
  );
}
