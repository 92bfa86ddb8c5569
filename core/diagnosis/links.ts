/**
 * Links between journeys: where the kernel gave a packet a new sk_buff, its journey ends and another
 * begins. The kernel's own word (EXT_LINK) and one head under two skbs are *exact*. Else packets are known
 * again by their fingerprint within a time window: *inferred* when one and only one fits, *broken* when
 * more than one does. Nothing that is inferred is ever told as certain.
 *
 * Looked for when somebody asks for a journey, over the prints (fingerprint.ts) that are kept one a
 * journey; nothing is built while events arrive.
 */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { deltaNs } from '#core/time/ns.ts';
import { PRINT } from './fingerprint.ts';
import { MAX_LINK_SCAN, type ChainOf, type PrintWindow } from './print-window.ts';
import { sameNamespace, type Place } from './sighting.ts';

export type LinkKind =
  | 'clone'
  /** A veth pair hands the packet to its other end, which builds a new skb where XDP runs. */
  | 'veth'
  /** From one host to another. */
  | 'wire'
  | 'loopback'
  | 'forward'
  | 'encap'
  | 'decap'
  /** One packet of several that a large one was cut into. */
  | 'gso'
  /** Merged into the packet that leads it. */
  | 'gro'
  /** The same packet in another skb. */
  | 'copy'
  /** Broken: it comes from something, or goes on as something, that was not found (ends.ts). */
  | 'unknown';

export interface FoundLink {
  readonly kind: LinkKind;
  readonly known: 'exact' | 'inferred' | 'broken';
  /** The other journey's number; -1 when it is not known which (broken). */
  readonly journey: number;
  /** One sentence. */
  readonly evidence: string;
}

/** An event as an end of a journey. */
export interface JourneyEnd {
  readonly event: number;
  readonly hop: number;
  readonly place: Place;
  /** Unix time as two u32. */
  readonly tsHi: number;
  readonly tsLo: number;
  /** Bytes on the wire. */
  readonly length: number;
}

/** What links are looked for in. Journeys are numbered in the order of their first events' arrival. */
export interface JourneySource {
  readonly journeys: number;
  /** Words of the journey's print begin at `printAt`. */
  prints(journey: number): Uint32Array;
  printAt(journey: number): number;
  /** Of this source alone. */
  readonly window: PrintWindow;
  /** Runs are captures of their own: only a wire links one to another, of another host. */
  run(journey: number): number;
  /** The journey that the kernel says it was made from; -1 = none. */
  origin(journey: number): number;
  first(journey: number): JourneyEnd;
  /** Its last event of Rx or Tx that arrived before event number `event`; null = none. */
  lastBefore(journey: number, event: number): JourneyEnd | null;
  /**
   * Greatest wire length of its events of Rx or Tx with numbers from `from` on. Not of a free: of a long packet GRO
   * frees an sk_buff by itself that held part of the segments.
   */
  longestFrom(journey: number, from: number): number;
}

/** Between the last sighting under the one skb and the first under the other. */
export const LINK_WINDOW_NS = 100_000_000;
/** Of one journey. */
export const MAX_LINKS = 64;
const MAX_CANDIDATES = 256;
/** Hosts that a packet can have come through, each with a journey of its own. */
const MAX_ANCESTORS = 16;

const DRIVER = HOOK_BY_NAME.get('net_dev_start_xmit')!.order;
const QUEUED = HOOK_BY_NAME.get('net_dev_queue')!.order;
const LOCAL_OUT = HOOK_BY_NAME.get('nf/local_out')!.id;
const STACK_ENTRY = HOOK_BY_NAME.get('netif_receive_skb')!.order;

interface Candidate {
  readonly journey: number;
  readonly kind: LinkKind;
  readonly end: JourneyEnd;
  readonly what: string;
}

/** Links of journeys that were worked out on the way to one. */
type Known = Map<number, FoundLink[]>;

/**
 * What this journey comes from: links to journeys that began earlier. At most one, or one broken; and behind it
 * at most one to the packet that GRO merged it into, or one broken.
 */
export function linksBack(source: JourneySource, journey: number, known: Known = new Map()): FoundLink[] {
  let links = known.get(journey);
  if (links === undefined) known.set(journey, (links = findBack(source, journey, known)));
  return links;
}

function findBack(source: JourneySource, journey: number, known: Known): FoundLink[] {
  const origin = source.origin(journey);
  if (origin >= 0) {
    return [
      {
        kind: 'clone',
        known: 'exact',
        journey: origin,
        evidence: 'The kernel was seen to clone it: both skbs share one head.',
      },
    ];
  }
  const first = source.first(journey);
  const candidates: Candidate[] = [];
  const words = source.prints(journey);
  const at = source.printAt(journey);
  for (const [of, word, kinds] of EARLIER) {
    source.window.follow(source, journey, of, words[at + word]!, (other) => {
      const what = matches(source, other, journey);
      if (what === null || !kinds.includes(what)) return true;
      if (what === 'merged' && !isMerged(source, other, journey, first)) return true;
      const end = source.lastBefore(other, first.event);
      if (end === null || Math.abs(gapNs(end, first)) > LINK_WINDOW_NS) return true;
      const kind = classify(what, end, first);
      if (kind !== 'wire' && source.run(other) !== source.run(journey)) return true;
      if (kind !== null) candidates.push({ journey: other, kind, end, what: SAME[what] });
      return candidates.length < MAX_CANDIDATES;
    });
  }
  const origins = candidates.filter(({ kind }) => kind !== 'gro');
  const leaders = candidates.filter(({ kind }) => kind === 'gro');
  return [...choose(source, origins, first, known), ...choose(source, leaders, first, known)];
}

/** What comes from this journey: links to journeys that began later, each as `linksBack` gives it. */
export function linksForward(source: JourneySource, journey: number): FoundLink[] {
  const found: FoundLink[] = [];
  const stop = Math.min(source.journeys, journey + 1 + MAX_LINK_SCAN);
  const known: Known = new Map();
  let looked = 0;
  for (let other = journey + 1; other < stop && found.length < MAX_LINKS; other++) {
    if (source.origin(other) !== journey && matches(source, journey, other) === null) continue;
    if (++looked > MAX_CANDIDATES) break;
    for (const link of linksBack(source, other, known)) {
      if (link.journey === journey) found.push({ ...link, journey: other });
    }
  }
  return found;
}

type Match = 'packet' | 'inside' | 'outside' | 'segment' | 'merged';

const SAME: Readonly<Record<Match, string>> = {
  packet: 'addresses, ports, ids and the first bytes of payload are the same',
  inside: 'the packet inside the tunnel has the same addresses, ports, ids and payload',
  outside: 'the packet that came out of the tunnel has the same addresses, ports, ids and payload',
  segment: 'the same TCP connection, and its sequence numbers are part of those of the large packet',
  merged: 'the same TCP connection, and the packet that leads grew over its sequence numbers',
};

/** Where earlier journeys that match are found: chain, word of the later print, and what they match as. */
const EARLIER: readonly (readonly [of: ChainOf, word: number, kinds: readonly Match[]])[] = [
  ['packet', PRINT.packet, ['packet']],
  ['packet', PRINT.innerPacket, ['inside']],
  ['inner', PRINT.packet, ['outside']],
  ['stream', PRINT.flow, ['segment', 'merged']],
];

/** How the print of a later journey fits that of an earlier one. */
function matches(source: JourneySource, earlier: number, later: number): Match | null {
  const a = source.prints(earlier);
  const b = source.prints(later);
  const i = source.printAt(earlier);
  const k = source.printAt(later);
  const flow = a[i + PRINT.flow]!;
  if (flow !== 0 && flow === b[k + PRINT.flow]) {
    const packet = a[i + PRINT.packet]!;
    const payload = b[k + PRINT.payload]!;
    const large = a[i + PRINT.payload]!;
    const offset = (b[k + PRINT.sequence]! - a[i + PRINT.sequence]!) >>> 0;
    if (payload > 0 && payload < large && offset + payload <= large) return 'segment';
    if (packet !== 0 && packet === b[k + PRINT.packet]) return 'packet';
    if (payload > 0 && large > 0 && offset >= large && offset < MAX_GRO_BYTES) return 'merged';
  }
  if (b[k + PRINT.innerFlow] !== 0 && fits(a, i + PRINT.flow, b, k + PRINT.innerFlow)) return 'inside';
  if (a[i + PRINT.innerFlow] !== 0 && fits(a, i + PRINT.innerFlow, b, k + PRINT.flow)) return 'outside';
  return null;
}
/** A merged packet is no longer than this without BIG TCP (GRO_LEGACY_MAX_SIZE). */
const MAX_GRO_BYTES = 65_536;

/** Both were on their way into GRO, where the later one was last seen, and the earlier one then grew by at least as much as lies up to its end. */
function isMerged(source: JourneySource, leader: number, merged: number, first: JourneyEnd): boolean {
  const held = source.lastBefore(leader, first.event);
  const last = source.lastBefore(merged, Infinity);
  for (const end of [first, held, last]) {
    if (end === null || end.place.lane !== 'rx' || end.place.order >= STACK_ENTRY) return false;
  }
  const a = source.prints(leader);
  const b = source.prints(merged);
  const i = source.printAt(leader);
  const k = source.printAt(merged);
  const offset = (b[k + PRINT.sequence]! - a[i + PRINT.sequence]!) >>> 0;
  const grown = offset + b[k + PRINT.payload]! - a[i + PRINT.payload]!;
  return source.longestFrom(leader, first.event) >= source.first(leader).length + grown;
}

/** Both words of a fingerprint. */
function fits(a: Uint32Array, i: number, b: Uint32Array, k: number): boolean {
  return a[i] === b[k] && a[i + 1] === b[k + 1] && a[i + 1] !== 0;
}

/** The way a packet can have gone from the end of one journey to the beginning of another; null = none. */
function classify(what: Match, end: JourneyEnd, first: JourneyEnd): LinkKind | null {
  const from = end.place;
  const to = first.place;
  const sameDevice = from.device === to.device && sameNamespace(from, to);
  switch (what) {
    case 'segment':
      return sameDevice && from.lane === 'tx' && to.lane === 'tx' && to.order > from.order ? 'gso' : null;
    case 'merged':
      return 'gro';
    case 'inside':
      return 'encap';
    case 'outside':
      return 'decap';
    case 'packet':
      break;
  }
  if (from.lane === 'tx' && to.lane === 'rx') {
    if (from.order < QUEUED || to.order > STACK_ENTRY) return null;
    if (sameDevice) return from.device === 'lo' ? 'loopback' : null;
    if (from.order < DRIVER) return null;
    return from.host === to.host ? 'veth' : 'wire';
  }
  // Within one namespace, and not of what is made there.
  if (!sameNamespace(from, to) || to.hook === LOCAL_OUT) return null;
  if (from.lane === 'rx' && to.lane === 'tx') return 'forward';
  if (from.lane !== to.lane) return null;
  return sameDevice && to.order <= from.order ? null : 'copy';
}

/**
 * The one that ended last, when all others are what it comes from itself. Else it could be any of them: a packet that
 * looks the same, elsewhere on its way.
 */
function choose(
  source: JourneySource,
  candidates: readonly Candidate[],
  first: JourneyEnd,
  known: Known,
): FoundLink[] {
  let latest: Candidate | undefined;
  for (const candidate of candidates) {
    if (latest === undefined || candidate.end.event > latest.end.event) latest = candidate;
  }
  if (latest === undefined) return [];
  const last = latest;
  const { kind, end, journey, what } = last;
  const others = candidates.filter((one) => one.journey !== journey && !isWay(source, one, last, known));
  if (others.length > 0) {
    const evidence = `${others.length + 1} packets that look the same were last seen within ${LINK_WINDOW_NS / 1e6} ms: it could be any of them.`;
    return [{ kind, known: 'broken', journey: -1, evidence }];
  }
  const distance = `${(Math.abs(gapNs(end, first)) / 1000).toFixed(1)} µs`;
  const evidence = `${what.charAt(0).toUpperCase()}${what.slice(1)}; ${distance} lie between, and no other packet fits.`;
  return [{ kind, known: 'inferred', journey, evidence }];
}

/** Is `one` what `latest` comes from? Two that were last seen at the same hop are different packets. */
function isWay(source: JourneySource, one: Candidate, latest: Candidate, known: Known): boolean {
  if (one.end.hop === latest.end.hop || one.journey > latest.journey) return false;
  let at = latest.journey;
  for (let steps = 0; steps < MAX_ANCESTORS && at > one.journey; steps++) {
    at = linksBack(source, at, known)[0]?.journey ?? -1;
  }
  return at === one.journey;
}

/** From `a` to `b`; less than 0 when the earlier to arrive is later in time. */
function gapNs(a: JourneyEnd, b: JourneyEnd): number {
  return deltaNs(a.tsHi, a.tsLo, b.tsHi, b.tsLo);
}
