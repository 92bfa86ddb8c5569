/**
 * The latest event that says whether its packet had metadata, of journeys where events that do not say it came
 * after it: few have such events, so only those are here.
 */
import type { CaptureStore } from './capture-store.ts';
import { CHUNK_MASK, MAX_TELLING } from './limits.ts';
import { isTelling, tellingBefore } from './sighting-of.ts';

export class LatestTelling {
  private readonly events = new Map<number, number>();

  /** An event that is not telling follows event number `last` of the journey. */
  passOver(store: CaptureStore, journey: number, last: number): void {
    if (!isTelling(store.events.chunk(last), last & CHUNK_MASK)) return;
    if (this.events.size < MAX_TELLING || this.events.has(journey)) this.events.set(journey, last);
  }

  /**
   * The one before event number `event`, whose predecessor by arrival is not telling; -1 = none. Of journeys beyond
   * MAX_TELLING one among the first MAX_JOURNEY_EVENTS.
   */
  before(store: CaptureStore, journey: number, event: number): number {
    return this.events.get(journey) ?? tellingBefore(store, journey, event);
  }
}
