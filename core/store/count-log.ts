/**
 * What hooks counted that are shown no packet, as the capture's counts blocks tell. Counts are sums since the start of
 * a run, so the last block of each run stands for all of it.
 */
import * as L from '#core/format/layout.gen.ts';
import { decodeCString } from '#core/pcapng/text.ts';
import type { Counted } from './view.ts';

/** More rows than this in one block are not read: the probe writes at most 1216. */
export const MAX_COUNTED_ROWS = 4096;
/** Runs of one capture whose counts are kept. */
export const MAX_COUNTED_RUNS = 64;

const NAME_BYTES = 16;
const NOTHING: readonly Counted[] = [];

interface Row extends Counted {
  readonly hop: number;
}

export class CountLog {
  private readonly runs = new Map<number, readonly Row[]>();
  /** null: not summed since a block came. */
  private byHop: ReadonlyMap<number, readonly Counted[]> | null = null;

  /**
   * Takes in the body of a counts block of a run. `hopOf`: the hop of a device and hook, null = there is none. null, or
   * what is wrong with the block, in a few words.
   */
  add(body: Uint8Array, run: number, hopOf: (ifindex: number, hook: number) => number | null): string | null {
    if (!this.runs.has(run) && this.runs.size >= MAX_COUNTED_RUNS)
      return `of more than ${MAX_COUNTED_RUNS} runs`;
    const rows = readRows(body, hopOf);
    if (typeof rows === 'string') return rows;
    this.runs.set(run, rows);
    this.byHop = null;
    return null;
  }

  /** Of a hop, the most frequent kind first. */
  of(hop: number): readonly Counted[] {
    this.byHop ??= sumsOf([...this.runs.values()].flat());
    return this.byHop.get(hop) ?? NOTHING;
  }
}

function readRows(
  body: Uint8Array,
  hopOf: (ifindex: number, hook: number) => number | null,
): readonly Row[] | string {
  if (body.length < L.COUNTS_SIZE) return `${body.length} bytes, less than ${L.COUNTS_SIZE}`;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(L.COUNTS_COUNT, true);
  const rowBytes = view.getUint16(L.COUNTS_ROW_LEN, true);
  if (count > MAX_COUNTED_ROWS) return `more than ${MAX_COUNTED_ROWS} rows`;
  const short = count > 0 && rowBytes < L.COUNTED_SIZE;
  if (short || L.COUNTS_SIZE + count * rowBytes > body.length) return 'shorter than it says';
  const rows: Row[] = [];
  for (let i = 0, at = L.COUNTS_SIZE; i < count; i++, at += rowBytes) {
    const u32 = (offset: number): number => view.getUint32(at + offset, true);
    const hop = hopOf(u32(L.COUNTED_IFINDEX), view.getUint8(at + L.COUNTED_HOOK));
    if (hop === null) return 'it counts at an interface that its section has not declared';
    rows.push({
      hop,
      count: Number(view.getBigUint64(at + L.COUNTED_COUNT, true)),
      program: u32(L.COUNTED_PROGRAM),
      programName: decodeCString(body, at + L.COUNTED_NAME, NAME_BYTES),
      map: u32(L.COUNTED_MAP),
      index: u32(L.COUNTED_INDEX),
      value: u32(L.COUNTED_VALUE),
    });
  }
  return rows;
}

/** The same kind at the same hop is one, whichever run counted it. */
function sumsOf(rows: readonly Row[]): Map<number, readonly Counted[]> {
  const sums = new Map<number, Map<string, Counted>>();
  for (const { hop, ...row } of rows) {
    const kinds = sums.get(hop) ?? new Map<string, Counted>();
    sums.set(hop, kinds);
    const key = [row.program, row.map, row.index, row.value, row.programName].join(' ');
    kinds.set(key, { ...row, count: row.count + (kinds.get(key)?.count ?? 0) });
  }
  return new Map(
    [...sums].map(([hop, kinds]) => [hop, [...kinds.values()].sort((a, b) => b.count - a.count)]),
  );
}
