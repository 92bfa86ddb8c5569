/**
 * What a journey came with: the metadata that a packet has at its first sighting because it had it under the journey before,
 * as which it goes on. Told by order of arrival, so that what is said of an event stays as it is.
 */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { PRINT } from '#core/diagnosis/fingerprint.ts';
import { linksBack, type LinkKind } from '#core/diagnosis/links.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { RECORD } from './event-columns.ts';
import { unpackCause } from './hop-causes.ts';
import { sourceOf } from './journey-links.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { tellingBefore } from './sighting-of.ts';

/** Links over which the packet itself goes on, within one host. */
const GOES_ON: ReadonlySet<LinkKind> = new Set(['forward', 'copy', 'veth', 'loopback']);
/** Packets with the print and the metadata of one: of more than these nobody is found to be the one that it came from. */
const MAX_ALIKE = 4;
/** Earlier packets with its print that are looked at: each packet of a flood may be like all those before it. */
const MAX_LOOKED_AT = 16;

/**
 * What event number `event`, before which none of its journey is telling, is compared with; -1 = nothing. A clone has not
 * come from nowhere: it shares head and metadata with its origin, whose latest telling event that arrived before and has
 * metadata in that head is the one; where there is none the event itself is, for it came with what it has. So it is with a
 * journey that an inferred link leads to, where nobody is known to have written there and the bytes are those of before.
 */
export function cameFrom(store: CaptureStore, event: number): number {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if (chunk.metaState[row] !== META_STATE.present) return -1;
  const id = store.prints.origin(chunk.journey[row]!);
  if (id === null) return cameOver(store, event);
  const origin = store.journeys.find(store.journeys.word(chunk.journey[row]!, JOURNEY.run), id[0], id[1]);
  const last = origin < 0 ? -1 : tellingBefore(store, origin, event);
  return last >= 0 && isWithMetadata(store, last) && isOneHead(store, last, event) ? last : event;
}

/** Number of the journey that an inferred link says `event`, the first telling one of its own, came from with its metadata; -1 = none. */
export function cameFromJourney(store: CaptureStore, event: number): number {
  const found = cameFrom(store, event) < 0 ? -1 : latestAlike(store, event);
  return found < 0 ? -1 : store.events.chunk(found).journey[found & CHUNK_MASK]!;
}

/** The same where only a fingerprint says what it comes from. */
function cameOver(store: CaptureStore, event: number): number {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const host = store.facts.hostAt(chunk.blockOffset(row));
  // Where XDP may have written it, that is told.
  const { appeared } = store.between.get(-1, chunk.hop[row]!, host);
  if (unpackCause(appeared.cause) !== CAUSE.unknown) return -1;
  const alike = latestAlike(store, event);
  if (alike < 0) return -1;
  const [link] = linksBack(sourceOf(store, event + 1), chunk.journey[row]!);
  const from = store.events.chunk(alike).journey[alike & CHUNK_MASK]!;
  if (link?.journey !== from || link.known !== 'inferred' || !GOES_ON.has(link.kind)) return -1;
  return isOneHead(store, alike, event) ? alike : event;
}

/**
 * The latest telling event of the latest earlier journey with the print of that of `event`, where it has the same metadata;
 * -1 = none. Cheap, so that most packets need no look for links.
 */
function latestAlike(store: CaptureStore, event: number): number {
  const { journeys, prints } = store;
  const journey = store.events.chunk(event).journey[event & CHUNK_MASK]!;
  if ((journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) === 0) return -1;
  const run = journeys.word(journey, JOURNEY.run);
  const words = prints.words(journey);
  const at = prints.at(journey);
  if (words[at + PRINT.flow] === 0) return -1;
  let found = -1;
  let alike = 0;
  let looked = 0;
  prints.window.follow(
    { prints: (other) => prints.words(other), printAt: (other) => prints.at(other) },
    journey,
    'packet',
    words[at + PRINT.packet]!,
    (other) => {
      // Another capture is another packet's, and takes no part in what is looked at.
      if (journeys.word(other, JOURNEY.run) !== run) return true;
      const theirs = prints.words(other);
      const start = prints.at(other);
      const isPacket =
        theirs[start + PRINT.flow] === words[at + PRINT.flow] &&
        theirs[start + PRINT.packet] === words[at + PRINT.packet];
      const last = isPacket ? tellingBefore(store, other, event) : -1;
      if (last >= 0 && isSameMetadata(store, last, event)) {
        alike++;
        if (last > found) found = last;
      }
      return ++looked < MAX_LOOKED_AT && alike <= MAX_ALIKE;
    },
  );
  return alike <= MAX_ALIKE ? found : -1;
}

function isWithMetadata(store: CaptureStore, event: number): boolean {
  return store.events.chunk(event).metaState[event & CHUNK_MASK] === META_STATE.present;
}

/** Both have metadata that was kept, and the bytes are the same. */
function isSameMetadata(store: CaptureStore, a: number, b: number): boolean {
  if (!isWithMetadata(store, a) || !isWithMetadata(store, b)) return false;
  const { areas } = store;
  const one = store.events.chunk(a).area[a & CHUNK_MASK]!;
  const other = store.events.chunk(b).area[b & CHUNK_MASK]!;
  const length = one === 0 ? 0 : areas.length(one);
  return (
    length > 0 && other !== 0 && areas.length(other) === length && !areas.differWithin(one, other, length)
  );
}

/** An address that is not known is 0 at both. */
function isOneHead(store: CaptureStore, a: number, b: number): boolean {
  const one = store.events.chunk(a);
  const other = store.events.chunk(b);
  return [RECORD.headLo, RECORD.headHi].every(
    (word) => one.record(a & CHUNK_MASK, word) === other.record(b & CHUNK_MASK, word),
  );
}
