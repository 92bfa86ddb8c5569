/**
 * Where journeys lose their metadata: the first event without any after one with. Kept while events
 * arrive (EVENT_BIT.lost, Hop.metadataLost), so that the path and the filter need no second pass.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

/** Takes in an event with a record that is the newest of its journey by arrival and by time. */
export function trackLoss(
  store: CaptureStore,
  chunk: EventChunk,
  row: number,
  j: Uint32Array,
  jAt: number,
): void {
  const at = jAt + JOURNEY.flags;
  const flags = j[at]!;
  switch (chunk.metaState[row]) {
    case META_STATE.present:
      j[at] = flags | JOURNEY_BIT.metadata | JOURNEY_BIT.metadataNow;
      return;
    case META_STATE.none:
      if ((flags & JOURNEY_BIT.metadataNow) === 0) return;
      if ((flags & JOURNEY_BIT.lost) === 0 || !hasLostAt(store, chunk.journey[row]!, chunk.hop[row]!)) {
        store.hops.metadataLost[chunk.hop[row]!]!++;
      }
      chunk.flags[row]! |= EVENT_BIT.lost;
      j[at] = (flags & ~JOURNEY_BIT.metadataNow) | JOURNEY_BIT.lost;
      return;
    default:
      j[at] = flags | JOURNEY_BIT.unreadable;
  }
}

/**
 * An event arrived that is older than one before it: tells anew where this journey lost its metadata.
 * Journeys longer than MAX_JOURNEY_EVENTS are followed in order of arrival from there on.
 */
export function reorderLoss(store: CaptureStore, journey: number): void {
  const { events, journeys, hops } = store;
  const j = journeys.rows(journey);
  const jAt = journeys.at(journey);
  if (j[jAt + JOURNEY.count]! > MAX_JOURNEY_EVENTS) {
    const last = j[jAt + JOURNEY.last]!;
    const chunk = events.chunk(last);
    if ((chunk.flags[last & CHUNK_MASK]! & EVENT_BIT.recorded) !== 0) {
      trackLoss(store, chunk, last & CHUNK_MASK, j, jAt);
    }
    return;
  }
  const numbers = journeyEvents(store, journey);
  const cleared = new Set<number>();
  const told = new Set<number>();
  for (const event of numbers) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.lost) === 0) continue;
    chunk.flags[row]! &= ~EVENT_BIT.lost;
    told.add(event);
    cleared.add(chunk.hop[row]!);
  }
  for (const hop of cleared) hops.metadataLost[hop]!--;
  j[jAt + JOURNEY.flags]! &= ~(
    JOURNEY_BIT.metadata |
    JOURNEY_BIT.metadataNow |
    JOURNEY_BIT.lost |
    JOURNEY_BIT.unreadable
  );
  for (const event of numbers) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.recorded) !== 0) trackLoss(store, chunk, row, j, jAt);
    const isLost = (chunk.flags[row]! & EVENT_BIT.lost) !== 0;
    if (isLost !== told.has(event) && event !== j[jAt + JOURNEY.last]) store.retoldLosses.turn(event);
  }
}

/** Whether the first events of a journey have a loss at this hop. */
export function hasLostAt(store: CaptureStore, journey: number, hop: number): boolean {
  const { events, journeys } = store;
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (chunk.hop[row] === hop && (chunk.flags[row]! & EVENT_BIT.lost) !== 0) return true;
    event = chunk.next[row]!;
  }
  return false;
}
