/**
 * What became of metadata where TCP put the payload of one packet into another (core/diagnosis/growth.ts): the metadata of
 * the one that was taken in did not come along. Told where the packet that went on is seen to have grown, and of both. It
 * hangs on links, which are looked for when a journey is asked for, so no column has it.
 */
import { causeInfo, CAUSE } from '#core/diagnosis/causes.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { decodeStored } from './decode-stored.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { isTelling } from './sighting-of.ts';
import type { JourneyHop, JourneyLink } from './view.ts';

/** Of each kind, the direction that leads to the packet that was taken in. */
const TAKEN_IN = { coalesce: 'to', ofo: 'from' } as const;
/** That are named in a sentence. */
const MAX_NAMES = 8;

type Merge = JourneyLink & { readonly journey: number; readonly grewAt: number };

/** Links to packets that this one took in, or to the one that took this in. */
function merges(links: readonly JourneyLink[], taken: boolean): Merge[] {
  return links.filter((link): link is Merge => {
    if (link.grewAt === undefined || link.journey === null) return false;
    return (
      (link.kind === 'coalesce' || link.kind === 'ofo') && (link.direction === TAKEN_IN[link.kind]) === taken
    );
  });
}

/** `hops` with a cause where the journey is seen to have grown by payload whose metadata stayed behind. */
export function withPayloadTaken(
  store: CaptureStore,
  hops: readonly JourneyHop[],
  links: readonly JourneyLink[],
): readonly JourneyHop[] {
  const taken = merges(links, true);
  if (taken.length === 0) return hops;
  return hops.map((hop) => {
    const here = taken.filter(({ grewAt }) => grewAt === hop.event);
    const had = here.filter(({ journey }) => metadataAtEnd(store, journey).length > 0);
    if (had.length === 0 || hop.cause.evidence !== '') return hop;
    const { name, operation, text } = causeInfo(CAUSE.coalesced);
    const what = listed(had.flatMap(({ journey }) => metadataAtEnd(store, journey)));
    const of = `journey${here.length > 1 ? 's' : ''} ${listed(here.map(({ id }) => id))}`;
    const evidence = `The packet grew by the payload of ${of}, whose metadata (${what}) was with another sk_buff; ${text}.`;
    return { ...hop, cause: { name, operation, known: 'implied', evidence } };
  });
}

/** A sentence about a journey that was taken in with metadata, '' = it was not. */
export function payloadWentOn(
  store: CaptureStore,
  hops: readonly JourneyHop[],
  links: readonly JourneyLink[],
): string {
  if (hops.findLast(({ metaState }) => metaState !== 'not recorded')?.metaState !== 'present') return '';
  const [into] = merges(links, false);
  if (into === undefined) return '';
  const hop = store.hops.hops[store.events.chunk(into.grewAt).hop[into.grewAt & CHUNK_MASK]!]!;
  const { operation } = causeInfo(CAUSE.coalesced);
  return `Its payload is in the packet of journey ${into.id} at ${hop.name}, without this metadata (${operation}).`;
}

/** Names of the TLVs that a journey had when it was last seen, of an area that no schema reads its size; [] = no metadata. */
function metadataAtEnd(store: CaptureStore, journey: number): readonly string[] {
  const last = journeyEvents(store, journey).findLast((event) =>
    isTelling(store.events.chunk(event), event & CHUNK_MASK),
  );
  if (last === undefined) return [];
  const chunk = store.events.chunk(last);
  const row = last & CHUNK_MASK;
  if (chunk.metaState[row] !== META_STATE.present) return [];
  const { tlvs } = decodeStored(store, chunk.area[row]!);
  return tlvs.length > 0 ? tlvs.map(({ name }) => name) : [`${chunk.metaLength[row]!} bytes`];
}

function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length - MAX_NAMES;
  return all.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
