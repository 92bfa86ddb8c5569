/** How wide the list's columns are: as wide as the widest value seen so far, within bounds. Pure. */
import type { Hop, JourneyRows } from '#workers/api.ts';
import { groupKey, kernelOrder } from '#src/path/layout.ts';
import { printJourneyId } from '#src/state/link.ts';
import type { CellColumn } from './ListRow.tsx';

/** Characters, for a monospace column. */
export interface Widths {
  readonly time: number;
  readonly id: number;
  readonly source: number;
  readonly destination: number;
  readonly tlv: readonly number[];
}

export const FIRST_WIDTHS: Widths = { time: 8, id: 7, source: 11, destination: 11, tlv: [] };
const MAX_ADDRESS_CHARS = 28;
const MAX_TLV_CHARS = 18;
const CELLS_PX = 132;
const MAX_CELL_PX = 8;
const GROUP_GAP_PX = 3;

function widest(values: readonly string[], before: number, most: number): number {
  return values.reduce((width, value) => Math.min(most, Math.max(width, value.length)), before);
}

/** Never narrower than before: columns do not dance while rows pass. Returns `before` itself when nothing grew. */
export function growWidths(before: Widths, rows: JourneyRows, tlvNames: readonly string[]): Widths {
  const last = rows.count - 1;
  const id = last < 0 ? '' : printJourneyId({ hi: rows.idHi[last] ?? 0, lo: rows.idLo[last] ?? 0 });
  const after: Widths = {
    time: before.time,
    id: Math.max(before.id, id.length),
    source: widest(rows.source, before.source, MAX_ADDRESS_CHARS),
    destination: widest(rows.destination, before.destination, MAX_ADDRESS_CHARS),
    tlv: rows.tlv.map((column, i) =>
      widest(column, before.tlv[i] ?? Math.max(4, tlvNames[i]?.length ?? 0), MAX_TLV_CHARS),
    ),
  };
  const same =
    after.id === before.id &&
    after.source === before.source &&
    after.destination === before.destination &&
    after.tlv.length === before.tlv.length &&
    after.tlv.every((width, i) => width === before.tlv[i]);
  return same ? before : after;
}

/** Digits before the point of the longest relative time, the point and six decimals. */
export function timeChars(startNs: string, endNs: string): number {
  const span = startNs === '' || endNs === '' ? 0n : BigInt(endNs) - BigInt(startNs);
  return Math.max(8, (span / 1_000_000_000n).toString().length + 7);
}

export function cellPx(hops: number): number {
  return Math.max(3, Math.min(MAX_CELL_PX, Math.floor(CELLS_PX / Math.max(1, hops))));
}

/** Grid columns and their sum: rows get a definite width, so that no row is measured to lay it out. */
export interface Template {
  readonly columns: string;
  readonly width: string;
}

const CELL_PADDING_PX = 14;
const MIN_INFO_PX = 180;

export function templateOf(widths: Widths, columns: readonly CellColumn[]): Template {
  const groups = columns.filter((column) => column.newGroup).length;
  const cells = Math.max(
    40,
    columns.length * cellPx(columns.length) + groups * GROUP_GAP_PX + CELL_PADDING_PX,
  );
  const before = [widths.time, widths.id];
  const after = [6, widths.source, widths.destination, ...widths.tlv];
  const mono = (chars: number) => `calc(${chars}ch + ${CELL_PADDING_PX}px)`;
  const chars = [...before, ...after].reduce((sum, width) => sum + width, 0);
  const px = (before.length + after.length) * CELL_PADDING_PX + cells + MIN_INFO_PX;
  return {
    columns: [...before.map(mono), `${cells}px`, ...after.map(mono), `minmax(${MIN_INFO_PX}px, 1fr)`].join(
      ' ',
    ),
    width: `calc(${chars}ch + ${px}px)`,
  };
}

/** The cells in the order of the path diagram; hops that saw nothing yet are left out. */
export function cellColumns(hops: readonly Hop[]): readonly CellColumn[] {
  let before = '';
  return kernelOrder(hops)
    .filter((hop) => hop.events > 0)
    .map((hop, position) => {
      const group = groupKey(hop);
      const newGroup = position > 0 && group !== before;
      before = group;
      return { index: hop.index, label: hop.name, newGroup };
    });
}
