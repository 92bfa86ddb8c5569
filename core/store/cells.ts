/** How a journey fared at each of its events (CELL in view.ts). */
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import { createAreaScan, MAX_TLVS, type AreaDecoder } from '#core/metadata/scan.ts';
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
 * One cell for each event of a journey, given in order of time: its state (journey-state.ts), where `changed` is
 * `written` when by the schema there are TLVs more and no other ones. `lost` is the first event without
 * metadata after one with; later ones are `none`. An event whose metadata could not be read, or of a
 * capture that records none, changes nothing for those after it.
 */
export function cellsOf(store: CaptureStore, events: readonly number[]): Cell[] {
  let area = 0;
  return events.map((event) => {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return CELL.none;
    const cell = CELL_OF_STATE[chunk.state[row]!]!;
    const before = area;
    if (chunk.metaState[row] === META_STATE.present) area = chunk.area[row]!;
    if (cell === CELL.changed && compareAreas(store, before, area) === CELL.written) return CELL.written;
    return cell;
  });
}

/** What became of the metadata between two events that have it. Area 0 (bytes not kept) compares as equal. */
export function compareAreas(store: CaptureStore, before: number, after: number): Cell {
  if (before === after || before === 0 || after === 0) return CELL.present;
  const { areas, tlvs } = store;
  return compareTlvs(
    areas.bytes(before),
    tlvs.decoderFor(before),
    areas.bytes(after),
    tlvs.decoderFor(after),
  );
}

/** What became of the metadata `before`, each area read by its decoder; null = by none. */
export function compareTlvs(
  before: Uint8Array,
  beforeDecoder: AreaDecoder | null,
  after: Uint8Array,
  afterDecoder: AreaDecoder | null,
): Cell {
  if (sameValue(before, after)) return CELL.present;
  const old = tlvSpans(before, beforeDecoder);
  const now = tlvSpans(after, afterDecoder);
  let added = false;
  for (const [key, span] of now) {
    const earlier = old.get(key);
    if (earlier === undefined) added = true;
    else if (!sameValue(earlier, span)) return CELL.changed;
  }
  for (const key of old.keys()) if (!now.has(key)) return CELL.changed;
  return added ? CELL.written : CELL.changed;
}

const scan = createAreaScan();

/** Values of the TLVs of an area by type and, for a type that is there twice, by which of them it is. */
function tlvSpans(bytes: Uint8Array, decoder: AreaDecoder | null): Map<number, Uint8Array> {
  const spans = new Map<number, Uint8Array>();
  if (decoder === null) return spans;
  decoder.scan(bytes, 0, bytes.length, scan);
  for (let i = 0; i < scan.count; i++) {
    let key = scan.type[i]! * MAX_TLVS;
    while (spans.has(key)) key++;
    spans.set(key, bytes.subarray(scan.valueOffset[i], scan.valueOffset[i]! + scan.valueLength[i]!));
  }
  return spans;
}

export function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
