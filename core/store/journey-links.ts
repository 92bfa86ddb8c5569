/** Links between the journeys of a capture, and ends that are open, looked for when a journey is asked for. */
import { brokenEnd, brokenStart, type EndSource } from '#core/diagnosis/ends.ts';
import { PRINT } from '#core/diagnosis/fingerprint.ts';
import {
  linksBack,
  linksForward,
  type FoundLink,
  type JourneyEnd,
  type JourneySource,
  type LinkKind,
} from '#core/diagnosis/links.ts';
import { unseenRead, type ReadSource } from '#core/diagnosis/unseen-read.ts';
import { TCP_FLAG } from '#core/dissect/constants.ts';
import { sameNamespace } from '#core/diagnosis/sighting.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { decimal, journeyId } from './event-text.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type JourneyLink } from './view.ts';

/**
 * The store as links are looked for in it, as if it ended before event number `end`. Infinity: all of it is there, and
 * what was lost and when it began and ended are known.
 */
export function sourceOf(store: CaptureStore, end: number): JourneySource & EndSource & ReadSource {
  const { journeys, prints, events, hops } = store;
  const endOf = (event: number): JourneyEnd => {
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const hop = chunk.hop[row]!;
    return {
      event,
      hop,
      place: hops.places[hop]!,
      tsHi: chunk.tsHi[row]!,
      tsLo: chunk.tsLo[row]!,
      length: chunk.length[row]!,
    };
  };
  /** Calls `visit` with the journey's events before `end`, in order of arrival. */
  const each = (journey: number, visit: (event: number) => void): void => {
    const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
    let event = journeys.word(journey, JOURNEY.first);
    for (let i = 0; i < count && event < end; i++) {
      visit(event);
      event = events.chunk(event).next[event & CHUNK_MASK]!;
    }
  };
  return {
    journeys: journeys.count,
    prints: (journey) => prints.words(journey),
    printAt: (journey) => prints.at(journey),
    window: prints.window,
    run: (journey) => journeys.word(journey, JOURNEY.run),
    origin: (journey) => {
      const id = prints.origin(journey);
      return id === null ? -1 : journeys.find(journeys.word(journey, JOURNEY.run), id[0], id[1]);
    },
    first: (journey) => endOf(journeys.word(journey, JOURNEY.first)),
    last: (journey) => endOf(journeys.word(journey, JOURNEY.last)),
    protocol: (journey) => {
      const event = journeys.word(journey, JOURNEY.first);
      return events.chunk(event).protocol[event & CHUNK_MASK]!;
    },
    opens: (journey) => {
      const event = journeys.word(journey, JOURNEY.first);
      return (events.chunk(event).tcpFlags[event & CHUNK_MASK]! & TCP_FLAG.syn) !== 0;
    },
    sees: ({ id }, from) =>
      hops.places.some(
        (place, hop) =>
          place.hook === id &&
          place.device === from.device &&
          sameNamespace(place, from) &&
          hops.events[hop]! > 0 &&
          hops.first[hop]! < end,
      ),
    began: (journey) => {
      const started = store.facts.startOf(journeys.word(journey, JOURNEY.run));
      if (started !== null || end < Infinity) return started;
      const { tsHi, tsLo } = endOf(store.fileOf(journeys.word(journey, JOURNEY.first)).start);
      return { hi: tsHi, lo: tsLo };
    },
    newest: (journey) =>
      end < Infinity ? null : endOf(store.fileOf(journeys.word(journey, JOURNEY.last)).end - 1),
    lostNear: ({ tsHi, tsLo }, reachNs) => {
      if (end < Infinity) return '';
      const at = nsFromParts(tsHi, tsLo);
      const there = (at + BigInt(reachNs)) as Ns;
      const gap = reachNs < 0 ? store.gaps.within(there, at) : store.gaps.within(at, there);
      if (gap === null) return '';
      const many = gap.count === null ? 'Events' : `${gap.count} events`;
      return `${many} are missing from the capture around that time (${gap.cause}).`;
    },
    lastBefore: (journey, before) => {
      let last = -1;
      each(journey, (event) => {
        const { lane } = hops.places[events.chunk(event).hop[event & CHUNK_MASK]!]!;
        if (event < before && lane !== 'end') last = event;
      });
      return last < 0 ? null : endOf(last);
    },
    grewTo: (journey, length) => {
      const start = journeys.word(journey, JOURNEY.first);
      const begins = HOOK_BY_ID.get(endOf(start).place.hook)?.linkType;
      let before = -1;
      let grown = -1;
      each(journey, (event) => {
        const chunk = events.chunk(event);
        const row = event & CHUNK_MASK;
        const { lane, hook } = hops.places[chunk.hop[row]!]!;
        if (grown >= 0 || lane === 'end') return;
        // With a MAC header in front, or without one, as the first.
        if (chunk.length[row]! >= length && HOOK_BY_ID.get(hook)?.linkType === begins) grown = event;
        else before = event;
      });
      return grown < 0 || before < 0 ? null : { before: endOf(before), at: endOf(grown) };
    },
  };
}

/** Whether anything could be found: there is a print, or the kernel's word. */
function canLink(store: CaptureStore, journey: number): boolean {
  const { prints } = store;
  return prints.words(journey)[prints.at(journey) + PRINT.flow] !== 0 || prints.origin(journey) !== null;
}

/** What it comes from; when that is nothing, why that is not as it should be. */
function backLinks(store: CaptureStore, source: JourneySource & EndSource, journey: number): FoundLink[] {
  const found = canLink(store, journey) ? linksBack(source, journey) : [];
  if (found.length > 0) return found;
  const origin = store.prints.origin(journey);
  if (origin === null) return brokenStart(source, journey);
  const evidence = `The kernel was seen to clone it from journey ${decimal(origin[0], origin[1])}, of which nothing is here.`;
  return [{ kind: 'clone', known: 'broken', journey: -1, evidence }];
}

/** Why nothing comes from it, when that is not as it should be. */
function openEnd(source: EndSource & ReadSource, journey: number): FoundLink[] {
  const unseen = unseenRead(source, journey);
  return unseen.length > 0 ? unseen : brokenEnd(source, journey);
}

/** Kinds that lead from a packet that ends to an earlier one that goes on. */
const INTO: ReadonlySet<LinkKind> = new Set(['gro', 'coalesce']);
/** Kinds that lead to a later packet as which this one does not go on. */
const BESIDE: ReadonlySet<LinkKind> = new Set(['clone', ...INTO]);

/** What a journey comes from and what comes from it, and where either should be known but is not. */
export function journeyLinks(store: CaptureStore, journey: number): JourneyLink[] {
  if (!isFollowed(store, journey)) return [];
  const source = sourceOf(store, Infinity);
  const back = backLinks(store, source, journey);
  const forward = canLink(store, journey) ? linksForward(source, journey) : [];
  // What was merged ends there; what a clone was taken of, or others were merged into, does not go on as that.
  const goesOn = back.some(({ kind }) => INTO.has(kind)) || forward.some(({ kind }) => !BESIDE.has(kind));
  return [
    ...back.map((link) => linkOf(store, link, 'from')),
    ...forward.map((link) => linkOf(store, link, 'to')),
    ...(goesOn ? [] : openEnd(source, journey)).map((link) => linkOf(store, link, 'to')),
  ];
}

/** What a journey comes from, as far as it can be told when event number `event` is the newest. */
export function linksAt(store: CaptureStore, journey: number, event: number): JourneyLink[] {
  if (!isFollowed(store, journey)) return [];
  return backLinks(store, sourceOf(store, event + 1), journey).map((link) => linkOf(store, link, 'from'));
}

/** Events without an id are journeys of their own: that they are not linked says nothing. */
function isFollowed(store: CaptureStore, journey: number): boolean {
  return (store.journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) !== 0;
}

function linkOf(store: CaptureStore, link: FoundLink, direction: JourneyLink['direction']): JourneyLink {
  const { kind, known, evidence, growth } = link;
  if (link.journey < 0) return { direction, kind, known, journey: null, id: '', evidence };
  const id = journeyId(store, link.journey);
  const found = { direction, kind, known, journey: link.journey, id: decimal(id.hi, id.lo), evidence };
  return growth === undefined ? found : { ...found, grewAt: growth.at.event };
}
