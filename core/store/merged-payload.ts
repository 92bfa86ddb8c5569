/**
 * What became of metadata where TCP put the payload of one packet into another (coalesced.ts), in words: at the event where
 * the packet that went on is seen to have grown, and of the journey that was taken in.
 */
import { causeInfo, CAUSE } from '#core/diagnosis/causes.ts';
import type { Cause } from '#core/diagnosis/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { decodeStored } from './decode-stored.ts';
import { decimal, journeyId } from './event-text.ts';
import { CHUNK_MASK } from './limits.ts';
import type { JourneyHop } from './view.ts';

/** That are named in a sentence. */
const MAX_NAMES = 8;

/** Why event number `event` has the payload of others and not their metadata; null = it has none of others that had any. */
export function payloadTaken(store: CaptureStore, event: number): Cause | null {
  const taken = store.coalesced.takenAt(event);
  if (taken.length === 0) return null;
  const { text } = causeInfo(CAUSE.coalesced);
  const what = listed(taken.flatMap((journey) => metadataLeft(store, journey)));
  const of = `journey${taken.length > 1 ? 's' : ''} ${listed(taken.map((journey) => idOf(store, journey)))}`;
  return coalesced(
    `The packet grew by the payload of ${of}, whose metadata (${what}) was with another sk_buff; ${text}.`,
  );
}

/** A sentence about a journey that was taken in with metadata, '' = it was not. */
export function payloadWentOn(store: CaptureStore, journey: number): string {
  const left = store.coalesced.of(journey);
  if (left === null) return '';
  const chunk = store.events.chunk(left.grewAt);
  const row = left.grewAt & CHUNK_MASK;
  const hop = store.hops.hops[chunk.hop[row]!]!;
  const into = idOf(store, chunk.journey[row]!);
  const { operation } = causeInfo(CAUSE.coalesced);
  return `Its payload is in the packet of journey ${into} at ${hop.name}, without this metadata (${operation}).`;
}

/** `hops` of a journey, with a cause where it was last seen before it was taken in. */
export function withPayloadGone(
  store: CaptureStore,
  journey: number,
  hops: readonly JourneyHop[],
): readonly JourneyHop[] {
  const left = store.coalesced.of(journey);
  if (left === null) return hops;
  const cause = coalesced(payloadWentOn(store, journey));
  return hops.map((hop) => (hop.event === left.event && hop.cause.name === 'none' ? { ...hop, cause } : hop));
}

function coalesced(evidence: string): Cause {
  const { name, operation } = causeInfo(CAUSE.coalesced);
  return { name, operation, known: 'implied', evidence };
}

function idOf(store: CaptureStore, journey: number): string {
  const { hi, lo } = journeyId(store, journey);
  return decimal(hi, lo);
}

/** Names of the TLVs that a journey left behind, of an area that no schema reads its size. */
function metadataLeft(store: CaptureStore, journey: number): readonly string[] {
  const { event } = store.coalesced.of(journey)!;
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const { tlvs } = decodeStored(store, chunk.area[row]!);
  return tlvs.length > 0 ? tlvs.map(({ name }) => name) : [`${chunk.metaLength[row]!} bytes`];
}

function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length - MAX_NAMES;
  return all.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
