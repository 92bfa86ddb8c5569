/** What the timeline draws, row by row: from an exact answer of the worker, or from what came along with the Update. Pure. */
import { tlvFieldText } from '#core/query/quote.ts';
import type { Timeline, TimelineBins } from '#workers/api.ts';
import { printMany } from '#src/list/print.ts';

/** As an answer, with only what the Update has. */
export function binsOfUpdate(timeline: Timeline): TimelineBins {
  const { startNs, endNs, events, withMetadata, lost, drops } = timeline;
  const widthNs = events.length === 0 ? 1 : Number((BigInt(endNs) - BigInt(startNs)) / BigInt(events.length));
  return { fromNs: startNs, widthNs, events, withMetadata, lost, drops, listed: null, tlv: null };
}

export interface Row {
  readonly key: string;
  readonly kind: 'events' | 'lost' | 'drops' | 'value';
  readonly label: string;
  /** Of all bins together. */
  readonly total: number;
  readonly counts: Uint32Array;
  readonly top: number;
  readonly height: number;
  /** The expression that passes what the row counts; '' = none. */
  readonly filter: string;
  /** Name of what it counts values of, in the filter language; '' = none. `value` null: of the field alone. */
  readonly field: string;
  readonly value: string | null;
}

export const TOP_PX = 4;
const EVENTS_PX = 34;
const LOW_EVENTS_PX = 28;
const ROW_PX = 13;
const ROW_GAP_PX = 2;
export const AXIS_PX = 14;

const NOT_ASKED = { filter: '', field: '', value: null };

const sum = (counts: Uint32Array): number => counts.reduce((all, count) => all + count, 0);

/** `harmed`: whether the whole capture has losses, and drops: a row does not come and go with the zoom. `low`: the window is. */
export function rowsOf(
  bins: TimelineBins,
  harmed: { lost: boolean; drops: boolean },
  low = false,
): readonly Row[] {
  const rows: Row[] = [];
  let top = TOP_PX;
  const add = (
    kind: Row['kind'],
    label: string,
    counts: Uint32Array,
    { filter, field, value }: Pick<Row, 'filter' | 'field' | 'value'> = NOT_ASKED,
  ) => {
    const height = kind !== 'events' ? ROW_PX : low ? LOW_EVENTS_PX : EVENTS_PX;
    const key = `${kind} ${label}`;
    rows.push({ key, kind, label, total: sum(counts), counts, top, height, filter, field, value });
    top += height + ROW_GAP_PX;
  };
  add('events', 'events', bins.events);
  if (harmed.lost)
    add('lost', 'metadata lost', bins.lost, { filter: 'state == lost', field: 'state', value: 'lost' });
  if (harmed.drops) add('drops', 'dropped', bins.drops, { filter: 'drop', field: 'drop', value: null });
  const field = tlvFieldText(bins.tlv?.name ?? '');
  for (const { value, counts, filter } of bins.tlv?.values ?? [])
    add('value', value, counts, { filter, field, value });
  if (bins.tlv !== null && bins.tlv.otherValues > 0) {
    const { otherValues, others } = bins.tlv;
    add('value', printMany(otherValues, 'other'), others);
  }
  return rows;
}

/** The row at a height of the drawing; undefined = between them. */
export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  return rows.find(({ top, height }) => y >= top && y < top + height);
}

/** Of the drawing, with its axis. */
export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1);
  return (last === undefined ? TOP_PX + EVENTS_PX : last.top + last.height) + AXIS_PX;
}

/** The same numbers in at most `most` rows for a table, neighbours added up. */
export interface TableRow {
  readonly fromNs: bigint;
  readonly counts: readonly number[];
}

export function tableOf(
  bins: TimelineBins,
  columns: readonly Uint32Array[],
  most: number,
): readonly TableRow[] {
  const size = Math.max(1, Math.ceil(bins.events.length / most));
  const rows: TableRow[] = [];
  for (let start = 0; start < bins.events.length; start += size) {
    rows.push({
      fromNs: BigInt(bins.fromNs) + BigInt(start) * BigInt(bins.widthNs),
      counts: columns.map((column) => sum(column.subarray(start, start + size))),
    });
  }
  return rows;
}
