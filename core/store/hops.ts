import type { CaptureStore } from './capture-store.ts';
import type { JourneyList } from '#core/query/journey-list.ts';
import type { Hop } from './view.ts';

/** All hops with their counts, and the counts within the list's filter as far as it has been applied. */
export function hopList(store: CaptureStore, list: JourneyList): Hop[] {
  const { hops } = store;
  return hops.hops.map((identity, index) => ({
    index,
    ...identity,
    events: hops.events[index]!,
    withMetadata: hops.withMetadata[index]!,
    metadataBytes: hops.metadataBytes[index]!,
    unreadable: hops.unreadable[index]!,
    metadataLost: hops.metadataLost[index]!,
    lost: hops.lost[index]!,
    causes: hops.causes.list(index),
    counted: store.counts.of(index),
    filteredEvents: list.eventsAt(index),
    filteredWithMetadata: list.withMetadataAt(index),
  }));
}
