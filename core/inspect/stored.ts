import { EVENT_BIT } from '#core/store/event-columns.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { addressText, decimal, portOf, protocolText } from '#core/store/event-text.ts';
import { firingText } from '#core/store/firing-text.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { readElsewhere } from '#core/store/elsewhere.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { tellingBefore } from '#core/store/sighting-of.ts';
import { readStoredPacket } from '#core/store/stored-block.ts';
import { diagnosisAt } from './diagnosis-at.ts';
import { eventObject, type InspectedEvent } from './event-object.ts';

/**
 * Event number `event` (from 0) of a store as `inspect --json` prints it. `block` is its block as in the
 * capture; without it (null) what is in the packet is missing, everything else is from the columns.
 */
export function inspectStoredEvent(
  store: CaptureStore,
  event: number,
  block: Uint8Array | null,
): InspectedEvent {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const { journeys } = store;
  const journey = chunk.journey[row]!;
  const hasId = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) !== 0;
  const id = hasId
    ? decimal(journeys.word(journey, JOURNEY.idHi), journeys.word(journey, JOURNEY.idLo))
    : null;
  const recorded = (chunk.flags[row]! & EVENT_BIT.recorded) !== 0;
  const source = store.interfaces[chunk.interfaceIndex[row]!];
  const area = chunk.area[row]!;
  const stored = block === null ? null : readStoredPacket(store, event, block);
  const inForce = store.documentOf(journey);
  return eventObject({
    n: event + 1,
    tsHi: chunk.tsHi[row]!,
    tsLo: chunk.tsLo[row]!,
    interfaceName: source?.name ?? '',
    hook: source?.hook ?? 0,
    journey: id,
    metaState: recorded ? chunk.metaState[row]! : null,
    area: store.areas.bytes(area),
    decoder: store.tlvs.decoderFor(area),
    protocol: protocolText(store, event),
    src: addressText(store, event, 'src'),
    dst: addressText(store, event, 'dst'),
    sport: portOf(store, event, 'src'),
    dport: portOf(store, event, 'dst'),
    ...diagnosisAt(store, event, journey, tellingBefore(store, journey, event, Infinity), recorded),
    trigger: firingText(store.firings.get(event) ?? [], id),
    elsewhere:
      inForce === null
        ? []
        : readElsewhere(inForce, store, event, stored?.packet ?? null, source?.linkType ?? 0),
    comments: stored?.comments ?? store.comments.textsOf(chunk.comments?.[row] ?? 0),
  });
}
