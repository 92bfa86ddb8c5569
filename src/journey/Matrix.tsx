/** The table of one journey: hops as columns, then maps and sockets; TLVs and facts as rows. The arrow keys walk it. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Hop } from '#workers/api.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { valueProps } from '#src/keys/focused-value.ts';
import { printNote } from '#src/bytes/note.ts';
import { printAbsolute } from '#src/list/print.ts';
import { useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import type { Session } from '#src/state/session.ts';
import { Broken } from './Broken.tsx';
import { Device } from './Device.tsx';
import type { Joined, Part } from './joined.ts';
import { headingOf, NOTHING, type MatrixRow } from './matrix.ts';
import { MatrixCell } from './MatrixCell.tsx';
import { revealCell } from './reveal.ts';
import { WHERE_MEANING, type Beyond } from './ways.ts';

interface Props {
  readonly joined: Joined;
  /** Of the hops of the journey on screen. */
  readonly at: number;
  readonly places: readonly Hop[];
  readonly above: readonly MatrixRow[];
  /** What is beside the area, opened or not. */
  readonly beside: readonly MatrixRow[];
  readonly beyond: readonly Beyond[];
}

/** Scrolls to a cell and returns it. The last hop brings along what is behind it: no key goes there. */
function reveal(table: HTMLTableElement | null, row: number, column: number): HTMLElement | null {
  const cell = table?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`) ?? null;
  const scroller = table?.closest('.pane-body') ?? null;
  const corner = table?.querySelector('th') ?? null;
  if (cell === null || scroller === null || corner === null) return cell;
  const last = cell.parentElement?.lastElementChild ?? null;
  if (
    last instanceof HTMLElement &&
    last.matches('.beyond') &&
    cell.matches(':nth-last-child(1 of [data-cell])')
  ) {
    revealCell(last, scroller, corner);
  }
  revealCell(cell, scroller, corner);
  return cell;
}

export function Matrix({ joined, at: own, places, above, beside, beyond }: Props) {
  const session = useSession();
  const [focusRow, setFocusRow] = useState(0);
  const [open, setOpen] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  /** Journey that a key went into from one that goes on in it, -1 = none: the focus goes along once it is here. */
  const focusDue = useRef(-1);
  const rows = open ? [...above, ...beside] : above;
  const { detail, parts, offset } = joined;
  const { journey, hops } = detail;
  const columns = hops.length;
  const at = own + offset;
  const last = offset + (parts.find(({ link }) => link === null)?.count ?? 0) - 1;
  // Behind the frame that lays it out: to measure within the commit would have the whole page laid out for it.
  const row = Math.min(focusRow, rows.length);
  useEffect(() => {
    if (at >= columns) return undefined;
    return afterFrame(() => {
      const cell = reveal(table.current, 0, at);
      if (focusDue.current !== journey || cell === null) return;
      focusDue.current = -1;
      // Somebody went elsewhere meanwhile.
      const had = document.activeElement;
      if (had !== document.body && table.current?.contains(had) !== true) return;
      const inRow = table.current?.querySelector<HTMLElement>(`[data-cell="${row}:${at}"]`);
      (inRow ?? cell).focus({ preventScroll: true });
    });
    // Not by the row: to go to another one moves nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [journey, at, columns]);

  const moveTo = (nextRow: number, nextAt: number) => {
    const boundedRow = Math.min(rows.length, Math.max(0, nextRow));
    const boundedAt = Math.min(last, Math.max(offset, nextAt));
    setFocusRow(boundedRow);
    if (boundedAt !== at) session.journey.selectAt(boundedAt - offset);
    reveal(table.current, boundedRow, boundedAt)?.focus({ preventScroll: true });
  };
  const partAt = (column: number) => parts.find(({ from, count }) => column >= from && column < from + count);
  /** To the hop beside, also where that is one of a journey that this one goes on in. */
  const stepTo = (column: number) => {
    const part = partAt(column);
    if (part === undefined || part.link === null) {
      moveTo(row, column);
      return;
    }
    focusDue.current = part.journey;
    goTo(session, part, column - part.from);
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('journey', event, {
      'journey.left': () => stepTo(at - 1),
      'journey.right': () => stepTo(at + 1),
      'journey.up': () => moveTo(row - 1, at),
      'journey.down': () => moveTo(row + 1, at),
      'journey.first': () => moveTo(row, 0),
      'journey.last': () => moveTo(row, columns - 1),
      'journey.beside': () => setOpen(!open),
      'journey.bytes': () =>
        document.querySelector<HTMLElement>('[data-pane="bytes"] [tabindex="0"]')?.focus(),
    });
  const cellProps = (cellRow: number, column: number) => {
    if (column < offset || column > last) {
      const part = partAt(column);
      return { onClick: () => goTo(session, part, column - (part?.from ?? 0)) };
    }
    return {
      tabIndex: cellRow === row && column === at ? 0 : -1,
      'data-cell': `${cellRow}:${column}`,
      'aria-selected': column === at,
      onClick: () => moveTo(cellRow, column),
    };
  };

  const rowOf = (line: MatrixRow, index: number) => (
    <tr key={line.key} data-row={line.name} className={line.tlv ? 'tlv-row' : ''}>
      <th
        scope="row"
        {...(line.field === undefined ? {} : valueProps(line.field, null))}
        title={printNote(line.note ?? {})}
        {...(line.note?.colour != null && { 'data-colour': line.note.colour })}
      >
        {line.name} {line.kind !== '' && <small>{line.kind}</small>}
      </th>
      {line.cells.map((cell, column) => (
        <MatrixCell
          key={hops[column]?.event ?? column}
          cell={cell}
          column={column}
          row={line}
          chosen={column === at}
          isPart={parts.some(({ from }) => from > 0 && from === column)}
          props={cellProps(index + 1, column)}
        />
      ))}
      {beyond.map(({ key }, i) => (
        <MatrixCell key={key} cell={NOTHING} column={columns + i} row={line} chosen={false} isBeyond />
      ))}
    </tr>
  );

  const note = printNote(rows[row - 1]?.note ?? {});
  return (
    <>
      <table
        ref={table}
        className={`matrix mono${parts.length > 1 ? ' joined' : ''}`}
        role="grid"
        aria-label={`Journey ${detail.id}: TLVs by hop`}
        onKeyDown={onKeyDown}
      >
        <thead>
          {parts.length > 1 && (
            <tr className="matrix-parts">
              <th scope="col">
                <span className="hidden-text">journey</span>
              </th>
              {parts.map((part) => (
                <th key={part.journey} scope="colgroup" colSpan={part.count}>
                  {part.link === null ? (
                    `journey ${part.id}`
                  ) : (
                    <button className="link" title={part.link.evidence} onClick={() => goTo(session, part)}>
                      {part.link.direction} {part.link.kind}, {part.link.known}: journey {part.id}
                    </button>
                  )}
                </th>
              ))}
              {beyond.length > 0 && <th colSpan={beyond.length} />}
            </tr>
          )}
          <tr>
            <th scope="col">
              <span className="hidden-text">what</span>
            </th>
            {hops.map((hop, column) => {
              const heading = headingOf(hop, places);
              const previous = hops[column - 1];
              const before = previous === undefined ? null : headingOf(previous, places);
              return (
                <th
                  scope="col"
                  key={hop.event}
                  className={`${column === at ? 'chosen' : ''}${parts.some(({ from }) => from > 0 && from === column) ? ' part-from' : ''}`}
                  title={`${heading.name}\n${printAbsolute(BigInt(hop.timeNs))}`}
                  role="columnheader"
                  {...valueProps('hop', heading.name)}
                  {...cellProps(0, column)}
                >
                  <Device name={heading.device} before={before?.device} />
                  <Broken text={heading.label} />
                </th>
              );
            })}
            {beyond.map(({ key, where, name }) => (
              <th scope="col" key={key} className="beyond" title={`${name}: ${WHERE_MEANING[where]}`}>
                <span className="matrix-device">{where}</span>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above.map((line, index) => rowOf(line, index))}
          {beside.length > 0 && (
            <tr className="beside-head">
              <th scope="row">
                <button
                  className="link"
                  aria-expanded={open}
                  onClick={() => setOpen(!open)}
                  onKeyDown={ownKeys}
                >
                  <span aria-hidden="true">{open ? '▾' : '▸'}</span> beside the area
                </button>
              </th>
              <td colSpan={columns + beyond.length}>
                <span className="beside-said">{besideSummary(beside)}</span>
              </td>
            </tr>
          )}
          {open && beside.map((line, i) => rowOf(line, above.length + i))}
        </tbody>
      </table>
      {note !== '' && (
        <p className="matrix-note">
          <b className="mono">{rows[row - 1]?.name}</b> {note}
        </p>
      )}
    </>
  );
}

/** To a journey that the matrix goes on in, to its event number `at`; null = the one that says most. */
function goTo(session: Session, part: Part | undefined, at: number | null = null): void {
  const id = part === undefined ? null : parseJourneyId(part.id);
  if (part !== undefined && id !== null) session.journey.select(part.journey, id, at);
}

/** A button in the grid takes its keys itself. */
function ownKeys(event: KeyboardEvent): void {
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
}

/** What one would see on opening it: which of them change on the way. */
function besideSummary(rows: readonly MatrixRow[]): string {
  const changing = rows.filter((row) => row.cells.some((cell) => cell.tone === 'changed'));
  if (changing.length === 0) return `${rows.map((row) => row.name).join(', ')}: no change on the way`;
  return `${changing.map((row) => row.name).join(', ')} ${changing.length === 1 ? 'changes' : 'change'} on the way`;
}
