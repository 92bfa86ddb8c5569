/** `inspect --locations`: every TLV that was seen in another place than the area alone, as objects or as lines. */
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import { readEventExtensions, type TapExtension } from '#core/pcapng/event.ts';
import type { CaptureSink, CustomBlock, InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import type { Problem, SectionInfo, StatisticsInfo } from '#core/pcapng/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { decimal, endpointText, journeyId } from '#core/store/event-text.ts';
import type { JourneyBytes } from '#core/store/journey-blocks.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { journeyLocations } from '#core/store/locations.ts';
import type { TlvPlace } from '#core/store/view.ts';

/** Keys in the order in which they are printed. */
export interface LocationObject {
  /** epb_packetid, decimal. */
  readonly journey: string;
  readonly src: string;
  readonly dst: string;
  readonly type: number;
  /** '' when the schema does not know the type. */
  readonly name: string;
  readonly value: string;
  readonly locations: readonly {
    readonly where: TlvPlace['where'];
    /** Of the interface, or of a map with its id. */
    readonly at: string;
    readonly time_ns: string;
    readonly known: TlvPlace['known'];
    readonly evidence: string;
  }[];
}

interface Kept {
  packet: Uint8Array;
  readonly taps: Map<number, TapExtension>;
}

/** Fills a store, and keeps of each journey what the store does not: its first packet, and what taps said. */
export class LocationSink implements CaptureSink {
  readonly store: CaptureStore;
  private readonly kept = new Map<number, Kept>();

  constructor(store: CaptureStore) {
    this.store = store;
  }

  section(info: SectionInfo): void {
    this.store.section(info);
  }

  interface(info: InterfaceInfo): void {
    this.store.interface(info);
  }

  custom(block: CustomBlock): void {
    this.store.custom(block);
  }

  statistics(info: StatisticsInfo): void {
    this.store.statistics(info);
  }

  problem(problem: Problem): void {
    this.store.problem(problem);
  }

  packet(p: PacketView): void {
    const { events } = this.store;
    const event = events.count;
    this.store.packet(p);
    if (events.count === event) return;
    const journey = events.chunk(event).journey[event & CHUNK_MASK]!;
    let kept = this.kept.get(journey);
    if (kept === undefined) {
      kept = { packet: p.buf.slice(p.dataStart, p.dataStart + p.dataLength), taps: new Map() };
      this.kept.set(journey, kept);
    }
    if (p.eventLength < EVENT_SIZE) return;
    const { tap } = readEventExtensions(p.buf, p.eventStart, p.eventLength);
    if (tap !== undefined) kept.taps.set(event, tap);
  }

  /** Of all journeys, in order of their first event. */
  *objects(): Generator<LocationObject> {
    const { store } = this;
    for (const [journey, kept] of this.kept) yield* locationObjects(store, journey, kept);
  }
}

function locationObjects(
  store: CaptureStore,
  journey: number,
  bytes: Pick<JourneyBytes, 'packet' | 'taps'>,
): LocationObject[] {
  const events = journeyEvents(store, journey);
  const { hi, lo } = journeyId(store, journey);
  return journeyLocations(store, journey, events, bytes).map(({ type, name, value, places }) => ({
    journey: decimal(hi, lo),
    src: endpointText(store, events[0]!, 'src'),
    dst: endpointText(store, events[0]!, 'dst'),
    type,
    name,
    value,
    locations: places.map((place) => ({
      where: place.where,
      at: place.name,
      time_ns: place.timeNs,
      known: place.known,
      evidence: place.evidence,
    })),
  }));
}

/** `3  10.0.0.1:4000 → 10.0.0.2:53  request=0x2a  packet eth0:tap/entry → area eth0:tap/exit → map flows#7 (inferred)` */
export function locationLine(object: LocationObject): string {
  const places = object.locations.map(
    ({ where, at, known }) => `${where} ${at}${known === 'seen' ? '' : ` (${known})`}`,
  );
  const name = object.name === '' ? `type ${object.type}` : object.name;
  return [
    object.journey,
    `${object.src} → ${object.dst}`,
    `${name}=${object.value}`,
    places.join(' → '),
  ].join('  ');
}
