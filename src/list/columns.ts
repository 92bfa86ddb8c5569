/** The columns of the list: which there are, what they say, and how wide they are: as their values, within bounds. Pure. */
import { PROTOCOL_NAMES } from '#core/dissect/types.ts';
import type { Hop, JourneyRows } from '#workers/api.ts';
import { groupKey, kernelOrder } from '#src/path/lanes.ts';
import { firstColumns } from '#src/state/first-columns.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import type { ColumnRef } from '#src/state/link-state.ts';
import { printRelative } from './print.ts';
import { placesOf } from './strip.ts';

/** A hop as a column of cells: which cell of the row it is, and what it is called. */
export interface CellColumn {
  readonly index: number;
  readonly label: string;
  readonly newGroup: boolean;
}

/** One column. `path` is drawn, all others are text. */
export interface ListColumn {
  /** As the link has it: a field of the filter language, or path, source, destination, info. */
  readonly name: string;
  readonly title: string;
  /** Field of the filter language that it is sorted and filtered by; null = none. */
  readonly field: string | null;
  /** Characters, for monospace text; null = as wide as its values. */
  readonly chars: number | null;
  readonly least: number;
  readonly most: number;
}

const TLV_PREFIX = 'tlv.';
const MAX_ADDRESS_CHARS = 28;
const MAX_TLV_CHARS = 18;
const MAX_FIELD_CHARS = 48;
const MAX_ID_CHARS = 20;
/** `ICMPv6` */
const PROTOCOL_CHARS = 6;
/** Behind the last column there is room for it; between others it is cut. */
const INFO_CHARS = 24;

/** Columns that are no field of the filter language, with the field that comes nearest. */
export const OWN_COLUMNS: ReadonlyMap<string, { readonly field: string | null; readonly text: string }> =
  new Map([
    ['path', { field: null, text: 'how it fared at every hop' }],
    ['source', { field: 'ip.src', text: 'address and port of the sender' }],
    ['destination', { field: 'ip.dst', text: 'address and port of the receiver' }],
    ['info', { field: null, text: 'TCP flags, VLAN, where it was dropped' }],
  ]);

function columnOf({ name, chars }: ColumnRef): ListColumn {
  const own = OWN_COLUMNS.get(name);
  const bounds = (least: number, most: number) => ({ name, chars, least, most });
  switch (name) {
    case 'time':
      return { ...bounds(8, 24), title: 'time s', field: 'time' };
    case 'journey':
      return { ...bounds(7, MAX_ID_CHARS), title: 'journey', field: 'journey' };
    case 'proto':
      return { ...bounds(PROTOCOL_CHARS, PROTOCOL_CHARS), title: 'proto', field: 'proto' };
    case 'source':
    case 'destination':
      return { ...bounds(11, MAX_ADDRESS_CHARS), title: name, field: own?.field ?? null };
    case 'info':
      return { ...bounds(4, INFO_CHARS), title: 'info', field: null };
    case 'path':
      return { ...bounds(0, 0), title: 'path', field: null };
    default: {
      const isTlv = name.startsWith(TLV_PREFIX);
      const title = isTlv ? name.slice(TLV_PREFIX.length) : name;
      return {
        ...bounds(Math.max(4, title.length), isTlv ? Math.max(MAX_TLV_CHARS, title.length) : MAX_FIELD_CHARS),
        title,
        field: name,
      };
    }
  }
}

export function listColumns(
  chosen: readonly ColumnRef[] | null,
  tlvNames: readonly string[],
): readonly ListColumn[] {
  return (chosen ?? firstColumns(tlvNames)).map(columnOf);
}

/** What a row says in a column; '' = nothing. Of `path`, which is drawn, nothing. */
export function cellText(
  rows: JourneyRows,
  at: number,
  name: string,
  startNs: string,
  tlvNames: readonly string[],
): string {
  switch (name) {
    case 'time':
      return printRelative(rows.timeHi[at] ?? 0, rows.timeLo[at] ?? 0, startNs);
    case 'journey':
      return printJourneyId({ hi: rows.idHi[at] ?? 0, lo: rows.idLo[at] ?? 0 });
    case 'path':
      return '';
    case 'proto':
      return PROTOCOL_NAMES[rows.protocol[at] ?? 0] ?? '';
    case 'source':
      return rows.source[at] ?? '';
    case 'destination':
      return rows.destination[at] ?? '';
    case 'info':
      return rows.info[at] ?? '';
    default: {
      const column = name.startsWith(TLV_PREFIX)
        ? rows.tlv[tlvNames.indexOf(name.slice(TLV_PREFIX.length))]
        : rows.columns[rows.fields.indexOf(name)];
      return column?.[at] ?? '';
    }
  }
}

/** Characters of each column, as wide as the widest value so far. */
export type Widths = readonly number[];

/** Never narrower than before: columns do not dance while rows pass. Returns `before` itself when nothing grew. */
export function growWidths(
  before: Widths,
  columns: readonly ListColumn[],
  rows: JourneyRows,
  startNs: string,
  tlvNames: readonly string[],
): Widths {
  const after = columns.map(({ name, chars, least, most }, i) => {
    if (chars !== null) return chars;
    let width = Math.max(least, before[i] ?? 0);
    // Ids and times only grow.
    const first = name === 'time' || name === 'journey' ? Math.max(0, rows.count - 1) : 0;
    for (let at = first; at < rows.count && width < most; at++) {
      width = Math.min(most, Math.max(width, cellText(rows, at, name, startNs, tlvNames).length));
    }
    return width;
  });
  return after.length === before.length && after.every((width, i) => width === before[i]) ? before : after;
}

/** As in list.css. */
const COLUMN_GAP_PX = 10;
const STRIP_PX = 126;
const MIN_STRIP_PX = 34;
const MAX_PITCH_PX = 8;
const MIN_INFO_PX = 160;

/** Digits before the point of the longest relative time, the point and six decimals. */
export function timeChars(startNs: string, endNs: string): number {
  const span = startNs === '' || endNs === '' ? 0n : BigInt(endNs) - BigInt(startNs);
  return Math.max(8, (span / 1_000_000_000n).toString().length + 7);
}

/** Width of a place in the strip of cells, its gap included. */
export function cellPitch(columns: readonly CellColumn[]): number {
  return Math.max(3, Math.min(MAX_PITCH_PX, Math.floor(STRIP_PX / Math.max(1, placesOf(columns)))));
}

/** The columns in px and characters. Rows are lines of padded monospace text: nothing is measured. */
export interface Template {
  readonly columns: readonly ListColumn[];
  /** Characters of each; of `info` at the end none: it takes the rest. */
  readonly chars: readonly (number | null)[];
  readonly stripPx: number;
  /** CSS width of a row, its info left out. */
  readonly width: string;
}

/** Of the sign of the order, and the blank before it. */
export const SORTED_CHARS = 2;

/**
 * `timeWidth`: of times of the whole capture, so that the column stays as it is. `sorted`: the field that the list is in order
 * of, null = none; its column has room for the sign.
 */
export function templateOf(
  columns: readonly ListColumn[],
  widths: Widths,
  timeWidth: number,
  cells: readonly CellColumn[],
  sorted: string | null = null,
): Template {
  const stripPx = Math.max(MIN_STRIP_PX, placesOf(cells) * cellPitch(cells));
  const chars = columns.map(({ name, chars: chosen, least, title, field }, i) => {
    if (name === 'info' && i === columns.length - 1) return null;
    const width = widths[i] ?? least;
    if (chosen !== null) return width;
    const wide = name === 'time' ? Math.max(width, timeWidth) : width;
    return field !== null && field === sorted ? Math.max(wide, title.length + SORTED_CHARS) : wide;
  });
  const sum = chars.reduce<number>((total, width) => total + (width ?? 0), 0);
  const strip = columns.some(({ name }) => name === 'path') ? stripPx : 0;
  const rest = chars.includes(null) ? MIN_INFO_PX : 0;
  return {
    columns,
    chars,
    stripPx,
    width: `calc(${sum}ch + ${(chars.length + 1) * COLUMN_GAP_PX + strip + rest}px)`,
  };
}

/** A value as wide as its column: padded, or cut with an ellipsis. null: as it is. */
export function fit(value: string, chars: number | null): string {
  if (chars === null) return value;
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
