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
import { growthOver, growthText, MAX_COALESCED_BYTES, type Growth } from './growth.ts';
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
  /** TCP put its payload into that packet, which came before it. */
  | 'coalesce'
  /** It waited out of order, and TCP put its payload into the packet that filled the hole in front of it. */
  | 'ofo'
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
  /** Of `gro`, `coalesce` and `ofo`: where the packet that went on grew. */
  readonly growth?: Growth;
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
  /** Its last event to arrive, of any lane. */
  last(journey: number): JourneyEnd;
  /**
   * Its first event of Rx or Tx, and the one before it, at which it is at least `length` bytes long, counted from where the
   * first event's packet begins; null = none. Not a free: of a long packet GRO frees an sk_buff by itself that held part of
   * the segments.
   */
  grewTo(journey: number, length: number): Growth | null;
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
  readonly growth?: Growth;
}

/** Links of journeys that were worked out on the way to one. */
type Known = Map<number, FoundLink[]>;

/**
 * What this journey comes from: links to journeys that began earlier. At most one, or one broken; behind it those
 * that waited out of order and were taken into it, and at most one to the packet that it was merged into, or one broken.
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
  const origins: Candidate[] = [];
  const leaders: Candidate[] = [];
  const taken: FoundLink[] = [];
  const words = source.prints(journey);
  const at = source.printAt(journey);
  for (const [of, word, kinds] of EARLIER) {
    // Without payload of its own nothing of it is in another segment, and a chain may hold many acknowledgements.
    if (of === 'stream' && words[at + PRINT.payload] === 0) continue;
    source.window.follow(source, journey, of, words[at + word]!, (other) => {
      const what = matches(source, other, journey);
      if (what === null || !kinds.includes(what)) return true;
      if (what === 'ahead') {
        const growth = growthOver(source, journey, other);
        if (growth !== null) taken.push(filled(other, growth));
        return taken.length < MAX_LINKS;
      }
      const candidate = candidateOf(source, other, journey, what);
      if (candidate !== null) (candidate.growth === undefined ? origins : leaders).push(candidate);
      return origins.length + leaders.length < MAX_CANDIDATES;
    });
  }
  return [...choose(source, origins, first, known), ...taken, ...choose(source, leaders, first, known)];
}

/** The earlier journey `other`, which matches, as one that this may come from or be in; null = it cannot. */
function candidateOf(
  source: JourneySource,
  other: number,
  journey: number,
  what: Exclude<Match, 'ahead'>,
): Candidate | null {
  const first = source.first(journey);
  const isLate = (end: JourneyEnd): boolean => Math.abs(gapNs(end, first)) > LINK_WINDOW_NS;
  if (what === 'merged') {
    const growth = growthOver(source, other, journey);
    const end = growth === null ? null : source.lastBefore(other, first.event);
    // The queue of a socket may be read at any time.
    if (growth === null || end === null || (growth.kind === 'gro' && isLate(end))) return null;
    const text = `${SAME.merged} ${growthText(growth)}`;
    return { journey: other, kind: growth.kind, end, what: text, growth };
  }
  const end = source.lastBefore(other, first.event);
  const kind = end === null ? null : classify(what, end, first);
  if (end === null || kind === null || isLate(end)) return null;
  if (kind !== 'wire' && source.run(other) !== source.run(journey)) return null;
  return { journey: other, kind, end, what: SAME[what] };
}

/** What comes from this journey: links to journeys that began later, each as `linksBack` gives it. */
export function linksForward(source: JourneySource, journey: number): FoundLink[] {
  const found: FoundLink[] = [];
  const stop = Math.min(source.journeys, journey + 1 + MAX_LINK_SCAN);
  const known: Known = new Map();
  let looked = 0;
  for (let other = journey + 1; other < stop && found.length < MAX_LINKS; other++) {
    if (source.origin(other) !== journey && !mayContinue(source, journey, other)) continue;
    if (++looked > MAX_CANDIDATES) break;
    for (const link of linksBack(source, other, known)) {
      if (link.journey === journey) found.push({ ...link, journey: other });
    }
  }
  return found;
}

/** Before all that `other` may come from is looked through. */
function mayContinue(source: JourneySource, journey: number, other: number): boolean {
  const what = matches(source, journey, other);
  if (what === 'merged') return growthOver(source, journey, other) !== null;
  return what === 'ahead' ? growthOver(source, other, journey) !== null : what !== null;
}

type Match = 'packet' | 'inside' | 'outside' | 'segment' | 'merged' | 'ahead';

const SAME: Readonly<Record<Match, string>> = {
  packet: 'addresses, ports, ids and the first bytes of payload are the same',
  inside: 'the packet inside the tunnel has the same addresses, ports, ids and payload',
  outside: 'the packet that came out of the tunnel has the same addresses, ports, ids and payload',
  segment: 'the same TCP connection, and its sequence numbers are part of those of the large packet',
  merged: 'the same TCP connection, and the packet that leads grew over its sequence numbers',
  ahead:
    'the same TCP connection; it waited out of order, and the later packet grew over its sequence numbers',
};

/** One that this took in, where it filled the hole in front of it. */
function filled(journey: number, growth: Growth): FoundLink {
  const evidence = `${capital(SAME.ahead)} ${growthText(growth)}.`;
  return { kind: 'ofo', known: 'inferred', journey, evidence, growth };
}

/** Where earlier journeys that match are found: chain, word of the later print, and what they match as. */
const EARLIER: readonly (readonly [of: ChainOf, word: number, kinds: readonly Match[]])[] = [
  ['packet', PRINT.packet, ['packet']],
  ['packet', PRINT.innerPacket, ['inside']],
  ['inner', PRINT.packet, ['outside']],
  ['stream', PRINT.flow, ['segment', 'merged', 'ahead']],
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
    // An acknowledgement and the segment behind it begin at one sequence number.
    const alike = large > 0 || payload === 0;
    if (alike && packet !== 0 && packet === b[k + PRINT.packet]) return 'packet';
    if (payload > 0 && offset >= large && offset < MAX_COALESCED_BYTES) return 'merged';
    const ahead = -offset >>> 0;
    if (payload > 0 && large > 0 && ahead >= payload && ahead < MAX_COALESCED_BYTES) return 'ahead';
  }
  if (b[k + PRINT.innerFlow] !== 0 && fits(a, i + PRINT.flow, b, k + PRINT.innerFlow)) return 'inside';
  if (a[i + PRINT.innerFlow] !== 0 && fits(a, i + PRINT.innerFlow, b, k + PRINT.flow)) return 'outside';
  return null;
}

/** Both words of a fingerprint. */
function fits(a: Uint32Array, i: number, b: Uint32Array, k: number): boolean {
  return a[i] === b[k] && a[i + 1] === b[k + 1] && a[i + 1] !== 0;
}

/** The way a packet can have gone from the end of one journey to the beginning of another; null = none. */
function classify(
  what: Exclude<Match, 'merged' | 'ahead'>,
  end: JourneyEnd,
  first: JourneyEnd,
): LinkKind | null {
  const from = end.place;
  const to = first.place;
  const sameDevice = from.device === to.device && sameNamespace(from, to);
  switch (what) {
    case 'segment':
      return sameDevice && from.lane === 'tx' && to.lane === 'tx' && to.order > from.order ? 'gso' : null;
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
  const { kind, end, journey, what, growth } = last;
  const others = candidates.filter((one) => one.journey !== journey && !isWay(source, one, last, known));
  if (others.length > 0) {
    const many = others.length + 1;
    const evidence =
      kind === 'coalesce'
        ? `${many} packets of the connection grew over its sequence numbers: it could be in any of them.`
        : `${many} packets that look the same were last seen within ${LINK_WINDOW_NS / 1e6} ms: it could be any of them.`;
    return [{ kind, known: 'broken', journey: -1, evidence }];
  }
  const distance = `${(Math.abs(gapNs(end, first)) / 1000).toFixed(1)} µs`;
  const evidence = `${capital(what)}; ${distance} lie between, and no other packet fits.`;
  const link: FoundLink = { kind, known: 'inferred', journey, evidence };
  return [growth === undefined ? link : { ...link, growth }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Is `one` what `latest` comes from? Two that were last seen at the same hop are different packets. */
function isWay(source: JourneySource, one: Candidate, latest: Candidate, known: Known): boolean {
  if (one.end.hop === latest.end.hop || one.journey > latest.journey) return false;
  let at = latest.journey;
  for (let steps = 0; steps < MAX_ANCESTORS && at > one.journey; steps++) {
    const before = linksBack(source, at, known)[0]?.journey ?? -1;
    // What the kernel says a clone was made from may have arrived behind it: that is no way back.
    if (before >= at) return false;
    at = before;
  }
  return at === one.journey;
}

/** From `a` to `b`; less than 0 when the earlier to arrive is later in time. */
function gapNs(a: JourneyEnd, b: JourneyEnd): number {
  return deltaNs(a.tsHi, a.tsLo, b.tsHi, b.tsLo);
}
