/** How a journey fared at each of its events (CELL in view.ts). */
import { HOP_STATE, HOP_STATE_NAMES, type HopStateCode } from '#core/diagnosis/types.ts';
import { createAreaScan, type AreaDecoder, type AreaScan } from '#core/metadata/scan.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { CHUNK_MASK } from './limits.ts';
import { CELL, type Cell } from './view.ts';

/** What a hop that a journey passed more than once shows: the most telling of its cells. */
const RANK: readonly number[] = (() => {
  const order: readonly Cell[] = [
    CELL.notObserved,
    CELL.none,
    CELL.present,
    CELL.moved,
    CELL.unreadable,
    CELL.written,
    CELL.changed,
    CELL.suspect,
    CELL.clobbered,
    CELL.lost,
  ];
  const rank: number[] = [];
  order.forEach((cell, i) => (rank[cell] = i));
  return rank;
})();

export function moreTelling(a: Cell, b: Cell): Cell {
  return RANK[a]! >= RANK[b]! ? a : b;
}

/** By HOP_STATE. */
const CELL_OF_STATE: readonly Cell[] = HOP_STATE_NAMES.map((name) => CELL[name]);

/**
 * One cell for each event of a journey, given in order of time: its state (journey-state.ts). `lost` is the first event
 * without metadata after one with; later ones are `none`. An event whose metadata could not be read, or of a
 * capture that records none, changes nothing for those after it.
 */
export function cellsOf(store: CaptureStore, events: readonly number[]): Cell[] {
  return events.map((event) => {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return CELL.none;
    return CELL_OF_STATE[chunk.state[row]!]!;
  });
}

/**
 * `state` as the schema has it, of an event with area `after` against one with area `before` (0 = none, or not kept):
 * which TLVs there are is the schema's to say, and one more of them, the others as they were, is written, not changed.
 */
export function stateBySchema(
  store: CaptureStore,
  state: HopStateCode,
  before: number,
  after: number,
): HopStateCode {
  if (state !== HOP_STATE.changed || before === 0 || after === 0) return state;
  const { areas, tlvs } = store;
  if (tlvs.isAlike(before, after)) return state;
  const cell = compareTlvs(
    areas.bytes(before),
    tlvs.decoderFor(before),
    areas.bytes(after),
    tlvs.decoderFor(after),
  );
  return cell === CELL.written ? HOP_STATE.written : state;
}

/** What became of the metadata `before`, each area read by its decoder; null = by none. */
export function compareTlvs(
  before: Uint8Array,
  beforeDecoder: AreaDecoder | null,
  after: Uint8Array,
  afterDecoder: AreaDecoder | null,
): Cell {
  if (sameBytes(before, after)) return CELL.present;
  // Where no schema reads an area nobody knows which TLVs it has.
  if (beforeDecoder === null || afterDecoder === null) return CELL.changed;
  scanTlvs(before, beforeDecoder, old);
  scanTlvs(after, afterDecoder, now);
  if (now.count <= old.count) return CELL.changed;
  // Most areas have what they had in the same order, and more behind it.
  let inOrder = true;
  for (let i = 0; i < old.count; i++) {
    inOrder &&= now.type[i] === old.type[i];
    const k = inOrder ? i : counterpart(i);
    if (k < 0 || !isSameSpan(before, i, after, k)) return CELL.changed;
  }
  return CELL.written;
}

const old = createAreaScan();
const now = createAreaScan();

function scanTlvs(bytes: Uint8Array, decoder: AreaDecoder, scan: AreaScan): void {
  scan.count = 0;
  decoder.scan(bytes, 0, bytes.length, scan);
}

/** Of `now`, the TLV of the type of TLV `i` of `old`, and for a type that is there twice as many behind the first; -1 = none. */
function counterpart(i: number): number {
  const type = old.type[i]!;
  let nth = 0;
  for (let k = 0; k < i; k++) if (old.type[k] === type) nth++;
  for (let k = 0; k < now.count; k++) if (now.type[k] === type && nth-- === 0) return k;
  return -1;
}

function isSameSpan(before: Uint8Array, i: number, after: Uint8Array, k: number): boolean {
  const length = old.valueLength[i]!;
  if (now.valueLength[k] !== length) return false;
  const from = old.valueOffset[i]!;
  const to = now.valueOffset[k]!;
  for (let byte = 0; byte < length; byte++) if (before[from + byte] !== after[to + byte]) return false;
  return true;
}
