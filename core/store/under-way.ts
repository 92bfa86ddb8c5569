/** Packets that were under way when watching began: they have come through a hop that is watched and were not seen there. */
import { UNDER_WAY_NS } from '#core/diagnosis/ends.ts';
import { deltaNs } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';

/**
 * Whether the packet of `event`, whose metadata is the first that was seen of it, had this before anybody watched. Only
 * near the start of its run, and only where a gate that it came through has shown packets by then: one may be declared and see
 * nothing (that of a bond or VLAN, and of a filter that packets meet later), and any packet may be lost in the ring. By order of
 * arrival, so that what is said of an event stays as it is.
 */
export function wasUnderWay(store: CaptureStore, event: number): boolean {
  const { journeys, hops } = store;
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const gates = store.between.gatesOf(chunk.hop[row]!);
  if (!gates.some((gate) => hops.events[gate]! > 0 && hops.first[gate]! < event)) return false;
  const journey = chunk.journey[row]!;
  const started = store.facts.startOf(journeys.word(journey, JOURNEY.run));
  if (started === null) return false;
  const since = deltaNs(started.hi, started.lo, chunk.tsHi[row]!, chunk.tsLo[row]!);
  return Math.abs(since) < UNDER_WAY_NS && earliestOf(store, journey) === event;
}

function earliestOf(store: CaptureStore, journey: number): number {
  const { journeys } = store;
  const isUnordered = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0;
  return isUnordered ? journeyEvents(store, journey)[0]! : journeys.word(journey, JOURNEY.first);
}
