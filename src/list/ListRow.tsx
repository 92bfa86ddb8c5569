/** One journey: when, which, how it fared at every hop, and what it carried. */
import { memo } from 'react';
import { PROTOCOL_NAMES } from '#core/dissect/types.ts';
import type { JourneyRows } from '#workers/api.ts';
import { printJourneyId } from '#src/state/link.ts';
import { lookOf } from './cell.ts';
import { printAbsoluteParts, printRelative } from './print.ts';

/** A hop as a column of cells: which cell of the row it is, and what it is called. */
export interface CellColumn {
  readonly index: number;
  readonly label: string;
  readonly newGroup: boolean;
}

interface Props {
  readonly rows: JourneyRows;
  readonly at: number;
  readonly y: number;
  readonly selected: boolean;
  readonly startNs: string;
  readonly columns: readonly CellColumn[];
  readonly columnsCss: string;
  readonly onSelect: (journey: number, hi: number, lo: number) => void;
}

export const ListRow = memo(function ListRow(props: Props) {
  const { rows, at, y, selected, startNs, columns, columnsCss, onSelect } = props;
  const row = rows.from + at;
  const journey = rows.journey[at] ?? 0;
  const hi = rows.idHi[at] ?? 0;
  const lo = rows.idLo[at] ?? 0;
  const timeHi = rows.timeHi[at] ?? 0;
  const timeLo = rows.timeLo[at] ?? 0;
  const cells = columns.map((column) => ({
    ...column,
    look: lookOf(rows.cells[at * rows.hops + column.index] ?? 0),
  }));
  const story = cells
    .filter((cell) => cell.look.className !== 'c-not')
    .map((cell) => `${cell.label}: ${cell.look.name}`)
    .join('\n');
  return (
    <div
      className="list-row"
      role="row"
      id={`journey-${journey}`}
      aria-rowindex={row + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${y}px)`, gridTemplateColumns: columnsCss }}
      onClick={() => onSelect(journey, hi, lo)}
    >
      <span role="gridcell" title={printAbsoluteParts(timeHi, timeLo)} className="right">
        {printRelative(timeHi, timeLo, startNs)}
      </span>
      <span role="gridcell">{printJourneyId({ hi, lo })}</span>
      <span role="gridcell" className="cells" title={story} aria-label={story.replaceAll('\n', ', ')}>
        {cells.map((cell) => (
          <i
            key={cell.index}
            className={`cell ${cell.look.className}${cell.newGroup ? ' cell-group' : ''}`}
            aria-hidden="true"
          />
        ))}
      </span>
      <span role="gridcell">{PROTOCOL_NAMES[rows.protocol[at] ?? 0]}</span>
      <span role="gridcell" title={rows.source[at]}>
        {rows.source[at]}
      </span>
      <span role="gridcell" title={rows.destination[at]}>
        {rows.destination[at]}
      </span>
      {rows.tlv.map((column, i) => (
        <span role="gridcell" key={i} title={column[at]} className="tlv">
          {column[at]}
        </span>
      ))}
      <span role="gridcell" title={rows.info[at]} className="muted">
        {rows.info[at]}
      </span>
    </div>
  );
});
