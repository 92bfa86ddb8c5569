import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type ListFilter } from './view.ts';

export const NO_FILTER: ListFilter = { hop: null, metadata: null, lost: false };

export function isNoFilter(filter: ListFilter): boolean {
  return filter.hop === null && filter.metadata === null && !filter.lost;
}

/**
 * Whether a journey passes, by what is known of it now. With a hop, all parts must hold there, though
 * not at the same event of it; the first MAX_JOURNEY_EVENTS events of the journey decide.
 */
export function passes(store: CaptureStore, journey: number, filter: ListFilter): boolean {
  if (filter.hop !== null) return passesAt(store, journey, filter, filter.hop);
  const flags = store.journeys.word(journey, JOURNEY.flags);
  if (filter.lost && (flags & JOURNEY_BIT.lost) === 0) return false;
  if (filter.metadata === null) return true;
  return (filter.metadata === 'with') === ((flags & JOURNEY_BIT.metadata) !== 0);
}

function passesAt(store: CaptureStore, journey: number, filter: ListFilter, hop: number): boolean {
  const { events, journeys } = store;
  let metadata = filter.metadata === null;
  let lost = !filter.lost;
  let seen = false;
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (chunk.hop[row] === hop) {
      seen = true;
      metadata ||= (filter.metadata === 'with') === (chunk.metaState[row] === META_STATE.present);
      lost ||= (chunk.flags[row]! & EVENT_BIT.lost) !== 0;
      if (metadata && lost) return true;
    }
    event = chunk.next[row]!;
  }
  return seen && metadata && lost;
}
