import { HOP_STATE } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type Harm, type ListFilter } from './view.ts';

export const NO_FILTER: ListFilter = { hop: null, metadata: null, harm: null };

export function isNoFilter(filter: ListFilter): boolean {
  return filter.hop === null && filter.metadata === null && filter.harm === null;
}

/**
 * Whether a journey passes, by what is known of it now. With a hop, all parts must hold there, though
 * not at the same event of it; the first MAX_JOURNEY_EVENTS events of the journey decide.
 */
export function passes(store: CaptureStore, journey: number, filter: ListFilter): boolean {
  if (filter.hop !== null) return passesAt(store, journey, filter, filter.hop);
  const flags = store.journeys.word(journey, JOURNEY.flags);
  if (filter.harm === 'lost' && (flags & JOURNEY_BIT.lost) === 0) return false;
  if (filter.harm !== null && filter.harm !== 'lost' && !cameTo(store, journey, filter.harm)) return false;
  if (filter.metadata === null) return true;
  return (filter.metadata === 'with') === ((flags & JOURNEY_BIT.metadata) !== 0);
}

/** Whether any event of the journey is in this state. */
function cameTo(store: CaptureStore, journey: number, harm: Harm): boolean {
  const { events, journeys } = store;
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (isHarmed(chunk, row, harm)) return true;
    event = chunk.next[row]!;
  }
  return false;
}

function isHarmed(chunk: EventChunk, row: number, harm: Harm): boolean {
  if (harm === 'lost') return (chunk.flags[row]! & EVENT_BIT.lost) !== 0;
  return chunk.state[row] === HOP_STATE[harm];
}

function passesAt(store: CaptureStore, journey: number, filter: ListFilter, hop: number): boolean {
  const { events, journeys } = store;
  let metadata = filter.metadata === null;
  let harmed = filter.harm === null;
  let seen = false;
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (chunk.hop[row] === hop) {
      seen = true;
      metadata ||= (filter.metadata === 'with') === (chunk.metaState[row] === META_STATE.present);
      harmed ||= filter.harm !== null && isHarmed(chunk, row, filter.harm);
      if (metadata && harmed) return true;
    }
    event = chunk.next[row]!;
  }
  return seen && metadata && harmed;
}
