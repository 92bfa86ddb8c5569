/**
 * Packets whose payload went on in another packet of their TCP connection, which grew over their sequence numbers: merged by
 * GRO, or coalesced by TCP, in the backlog of a socket that a process has (tcp_add_backlog()), in its receive queue and out
 * of the queue of what came out of order (tcp_try_coalesce()). GRO compares metadata before it merges, TCP does not: that
 * of the packet that was taken in is freed with its sk_buff, without a tracepoint.
 */
import { HOOK_BY_ID, HOOK_BY_NAME } from '#core/format/hooks.ts';
import { PRINT } from './fingerprint.ts';
import type { JourneyEnd, JourneySource } from './links.ts';
import type { Place } from './sighting.ts';

/** A packet that became longer: between which of its events. */
export interface Growth {
  readonly before: JourneyEnd;
  readonly at: JourneyEnd;
}

/** `coalesce`: into one that came before it; `ofo`: it waited out of order, into the one that filled the hole in front of it. */
export type MergeKind = 'gro' | 'coalesce' | 'ofo';

/** A merged packet is no longer than this without BIG TCP (GRO_LEGACY_MAX_SIZE). */
const MAX_GRO_BYTES = 65_536;
/** Of one sk_buff in a queue, by far: MAX_SKB_FRAGS of at most 64 KiB. */
export const MAX_COALESCED_BYTES = 1 << 20;

const STACK_ENTRY = HOOK_BY_NAME.get('netif_receive_skb')!.order;
/** Of the first hook of Rx where a packet may have grown in a queue of its socket. */
export const TCP_IN_ORDER = HOOK_BY_NAME.get('tcp_probe')!.order;
const SOCKET = HOOK_BY_NAME.get('skb_copy_datagram_iovec')!.order;

/** Where `leader` grew over the payload of `merged`, which was not seen again; null = it did not, or may have done so otherwise. */
export function growthOver(
  source: JourneySource,
  leader: number,
  merged: number,
): (Growth & { readonly kind: MergeKind }) | null {
  if (source.run(leader) !== source.run(merged)) return null;
  const { place, event } = source.last(merged);
  if (isBehindEntry(place)) {
    // Behind a socket's receive it would have gone on by itself, as far as that is watched.
    const growth = isInQueue(place) ? growthOf(source, leader, merged) : null;
    if (growth === null || growth.at.place.order < TCP_IN_ORDER) return null;
    // The queue of a socket is looked into after what it got.
    if (growth.at.event < event) return null;
    return { kind: leader < merged ? 'coalesce' : 'ofo', ...growth };
  }
  if (leader > merged || !wereInGro(source, leader, merged)) return null;
  const growth = growthOf(source, leader, merged);
  return growth === null || growth.at.event < source.first(merged).event ? null : { kind: 'gro', ...growth };
}

function isBehindEntry({ lane, order }: Place): boolean {
  return lane === 'rx' && order >= STACK_ENTRY;
}

/** Whether a packet that was last seen at `last` may be in a queue of its socket. */
export function isInQueue(last: Place): boolean {
  return isBehindEntry(last) && last.order < SOCKET;
}

/** Both were on their way into GRO, where the one that was merged was last seen. */
function wereInGro(source: JourneySource, leader: number, merged: number): boolean {
  if (source.prints(leader)[source.printAt(leader) + PRINT.payload] === 0) return false;
  if (sequenceGap(source, leader, merged) >= MAX_GRO_BYTES) return false;
  const first = source.first(merged);
  const isInGro = (end: JourneyEnd | null): boolean =>
    end !== null && end.place.lane === 'rx' && end.place.order < STACK_ENTRY;
  return (
    isInGro(first) &&
    isInGro(source.lastBefore(leader, first.event)) &&
    isInGro(source.lastBefore(merged, Infinity))
  );
}

/** Where the leader first had at least as many bytes as lie between its own first one and the last of the other's payload. */
function growthOf(source: JourneySource, leader: number, merged: number): Growth | null {
  const a = source.prints(leader);
  const i = source.printAt(leader);
  const headers = a[i + PRINT.length]! - a[i + PRINT.payload]!;
  const payload = source.prints(merged)[source.printAt(merged) + PRINT.payload]!;
  if (headers <= 0 || payload === 0) return null;
  return source.grewTo(leader, headers + sequenceGap(source, leader, merged) + payload);
}

/**
 * Whether a packet that was `before` bytes long, and now is `length` (counted as those of its print), since then holds the
 * payload of another: by the prints at leader[i] and other[k].
 */
export function holdsSince(
  leader: Uint32Array,
  i: number,
  other: Uint32Array,
  k: number,
  before: number,
  length: number,
): boolean {
  const payload = leader[i + PRINT.payload]!;
  const headers = leader[i + PRINT.length]! - payload;
  const gap = (other[k + PRINT.sequence]! - leader[i + PRINT.sequence]!) >>> 0;
  const more = other[k + PRINT.payload]!;
  const end = headers + gap + more;
  if (headers <= 0 || more === 0 || gap < payload) return false;
  // What ends no later was there before.
  return end > before && end <= length && leader[i + PRINT.flow] === other[k + PRINT.flow];
}

/** From the sequence number of the leader to that of the other. */
function sequenceGap(source: JourneySource, leader: number, merged: number): number {
  const from = source.prints(leader)[source.printAt(leader) + PRINT.sequence]!;
  return (source.prints(merged)[source.printAt(merged) + PRINT.sequence]! - from) >>> 0;
}

/** `between cgroup in and TCP in` */
export function growthText({ before, at }: Growth): string {
  const label = ({ place }: JourneyEnd): string => HOOK_BY_ID.get(place.hook)?.label ?? 'an unknown hook';
  return `between ${label(before)} and ${label(at)}`;
}
