/** Whether the metadata of a journey came to harm at some hop: HARMS of view.ts. */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { HARMS, MAX_JOURNEY_EVENTS } from '#core/store/view.ts';

/** `lost` is a bit of the journey; the others are states of its events. */
const STATES: ReadonlySet<number> = new Set(HARMS.map((harm) => HOP_STATE[harm]));

export function isHarmed(store: CaptureStore, journey: number): boolean {
  const { events, journeys } = store;
  if ((journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.lost) !== 0) return true;
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (STATES.has(chunk.state[row]!)) return true;
    event = chunk.next[row]!;
  }
  return false;
}
