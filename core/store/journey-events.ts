/** The events of one journey, in order of time. */
import type { CaptureStore } from './capture-store.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

/**
 * Event numbers of a journey in order of time, equal times in order of arrival. Of a journey longer than
 * `limit` only the first to arrive are given.
 */
export function journeyEvents(store: CaptureStore, journey: number, limit = MAX_JOURNEY_EVENTS): number[] {
  const { events, journeys } = store;
  const count = Math.min(journeys.word(journey, JOURNEY.count), limit);
  const numbers: number[] = [];
  let event = journeys.word(journey, JOURNEY.first);
  for (let i = 0; i < count; i++) {
    numbers.push(event);
    event = events.chunk(event).next[event & CHUNK_MASK]!;
  }
  // Array.prototype.sort is stable, and the order of arrival is nearly always the order of time.
  return numbers.sort((a, b) => events.compareTime(a, b));
}
