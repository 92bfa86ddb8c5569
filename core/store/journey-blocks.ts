/** What a journey's detail needs from the blocks of its events, beside the columns: a packet, and what taps said. */
import { TAP_HOOKS } from '#core/format/hooks.ts';
import { readEventExtensions, type TapExtension } from '#core/pcapng/event.ts';
import type { CaptureStore } from './capture-store.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { readStoredPacket } from './stored-block.ts';

export interface JourneyBytes {
  /** Of the first event; empty when it is not known. */
  readonly packet: Uint8Array;
  /** Event number → what the tap said. */
  readonly taps: ReadonlyMap<number, TapExtension>;
  /** Event number → its packet, where a schema reads packets. */
  readonly packets: ReadonlyMap<number, Uint8Array>;
}

export const NO_JOURNEY_BYTES: JourneyBytes = {
  packet: new Uint8Array(0),
  taps: new Map(),
  packets: new Map(),
};

/** Of a journey, more taps than this are shown without what they said. */
const MAX_TAPS = 32;
/** Likewise without what schemas read of their packets. */
const MAX_PACKETS = 64;
const TAP_IDS: ReadonlySet<number> = new Set(TAP_HOOKS.map(({ id }) => id));

/** Events of a journey whose blocks are wanted; none in a capture without taps and maps, unless a schema reads packets. */
export function blocksWanted(store: CaptureStore, journey: number): number[] {
  const events = journeyEvents(store, journey);
  if (readsPackets(store, journey)) return events.slice(0, MAX_PACKETS);
  const taps = events.filter((event) => isTap(store, event)).slice(0, MAX_TAPS);
  if (taps.length === 0 && store.maps.count === 0) return [];
  const first = events[0]!;
  return taps.includes(first) ? taps : [first, ...taps];
}

/** `blocks`: by event, of those that are wanted; null = gone from the spool. */
export function readJourneyBlocks(
  store: CaptureStore,
  blocks: ReadonlyMap<number, Uint8Array | null>,
): JourneyBytes {
  let packet: Uint8Array | null = null;
  const taps = new Map<number, TapExtension>();
  const packets = new Map<number, Uint8Array>();
  for (const [event, block] of blocks) {
    const stored = readStoredPacket(store, event, block ?? new Uint8Array(0));
    packet ??= stored.packet;
    if (stored.packet.length > 0) packets.set(event, stored.packet);
    const { tap } = readEventExtensions(stored.record, 0, stored.record.length);
    if (tap !== undefined && isTap(store, event)) taps.set(event, tap);
  }
  return { packet: packet ?? NO_JOURNEY_BYTES.packet, taps, packets };
}

function readsPackets(store: CaptureStore, journey: number): boolean {
  return store.documentOf(journey)?.elsewhere.some(({ where }) => where.in === 'packet') ?? false;
}

function isTap(store: CaptureStore, event: number): boolean {
  const hop = store.events.chunk(event).hop[event & CHUNK_MASK]!;
  return TAP_IDS.has(store.hops.hops[hop]!.hook);
}
