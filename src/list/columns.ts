/** How wide the list's columns are: as wide as the widest value seen so far, within bounds. Pure. */
import type { Hop, JourneyRows } from '#workers/api.ts';
import { groupKey, kernelOrder } from '#src/path/lanes.ts';
import { printJourneyId } from '#src/state/link.ts';
import { placesOf } from './strip.ts';

/** A hop as a column of cells: which cell of the row it is, and what it is called. */
export interface CellColumn {
  readonly index: number;
  readonly label: string;
  readonly newGroup: boolean;
}

/** Characters, for a monospace column. */
export interface Widths {
  readonly time: number;
  readonly id: number;
  readonly source: number;
  readonly destination: number;
  readonly tlv: readonly number[];
}

export const FIRST_WIDTHS: Widths = { time: 8, id: 7, source: 11, destination: 11, tlv: [] };
/** `ICMPv6` */
export const PROTOCOL_CHARS = 6;
/** As in list.css. */
const COLUMN_GAP_PX = 10;
const MAX_ADDRESS_CHARS = 28;
const MAX_TLV_CHARS = 18;
const STRIP_PX = 126;
const MIN_STRIP_PX = 34;
const MAX_PITCH_PX = 8;
const MIN_INFO_PX = 160;

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

/** Width of a place in the strip of cells, its gap included. */
export function cellPitch(columns: readonly CellColumn[]): number {
  return Math.max(3, Math.min(MAX_PITCH_PX, Math.floor(STRIP_PX / Math.max(1, placesOf(columns)))));
}

/** The columns of the list in px and characters. Rows are lines of padded monospace text: nothing is measured. */
export interface Template {
  readonly widths: Widths;
  readonly stripPx: number;
  /** CSS width of a row, its info left out. */
  readonly width: string;
}

export function templateOf(widths: Widths, columns: readonly CellColumn[]): Template {
  const stripPx = Math.max(MIN_STRIP_PX, placesOf(columns) * cellPitch(columns));
  const chars = [widths.time, widths.id, PROTOCOL_CHARS, widths.source, widths.destination, ...widths.tlv];
  const sum = chars.reduce((total, width) => total + width, 0);
  return {
    widths,
    stripPx,
    width: `calc(${sum}ch + ${(chars.length + 1) * COLUMN_GAP_PX + stripPx + MIN_INFO_PX}px)`,
  };
}

/** A value as wide as its column: padded, or cut with an ellipsis. */
export function fit(value: string, chars: number): string {
  return value.length > chars ? `${value.slice(0, Math.max(0, chars - 1))}…` : value.padEnd(chars);
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
