import type { CaptureStore } from '#core/store/capture-store.ts';
import { eventDiagnosis } from '#core/store/event-diagnosis.ts';
import { linksAt } from '#core/store/journey-links.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import type { EventFacts } from './event-object.ts';

/**
 * What is told of event number `event` from it and the events that arrived before it, which is all that a stream
 * has: the page, which has the whole journey, orders it by time first. `before`: the latest of its journey that says
 * whether it had metadata; -1 = none.
 */
export function diagnosisAt(
  store: CaptureStore,
  event: number,
  journey: number,
  before: number,
  recorded: boolean,
): Pick<EventFacts, 'diagnosis' | 'links'> {
  const first = store.journeys.word(journey, JOURNEY.first) === event;
  return {
    diagnosis: recorded ? eventDiagnosis(store, event, before) : null,
    links: first ? linksAt(store, journey, event) : [],
  };
}
