/**
 * One journey: when, which, how it fared at every hop, and what it carried. A line of padded monospace text, because
 * a grid of cells that each cut their own text is what a following list would spend its time on.
 */
import { memo } from 'react';
import type { JourneyRows } from '#workers/api.ts';
import { cellText, fit, type Template } from './columns.ts';
import type { CellStrip } from './strip.ts';

interface Props {
  readonly rows: JourneyRows;
  readonly at: number;
  readonly y: number;
  readonly selected: boolean;
  readonly marked: boolean;
  readonly startNs: string;
  readonly tlvNames: readonly string[];
  readonly strip: CellStrip;
  readonly template: Template;
  /** Column that the keyboard is at, in the selected row; -1 = none. */
  readonly cursor: number;
  readonly onSelect: (journey: number, hi: number, lo: number) => void;
}

function Row(props: Props) {
  const { rows, at, y, selected, marked, startNs, tlvNames, strip, template, cursor, onSelect } = props;
  const journey = rows.journey[at] ?? 0;
  const hi = rows.idHi[at] ?? 0;
  const lo = rows.idLo[at] ?? 0;
  return (
    <div
      className="list-row"
      role="row"
      id={`journey-${journey}`}
      data-at={at}
      data-marked={marked}
      aria-rowindex={rows.from + at + 2}
      aria-selected={selected}
      style={{ top: y }}
      onClick={() => onSelect(journey, hi, lo)}
    >
      {template.columns.map(({ name }, i) => {
        const here = {
          id: i === cursor ? cellId(journey, i) : undefined,
          'data-cursor': i === cursor || undefined,
        };
        if (name === 'path') {
          return (
            <span
              role="gridcell"
              key={i}
              data-column={i}
              className="cells"
              aria-label={strip.story.replaceAll('\n', ', ')}
              {...here}
            >
              <i style={{ backgroundImage: strip.background }} aria-hidden="true">
                {strip.signs}
              </i>
            </span>
          );
        }
        const text = cellText(rows, at, name, startNs, tlvNames);
        const chars = template.chars[i] ?? null;
        return (
          <span
            role="gridcell"
            key={i}
            data-column={i}
            className={name === 'info' ? 'muted' : undefined}
            {...here}
          >
            {name === 'time' && chars !== null ? text.padStart(chars) : fit(text, chars)}
          </span>
        );
      })}
    </div>
  );
}

export function cellId(journey: number, column: number): string {
  return `journey-${journey}-${column}`;
}

/** Rows come anew with every Update; most of them say what they said before. */
function sameRow(before: Props, after: Props): boolean {
  if (
    before.y !== after.y ||
    before.selected !== after.selected ||
    before.marked !== after.marked ||
    before.startNs !== after.startNs ||
    before.strip !== after.strip ||
    before.template !== after.template ||
    before.cursor !== after.cursor ||
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
    a.columns.length === b.columns.length &&
    a.info[at] === b.info[at] &&
    a.source[at] === b.source[at] &&
    a.destination[at] === b.destination[at] &&
    a.tlv.every((column, i) => column[at] === b.tlv[i]?.[at]) &&
    a.columns.every((column, i) => column[at] === b.columns[i]?.[at])
  );
}

export const ListRow = memo(Row, sameRow);
