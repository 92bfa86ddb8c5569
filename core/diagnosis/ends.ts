/**
 * Journeys that were seen only in part: those that begin in the middle of a lane and come from nothing, and those
 * whose last event is no end and that go on in nothing. Both are told as *broken* links, with the reason as far as
 * one is known. Only what hooks were seen to do elsewhere is held against a journey: that it begins behind a hook
 * which saw other packets of the device, and that it was not freed where others were.
 */
import { PROTOCOL } from '#core/dissect/types.ts';
import { HOOK_BY_ID, HOOK_BY_NAME, type Hook } from '#core/format/hooks.ts';
import { deltaNs } from '#core/time/ns.ts';
import { LINK_WINDOW_NS, type FoundLink, type JourneyEnd, type JourneySource } from './links.ts';
import type { Place } from './sighting.ts';

/** What is known of the capture around the ends of its journeys. */
export interface EndSource extends Pick<JourneySource, 'first' | 'last'> {
  /** PROTOCOL of the journey. */
  protocol(journey: number): number;
  /** Did the hook see packets on the device of `place`? */
  sees(hook: Hook, place: Place): boolean;
  /** When watching began in the run of a journey, Unix time in ns; null = not known. */
  began(journey: number): { readonly hi: number; readonly lo: number } | null;
  /** The newest event of the file that a journey is in; null = not known, as in a stream. */
  newest(journey: number): JourneyEnd | null;
  /** What was lost within `reachNs` before (less than 0) or after the event, as a sentence; '' = nothing is known to be. */
  lostNear(end: JourneyEnd, reachNs: number): string;
}

/** A packet may wait in a qdisc or a socket: one seen so recently, or so early, is not held to have ended, or to have begun. */
export const UNDER_WAY_NS = 1_000_000_000;

const STACK_ENTRY = HOOK_BY_NAME.get('netif_receive_skb')!;
const QUEUED = HOOK_BY_NAME.get('net_dev_queue')!;
const DRIVER = HOOK_BY_NAME.get('net_dev_start_xmit')!;
const FORWARD = HOOK_BY_NAME.get('nf/forward')!;
const FREES = [HOOK_BY_NAME.get('consume_skb')!, HOOK_BY_NAME.get('kfree_skb')!];

/** Of a journey that comes from nothing: [] when it begins where packets do, else one broken link. */
export function brokenStart(source: EndSource, journey: number): FoundLink[] {
  const first = source.first(journey);
  const gate = gateOf(first.place);
  if (gate === null || !source.sees(gate, first.place)) return [];
  const where = HOOK_BY_ID.get(first.place.hook)!.label;
  const lost = source.lostNear(first, -LINK_WINDOW_NS);
  const began = source.began(journey);
  const age = began === null ? Infinity : Math.max(0, deltaNs(began.hi, began.lo, first.tsHi, first.tsLo));
  const early = `Watching began ${(age / 1e6).toFixed(1)} ms before: it may have been under way.`;
  const why = lost || (age < UNDER_WAY_NS ? early : '');
  const what = `It begins at ${where}, behind ${gate.label}, which saw other packets of ${first.place.device}; no earlier journey fits.`;
  return [brokenLink(what, why)];
}

/** The hook that sees every packet of the lane and comes before `place`; null = none does. */
function gateOf(place: Place): Hook | null {
  if (place.lane === 'rx') return place.order > STACK_ENTRY.order ? STACK_ENTRY : null;
  // Before the qdisc a packet may come from anywhere: a socket, forwarding, a tunnel.
  return place.lane === 'tx' && place.order > QUEUED.order ? QUEUED : null;
}

/** Of a journey from which nothing comes: [] when its last event is an end or it may be under way, else one broken link. */
export function brokenEnd(source: EndSource, journey: number): FoundLink[] {
  const last = source.last(journey);
  const hook = HOOK_BY_ID.get(last.place.hook);
  const newest = source.newest(journey);
  if (hook === undefined || isEnd(hook) || newest === null || gapNs(last, newest) < UNDER_WAY_NS) return [];
  if (!FREES.some((free) => source.sees(free, last.place))) return [];
  const what = `It was last seen at ${hook.label}, which is no end: it was freed unseen, or went on where nothing is watched.`;
  return [brokenLink(what, source.lostNear(last, LINK_WINDOW_NS) || habit(hook, source.protocol(journey)))];
}

/**
 * Where journeys end for good: freed; with the driver; in the hands of a socket or TCP, which free without a
 * tracepoint; forwarded, for the device it goes to may not be watched; in XDP, which may drop or send it.
 */
function isEnd(hook: Hook): boolean {
  switch (hook.layer) {
    case 'free':
    case 'socket':
    case 'l4':
    case 'xdp':
      return true;
    case 'driver':
      return hook.lane === 'tx' && hook.order >= DRIVER.order;
    case 'ip':
      return hook.id === FORWARD.id;
    case 'gro':
    case 'stack':
    case 'tc':
    case 'qdisc':
      return false;
  }
}

/** What the kernel is known to free without a tracepoint. */
function habit(hook: Hook, protocol: number): string {
  if (hook.layer === 'gro') return 'GRO frees what it merges without a tracepoint.';
  if (hook.lane === 'rx' && protocol === PROTOCOL.tcp)
    return 'TCP frees acknowledgements and what it coalesces without a tracepoint.';
  return '';
}

function brokenLink(what: string, why: string): FoundLink {
  const evidence = `${what} ${why || 'Why is not known.'}`;
  return { kind: 'unknown', known: 'broken', journey: -1, evidence };
}

function gapNs(a: JourneyEnd, b: JourneyEnd): number {
  return deltaNs(a.tsHi, a.tsLo, b.tsHi, b.tsLo);
}
