/**
 * What a journey says of a field: the values at its events, each once, in order of arrival; or one value, of a field of the
 * journey as a whole. Columns of the list, groups, and what journeys have in common are made of these.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { EventChunk } from '#core/store/event-columns.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { MAX_JOURNEY_EVENTS } from '#core/store/view.ts';
import type { Field } from './field.ts';
import { isJourneyField, type JourneyField } from './journeys.ts';

export interface JourneyValues {
  readonly name: string;
  /**
   * A number for each value; the same one may come again. `at`: number of the event, in order of arrival; -1 = of the
   * journey as a whole.
   */
  each(journey: number, add: (key: number, at: number) => void): void;
  text(key: number): string;
}

/** Calls back for the first events of a journey to arrive, at most MAX_JOURNEY_EVENTS, in order of time. */
export function eachEvent(
  store: CaptureStore,
  journey: number,
  visit: (chunk: EventChunk, row: number) => void,
): void {
  const { events, journeys } = store;
  if ((journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0) {
    for (const late of journeyEvents(store, journey)) visit(events.chunk(late), late & CHUNK_MASK);
    return;
  }
  let event = journeys.word(journey, JOURNEY.first);
  const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
  for (let i = 0; i < count; i++) {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    visit(chunk, row);
    event = chunk.next[row]!;
  }
}

/** null: its values are nearly all different, or it has none. */
export function journeyValues(store: CaptureStore, field: Field | JourneyField): JourneyValues | null {
  const { name } = field;
  if (isJourneyField(field)) {
    const { number, print } = field;
    if (print === null) return null;
    return { name, each: (journey, add) => add(number(store, journey), -1), text: print };
  }
  const { seen } = field;
  if (seen === null) return null;
  let callback: (key: number, at: number) => void = () => undefined;
  let at = 0;
  const add = (key: number): void => callback(key, at);
  const visit = (chunk: EventChunk, row: number): void => {
    seen.visit(store, chunk, row, add);
    at++;
  };
  return {
    name,
    each: (journey, given) => {
      callback = given;
      at = 0;
      eachEvent(store, journey, visit);
    },
    text: (key) => seen.text(store, key),
  };
}
