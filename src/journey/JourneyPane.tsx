/** One packet's life: hops as columns, what it carried as rows. Choosing a hop shows its bytes. */
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { scopedAction } from '#src/keys/bind.ts';
import { printAbsolute } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { verdictOf } from './fate.ts';
import { HopNote } from './HopNote.tsx';
import { Links } from './Links.tsx';
import { besideRows, headingOf, matrixOf, type MatrixRow } from './matrix.ts';
import { revealCell } from './reveal.ts';
import './journey.css';

const NO_HOPS = [] as const;

function reveal(table: HTMLTableElement | null, place: string): HTMLElement | null {
  const cell = table?.querySelector<HTMLElement>(`[data-cell="${place}"]`) ?? null;
  const scroller = table?.closest('.pane-body') ?? null;
  const corner = table?.querySelector('th') ?? null;
  if (cell !== null && scroller !== null && corner !== null) revealCell(cell, scroller, corner);
  return cell;
}

export function JourneyPane() {
  const session = useSession();
  const detail = usePage((state) => state.detail);
  const at = usePage((state) => state.at);
  const hops = usePage((state) => state.calm?.hops ?? NO_HOPS);
  const [focusRow, setFocusRow] = useState(0);
  const table = useRef<HTMLTableElement>(null);
  const [open, setOpen] = useState(false);
  const above = useMemo(() => (detail === null ? [] : matrixOf(detail)), [detail]);
  const beside = useMemo(() => (detail === null ? [] : besideRows(detail)), [detail]);
  const verdict = useMemo(() => (detail === null ? null : verdictOf(detail)), [detail]);
  const rows = open ? [...above, ...beside] : above;

  const journey = detail?.journey ?? null;
  const columns = detail?.hops.length ?? 0;
  useLayoutEffect(() => {
    if (journey !== null && at < columns) reveal(table.current, `0:${at}`);
  }, [journey, at, columns]);

  if (detail === null || verdict === null) {
    return (
      <section className="pane journey-pane" aria-label="Journey" data-pane="journey">
        <header className="pane-head">
          <h2>Journey</h2>
        </header>
        <p className="pane-empty" tabIndex={0}>
          Choose a journey in the list.
        </p>
      </section>
    );
  }

  const row = Math.min(focusRow, rows.length);
  const moveTo = (nextRow: number, nextAt: number) => {
    const boundedRow = Math.min(rows.length, Math.max(0, nextRow));
    const boundedAt = Math.min(detail.hops.length - 1, Math.max(0, nextAt));
    setFocusRow(boundedRow);
    if (boundedAt !== at) session.selectAt(boundedAt);
    reveal(table.current, `${boundedRow}:${boundedAt}`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('journey', event, {
      'journey.left': () => moveTo(row, at - 1),
      'journey.right': () => moveTo(row, at + 1),
      'journey.up': () => moveTo(row - 1, at),
      'journey.down': () => moveTo(row + 1, at),
      'journey.first': () => moveTo(row, 0),
      'journey.last': () => moveTo(row, detail.hops.length - 1),
      'journey.beside': () => setOpen(!open),
      'journey.bytes': () =>
        document.querySelector<HTMLElement>('[data-pane="bytes"] [tabindex="0"]')?.focus(),
    });
  const cellProps = (cellRow: number, column: number) => ({
    tabIndex: cellRow === row && column === at ? 0 : -1,
    'data-cell': `${cellRow}:${column}`,
    'aria-selected': column === at,
    onClick: () => moveTo(cellRow, column),
  });

  const rowOf = (line: MatrixRow, index: number) => (
    <tr key={line.key} data-row={line.name} className={line.tlv ? 'tlv-row' : ''}>
      <th scope="row">
        {line.name} {line.kind !== '' && <small>{line.kind}</small>}
      </th>
      {line.cells.map((cell, column) => (
        <td
          key={detail.hops[column]?.event ?? column}
          role="gridcell"
          className={`tone-${cell.tone}${column === at ? ' chosen' : ''}`}
          title={cell.title}
          aria-label={cell.title}
          {...cellProps(index + 1, column)}
        >
          {cell.text}
        </td>
      ))}
    </tr>
  );
  const chosen = detail.hops[at];

  return (
    <section className="pane journey-pane" aria-label="Journey" data-pane="journey">
      <header className="pane-head">
        <h2>Journey {detail.id}</h2>
        <span className="journey-flow mono">
          {detail.protocol} {detail.source} {detail.destination !== '' && `→ ${detail.destination}`}
        </span>
      </header>
      <div className="pane-body">
        <p className={`verdict tone-${verdict.tone}`}>{verdict.text}</p>
        <table
          ref={table}
          className="matrix mono"
          role="grid"
          aria-label={`Journey ${detail.id}: TLVs by hop`}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden-text">what</span>
              </th>
              {detail.hops.map((hop, column) => {
                const heading = headingOf(hop, hops);
                const previous = detail.hops[column - 1];
                const before = previous === undefined ? null : headingOf(previous, hops);
                return (
                  <th
                    scope="col"
                    key={hop.event}
                    className={column === at ? 'chosen' : ''}
                    title={`${heading.name}\n${printAbsolute(BigInt(hop.timeNs))}`}
                    role="columnheader"
                    {...cellProps(0, column)}
                  >
                    <span className="matrix-device">
                      {before?.device === heading.device ? '\u00a0' : heading.device}
                    </span>
                    {heading.label}
                  </th>
                );
              })}
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
                <td colSpan={columns}>{besideSummary(beside)}</td>
              </tr>
            )}
            {open && beside.map((line, i) => rowOf(line, above.length + i))}
          </tbody>
        </table>
        {chosen !== undefined && <HopNote hop={chosen} name={headingOf(chosen, hops).name} />}
        {detail.links.length > 0 && <Links links={detail.links} />}
        {detail.omitted > 0 && (
          <p className="verdict muted">{detail.omitted} more events of this journey are not shown.</p>
        )}
      </div>
    </section>
  );
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
