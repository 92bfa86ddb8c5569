/** Events of the store as the flyweights that a diagnosis is made of. */
import { OFFSET_UNSET, type Sighting } from '#core/diagnosis/sighting.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, RECORD, type EventChunk } from './event-columns.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

export function fillSighting(store: CaptureStore, event: number, out: Sighting): void {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const offsets = chunk.record(row, RECORD.macData);
  const area = chunk.area[row]!;
  out.place = store.hops.places[chunk.hop[row]!]!;
  out.skbHi = chunk.record(row, RECORD.skbHi);
  out.skbLo = chunk.record(row, RECORD.skbLo);
  out.headHi = chunk.record(row, RECORD.headHi);
  out.headLo = chunk.record(row, RECORD.headLo);
  out.mac = offsets & OFFSET_UNSET;
  out.data = offsets >>> 16;
  const networkFlags = chunk.record(row, RECORD.networkFlags);
  out.network = networkFlags & 0xffff;
  out.flags = networkFlags >>> 16;
  const protocolVlan = chunk.record(row, RECORD.protocolVlan);
  out.protocol = protocolVlan & 0xffff;
  out.vlanTci = protocolVlan >>> 16;
  out.metaState = chunk.metaState[row]!;
  out.metaLen = chunk.metaLength[row]!;
  out.operations = store.operations.of(event);
  out.bytes = area === 0 ? null : store.areas.page(area);
  out.start = area === 0 ? 0 : store.areas.start(area);
}

/** It says whether the packet had metadata: recorded, and `none` or `present`. */
export function isTelling(chunk: EventChunk, row: number): boolean {
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return false;
  return chunk.metaState[row] === META_STATE.none || chunk.metaState[row] === META_STATE.present;
}

/**
 * The latest event of the journey that arrived before event number `event` and is telling; -1 = none. Looks
 * at the first `limit` events of the journey.
 */
export function tellingBefore(
  store: CaptureStore,
  journey: number,
  event: number,
  limit = MAX_JOURNEY_EVENTS,
): number {
  let found = -1;
  let next = store.journeys.word(journey, JOURNEY.first);
  const count = Math.min(store.journeys.word(journey, JOURNEY.count), limit);
  for (let i = 0; i < count && next < event; i++) {
    const chunk = store.events.chunk(next);
    const row = next & CHUNK_MASK;
    if (isTelling(chunk, row)) found = next;
    next = chunk.next[row]!;
    if (next === 0) break;
  }
  return found;
}
