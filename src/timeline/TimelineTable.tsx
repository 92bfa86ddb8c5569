/** The numbers of the timeline for screen readers, in fewer steps. */
import { memo, useMemo } from 'react';
import type { Gap, TimelineBins } from '#workers/api.ts';
import { printDuration } from '#src/list/print.ts';
import { gapSpans } from './gaps.ts';
import { tableOf, type Row } from './rows.ts';
import { lengthOf, type Span } from './view.ts';

const TABLE_ROWS = 24;

interface TableProps {
  readonly bins: TimelineBins;
  readonly rows: readonly Row[];
  readonly gaps: readonly Gap[];
  readonly view: Span;
  /** Of the capture: what times are since. */
  readonly start: bigint;
}

export const TimelineTable = memo(function TimelineTable({ bins, rows, gaps, view, start }: TableProps) {
  const columns = useMemo(
    () => [
      ...rows.slice(0, 1).map(({ label, counts }) => ({ label, counts })),
      { label: 'with metadata', counts: bins.withMetadata },
      ...(bins.listed === null ? [] : [{ label: 'of journeys that pass the filter', counts: bins.listed }]),
      ...rows.slice(1).map(({ kind, label, counts }) => ({
        label: kind === 'value' ? `${bins.tlv?.name ?? ''} ${label}` : label,
        counts,
      })),
    ],
    [bins, rows],
  );
  const lines = useMemo(
    () =>
      tableOf(
        bins,
        columns.map(({ counts }) => counts),
        TABLE_ROWS,
      ),
    [bins, columns],
  );
  const length = Number(lengthOf(view));
  return (
    <div className="hidden-text">
      <table aria-label="Timeline as a table">
        <thead>
          <tr>
            <th scope="col">from</th>
            {columns.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ fromNs, counts }) => (
            <tr key={fromNs.toString()}>
              <th scope="row">{printDuration(Number(fromNs - start))}</th>
              {counts.map((count, i) => (
                <td key={columns[i]?.label}>{count}</td>
              ))}
            </tr>
          ))}
          {gapSpans(gaps, view).map((gap) => (
            <tr key={`gap-${gap.key}`}>
              <th scope="row">gap at {printDuration(Number(view.from - start) + length * gap.from)}</th>
              <td colSpan={columns.length}>
                {gap.asked ? 'nothing was captured' : `${gap.count ?? 'unknown number of'} events missed`}:{' '}
                {gap.causes.join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});
