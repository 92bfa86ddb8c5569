/** One packet's life: hops as columns, what it carried as rows. Choosing a hop shows its bytes. */
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { JourneyDetail } from '#workers/api.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { printAbsolute } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { parseJourneyId } from '#src/state/link.ts';
import { headingOf, matrixOf, verdictOf } from './matrix.ts';
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
  const rows = useMemo(() => (detail === null ? [] : matrixOf(detail)), [detail]);
  const verdict = useMemo(() => (detail === null ? null : verdictOf(detail, hops)), [detail, hops]);

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
      'journey.bytes': () =>
        document.querySelector<HTMLElement>('[data-pane="bytes"] [tabindex="0"]')?.focus(),
    });
  const cellProps = (cellRow: number, column: number) => ({
    tabIndex: cellRow === row && column === at ? 0 : -1,
    'data-cell': `${cellRow}:${column}`,
    'aria-selected': column === at,
    onClick: () => moveTo(cellRow, column),
  });

  return (
    <section className="pane journey-pane" aria-label="Journey" data-pane="journey">
      <header className="pane-head">
        <h2>Journey {detail.id}</h2>
        <span className="journey-flow mono">
          {detail.protocol} {detail.source} {detail.destination !== '' && `→ ${detail.destination}`}
        </span>
      </header>
      <div className="pane-body">
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
            {rows.map((line, index) => (
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
            ))}
          </tbody>
        </table>
        <p className={`verdict tone-${verdict.tone}`}>{verdict.text}</p>
        {detail.diagnosis !== '' && <p className="verdict">{detail.diagnosis}</p>}
        {detail.links.length > 0 && <Links links={detail.links} />}
        {detail.omitted > 0 && (
          <p className="verdict muted">{detail.omitted} more events of this journey are not shown.</p>
        )}
      </div>
    </section>
  );
}

/** The same packet in another sk_buff: each leads to the other journey, where it is known which. */
function Links({ links }: { readonly links: JourneyDetail['links'] }) {
  const session = useSession();
  return (
    <ul className="journey-links" aria-label="The same packet in other journeys">
      {links.map((link, i) => {
        const { journey } = link;
        const id = parseJourneyId(link.id);
        const words = `${link.direction} ${link.kind}`;
        return (
          <li key={`${link.direction}-${link.kind}-${link.id}-${i}`}>
            {journey === null || id === null ? (
              words
            ) : (
              <button className="link" onClick={() => session.select(journey, id)}>
                {words}: journey {link.id}
              </button>
            )}{' '}
            <span className="muted">
              {link.known}: {link.evidence}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
