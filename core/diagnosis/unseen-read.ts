/**
 * Segments whose payload a process got without a hook seeing the packet: TCP hands payload over in order, so what a
 * later segment of the connection was read behind has been read. Short of memory tcp_collapse() copies a queue into new
 * sk_buffs without metadata and frees those that were there, without a tracepoint. That it did cannot be seen: only that the
 * packet was not there any more.
 */
import { HOOK_BY_ID, HOOK_BY_NAME } from '#core/format/hooks.ts';
import type { EndSource } from './ends.ts';
import { PRINT } from './fingerprint.ts';
import { isInQueue } from './growth.ts';
import { LINK_WINDOW_NS, type FoundLink, type JourneyEnd, type JourneySource } from './links.ts';
import { MAX_LINK_SCAN } from './print-window.ts';
import { sameNamespace, type Place } from './sighting.ts';

export interface ReadSource
  extends
    Pick<
      JourneySource,
      'journeys' | 'prints' | 'printAt' | 'window' | 'run' | 'first' | 'last' | 'lastBefore'
    >,
    Pick<EndSource, 'lostNear'> {
  /** Its packet opens a connection: those before it with the same ports were of another. */
  opens(journey: number): boolean;
}

/** The largest window of TCP. */
const MAX_WINDOW_BYTES = 2 ** 30;
const READ = HOOK_BY_NAME.get('skb_copy_datagram_iovec')!;

/** Of a journey from which nothing comes: one broken link when its payload was read and it was not seen to be, else []. */
export function unseenRead(source: ReadSource, journey: number): FoundLink[] {
  const { place } = source.last(journey);
  if (!isInQueue(place)) return [];
  const read = readBehind(source, journey);
  if (read === null) return [];
  const label = HOOK_BY_ID.get(place.hook)!.label;
  const what = `It was last seen at ${label}. What follows it in its connection was read, so its payload was, too, and no hook saw that.`;
  const lost = source.lostNear(read, -LINK_WINDOW_NS) || source.lostNear(read, LINK_WINDOW_NS);
  return [{ kind: 'unknown', known: 'broken', journey: -1, evidence: `${what} ${lost || HABIT}` }];
}

const HABIT =
  'Short of memory TCP collapses segments into new packets without metadata (nstat TcpExtTCPRcvCollapsed counts them); that it did is not known.';

/** Where a packet behind it was read, after its last event; null = none was, or its payload was in a second packet as well. */
function readBehind(source: ReadSource, journey: number): JourneyEnd | null {
  const words = source.prints(journey);
  const at = source.printAt(journey);
  const flow = words[at + PRINT.flow]!;
  const sequence = words[at + PRINT.sequence]!;
  const payload = words[at + PRINT.payload]!;
  if (flow === 0 || payload === 0) return null;
  const { place, event } = source.last(journey);
  const found: { read: JourneyEnd | null; again: boolean } = { read: null, again: false };
  /** Whether to look further. */
  const look = (other: number): boolean => {
    const theirs = source.prints(other);
    const k = source.printAt(other);
    if (theirs[k + PRINT.flow] !== flow || source.run(other) !== source.run(journey)) return true;
    if (!isThere(source.first(other).place, place)) return true;
    if (source.opens(other)) return false;
    const more = theirs[k + PRINT.payload]!;
    const behind = (theirs[k + PRINT.sequence]! - sequence) >>> 0;
    found.again = more > 0 && (behind < payload || -behind >>> 0 < more);
    if (found.again) return false;
    if (more === 0 || behind >= MAX_WINDOW_BYTES) return true;
    const last = source.lastBefore(other, Infinity);
    if (last?.place.hook === READ.id && last.event > event) found.read ??= last;
    return true;
  };
  source.window.follow(source, journey, 'stream', flow, look);
  const stop = Math.min(source.journeys, journey + 1 + MAX_LINK_SCAN);
  for (let other = journey + 1; other < stop && !found.again; other++) if (!look(other)) break;
  return found.again ? null : found.read;
}

function isThere(a: Place, b: Place): boolean {
  return a.device === b.device && sameNamespace(a, b);
}
