import type { CaptureStore } from '#core/store/capture-store.ts';
import { eventDiagnosis } from '#core/store/event-diagnosis.ts';
import { linksAt } from '#core/store/journey-links.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { tellingBefore } from '#core/store/sighting-of.ts';
import type { EventFacts } from './event-object.ts';

/**
 * What is told of event number `event` from it and the events that arrived before it, which is all that a stream
 * has: the page, which has the whole journey, orders it by time first.
 */
export function diagnosisAt(
  store: CaptureStore,
  event: number,
  journey: number,
  recorded: boolean,
): Pick<EventFacts, 'diagnosis' | 'links'> {
  const first = store.journeys.word(journey, JOURNEY.first) === event;
  return {
    diagnosis: recorded ? eventDiagnosis(store, event, tellingBefore(store, journey, event)) : null,
    links: first ? linksAt(store, journey, event) : [],
  };
}
