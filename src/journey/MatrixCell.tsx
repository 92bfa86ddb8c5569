/** One cell of the matrix: what its TLV or fact was there, and at which places beside the area. */
import type { HTMLAttributes } from 'react';
import { valueProps } from '#src/keys/focused-value.ts';
import type { MatrixCellView, MatrixRow } from './matrix.ts';
import { PlaceMark } from './Ways.tsx';
import type { Mark, Way } from './ways.ts';

interface Props {
  readonly cell: MatrixCellView;
  /** Of all columns, those behind the hops as well. */
  readonly column: number;
  readonly row: MatrixRow;
  readonly chosen: boolean;
  /** Of a map or a socket, not of a hop. */
  readonly isBeyond?: boolean;
  /** The first of another journey. */
  readonly isPart?: boolean;
  readonly props?: HTMLAttributes<HTMLTableCellElement>;
}

const NO_MARKS: readonly Mark[] = [];

export function MatrixCell({ cell, column, row, chosen, isBeyond = false, isPart = false, props }: Props) {
  const marks = row.way?.marks.get(column) ?? NO_MARKS;
  const title = [...(cell.text === '' && marks.length > 0 ? [] : [cell.title]), ...marks.map((m) => m.title)];
  return (
    <td
      role="gridcell"
      className={`tone-${cell.tone}${chosen ? ' chosen' : ''}${isBeyond ? ' beyond' : ''}${isPart ? ' part-from' : ''}${wayClass(row.way, column)}`}
      title={title.join('\n')}
      aria-label={title.join('; ')}
      {...props}
      {...(row.field === undefined || cell.value === undefined ? {} : valueProps(row.field, cell.value))}
    >
      {cell.text}
      {marks.map((mark, i) => (
        <span key={i} className="cell-place">
          {/* In the area the cell itself says the value. */}
          {cell.text === '' && <span className="place-value">{mark.value}</span>}
          {cell.text === '' ? ' ' : '\u2002'}
          <PlaceMark where={mark.where} known={mark.known} />
        </span>
      ))}
    </td>
  );
}

function wayClass(way: Way | undefined, column: number): string {
  if (way === undefined || column < way.from || column > way.to) return '';
  const end = column === way.from ? ' way-from' : column === way.to ? ' way-to' : '';
  return ` way${end}`;
}
