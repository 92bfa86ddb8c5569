/** A scenario's capture as the page tells it: the same store, the same diagnosis. */
import { KERNEL_UNKNOWN } from '#core/diagnosis/kernel-version.ts';
import { LocationSink } from '#core/inspect/locations.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { LossSummaryQuery } from '#core/store/loss-summary.ts';
import type { LossRow } from '#core/store/view.ts';
import type { ScenarioResult, Sighting } from './types.ts';

/** In front of a sequence number: "WHSQ", agent/lab/traffic/messages.c. */
const MAGIC = 0x57485351;
const STEP_EVENTS = 1 << 16;

export type CaptureResult = Omit<ScenarioResult, 'truth' | 'counters' | 'said' | 'notPossible'>;

export function readScenario(bytes: Uint8Array): CaptureResult {
  const store = new CaptureStore();
  /** By event number; 0 = none. */
  const sequences: number[] = [];
  const reader = new CaptureReader(withSequences(store, sequences));
  reader.push(bytes);
  reader.end();
  const sightings: Sighting[] = [];
  for (let journey = 0; journey < store.journeys.count; journey++)
    sightings.push(...told(store, journey, sequences));
  const query = new LossSummaryQuery(store);
  while (!query.advance(STEP_EVENTS)) continue;
  const counts = (of: ArrayLike<number>): ReadonlyMap<string, number> =>
    new Map(store.hops.hops.map(({ name }, hop) => [hopName(name), of[hop]!]));
  const eventsAt = counts(store.hops.events);
  return {
    kernel: store.facts.host?.kernelVersion ?? KERNEL_UNKNOWN,
    traced: store.hops.hops.some(({ name }) => /\(\)@fexit/.test(name)),
    sightings,
    losses: query.summary().rows.map((row) => lossText(store, row)),
    eventsAt,
    withMetadataAt: counts(store.hops.withMetadata),
    places: placesIn(bytes),
    problems: [
      ...store.problems.map(({ cause }) => cause),
      ...(store.gaps.lost > 0 ? [`${store.gaps.lost} events were lost`] : []),
    ],
  };
}

function told(store: CaptureStore, journey: number, sequences: readonly number[]): Sighting[] {
  const { hops } = journeyDetail(store, journey);
  // What it was when it came: a bare acknowledgement that waits for its socket takes in the segment behind it (tcp_add_backlog).
  const sequence = sequences[hops[0]?.event ?? 0];
  if (sequence === undefined || sequence === 0) return [];
  return hops.map(({ event, hop, state, cause, writer, drop }) => ({
    sequence,
    journey,
    at: hopName(store.hops.hops[hop]!.name),
    state,
    cause: cause.name,
    known: cause.known,
    writer: writer.replace(/#.*/s, ''),
    area: Buffer.from(store.areas.bytes(store.events.chunk(event).area[event & CHUNK_MASK]!)).toString('hex'),
    drop,
  }));
}

/** `NAME=VALUE packet area map socket`: every TLV that was seen beside the area. */
function placesIn(bytes: Uint8Array): string[] {
  const sink = new LocationSink(new CaptureStore());
  const reader = new CaptureReader(sink);
  reader.push(bytes);
  reader.end();
  const lines = [...sink.objects()].map(({ name, value, locations }) => {
    const places = new Set(locations.map(({ where }) => where));
    return `${name}=${value} ${[...places].join(' ')}`;
  });
  return [...new Set(lines)].sort();
}

/** `HOP STATE CAUSE KNOWN TLV JOURNEYS` */
function lossText(store: CaptureStore, { hop, state, cause, known, tlv, journeys }: LossRow): string {
  const name = tlv === null ? '*' : tlv.name || String(tlv.type);
  return [hopName(store.hops.hops[hop]!.name), state, cause, known, name, journeys].join(' ');
}

/** Without the id of a program; and the exit of a filter of clsact has the name of the hook behind a program of tcx. */
function hopName(hop: string): string {
  return hop.replace(/#\d+$/, '').replace(/:tc\/(ingress|egress)@fexit:/, ':tcx/$1@after:');
}

function withSequences(store: CaptureStore, sequences: number[]): CaptureSink {
  return {
    section: (info) => store.section(info),
    interface: (info) => store.interface(info),
    custom: (block) => store.custom(block),
    statistics: (info) => store.statistics(info),
    problem: (problem) => store.problem(problem),
    packet: (p) => {
      sequences.push(sequenceIn(p.buf.subarray(p.dataStart, p.dataStart + p.dataLength)));
      store.packet(p);
    },
  };
}

/** 0 = none. */
export function sequenceIn(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let at = 0; at + 8 <= packet.length; at += 2) {
    if (view.getUint32(at) === MAGIC) return view.getUint32(at + 4);
  }
  return 0;
}
