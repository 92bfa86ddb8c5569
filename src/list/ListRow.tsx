/**
 * One journey: when, which, how it fared at every hop, and what it carried. A line of padded monospace text, because
 * a grid of cells that each cut their own text is what a following list would spend its time on.
 */
import { memo } from 'react';
import { PROTOCOL_NAMES } from '#core/dissect/types.ts';
import type { JourneyRows } from '#workers/api.ts';
import { printJourneyId } from '#src/state/link.ts';
import { fit, PROTOCOL_CHARS, type Template } from './columns.ts';
import { printRelative } from './print.ts';
import type { CellStrip } from './strip.ts';

interface Props {
  readonly rows: JourneyRows;
  readonly at: number;
  readonly y: number;
  readonly selected: boolean;
  readonly startNs: string;
  readonly strip: CellStrip;
  readonly template: Template;
  readonly onSelect: (journey: number, hi: number, lo: number) => void;
}

function Row(props: Props) {
  const { rows, at, y, selected, startNs, strip, template, onSelect } = props;
  const { widths } = template;
  const journey = rows.journey[at] ?? 0;
  const hi = rows.idHi[at] ?? 0;
  const lo = rows.idLo[at] ?? 0;
  const time = printRelative(rows.timeHi[at] ?? 0, rows.timeLo[at] ?? 0, startNs);
  return (
    <div
      className="list-row"
      role="row"
      id={`journey-${journey}`}
      data-at={at}
      aria-rowindex={rows.from + at + 2}
      aria-selected={selected}
      style={{ top: y }}
      onClick={() => onSelect(journey, hi, lo)}
    >
      <span role="gridcell" data-column="time">
        {time.padStart(widths.time)}
      </span>
      <span role="gridcell">{fit(printJourneyId({ hi, lo }), widths.id)}</span>
      <span
        role="gridcell"
        data-column="path"
        className="cells"
        aria-label={strip.story.replaceAll('\n', ', ')}
      >
        <i style={{ backgroundImage: strip.background }} aria-hidden="true">
          {strip.signs}
        </i>
      </span>
      {rows.tlv.map((column, i) => (
        <span role="gridcell" key={i} data-column={i}>
          {fit(column[at] ?? '', widths.tlv[i] ?? 0)}
        </span>
      ))}
      <span role="gridcell">{fit(PROTOCOL_NAMES[rows.protocol[at] ?? 0] ?? '', PROTOCOL_CHARS)}</span>
      <span role="gridcell" data-column="source">
        {fit(rows.source[at] ?? '', widths.source)}
      </span>
      <span role="gridcell" data-column="destination">
        {fit(rows.destination[at] ?? '', widths.destination)}
      </span>
      <span role="gridcell" data-column="info" className="muted">
        {rows.info[at]}
      </span>
    </div>
  );
}

/** Rows come anew with every Update; most of them say what they said before. */
function sameRow(before: Props, after: Props): boolean {
  if (
    before.y !== after.y ||
    before.selected !== after.selected ||
    before.startNs !== after.startNs ||
    before.strip !== after.strip ||
    before.template !== after.template ||
    before.onSelect !== after.onSelect ||
    before.at !== after.at
  ) {
    return false;
  }
  const { rows: a, at } = before;
  const { rows: b } = after;
  if (a === b) return true;
  return (
    a.journey[at] === b.journey[at] &&
    a.from === b.from &&
    a.generation === b.generation &&
    a.tlv.length === b.tlv.length &&
    a.info[at] === b.info[at] &&
    a.source[at] === b.source[at] &&
    a.destination[at] === b.destination[at] &&
    a.tlv.every((column, i) => column[at] === b.tlv[i]?.[at])
  );
}

export const ListRow = memo(Row, sameRow);

/** The whole value of a cell: what a pointer resting on it is shown. Made when asked for, not for every row. */
export function titleOf(rows: JourneyRows, at: number, column: string, absoluteTime: string): string {
  switch (column) {
    case 'time':
      return absoluteTime;
    case 'source':
      return rows.source[at] ?? '';
    case 'destination':
      return rows.destination[at] ?? '';
    case 'info':
      return rows.info[at] ?? '';
    default:
      return rows.tlv[Number(column)]?.[at] ?? '';
  }
}
