/** Links between the journeys of a capture, looked for when a journey is asked for. */
import { PRINT } from '#core/diagnosis/fingerprint.ts';
import {
  linksBack,
  linksForward,
  type FoundLink,
  type JourneyEnd,
  type JourneySource,
} from '#core/diagnosis/links.ts';
import type { CaptureStore } from './capture-store.ts';
import { decimal, journeyId } from './event-text.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type JourneyLink } from './view.ts';

/** The store as links are looked for in it, as if it ended before event number `end`. */
function sourceOf(store: CaptureStore, end: number): JourneySource {
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
    lastBefore: (journey, before) => {
      let last = -1;
      each(journey, (event) => {
        const { lane } = hops.places[events.chunk(event).hop[event & CHUNK_MASK]!]!;
        if (event < before && lane !== 'end') last = event;
      });
      return last < 0 ? null : endOf(last);
    },
    longestFrom: (journey, from) => {
      let longest = 0;
      each(journey, (event) => {
        if (event >= from) longest = Math.max(longest, events.chunk(event).length[event & CHUNK_MASK]!);
      });
      return longest;
    },
  };
}

/** Whether anything could be found: there is a print, or the kernel's word. */
function canLink(store: CaptureStore, journey: number): boolean {
  const { prints } = store;
  return prints.words(journey)[prints.at(journey) + PRINT.flow] !== 0 || prints.origin(journey) !== null;
}

/** What a journey comes from and what comes from it. */
export function journeyLinks(store: CaptureStore, journey: number): JourneyLink[] {
  if (!canLink(store, journey)) return [];
  const source = sourceOf(store, Infinity);
  return [
    ...linksBack(source, journey).map((link) => linkOf(store, link, 'from')),
    ...linksForward(source, journey).map((link) => linkOf(store, link, 'to')),
  ];
}

/** What a journey comes from, as far as it can be told when event number `event` is the newest. */
export function linksAt(store: CaptureStore, journey: number, event: number): JourneyLink[] {
  if (!canLink(store, journey)) return [];
  return linksBack(sourceOf(store, event + 1), journey).map((link) => linkOf(store, link, 'from'));
}

function linkOf(store: CaptureStore, link: FoundLink, direction: JourneyLink['direction']): JourneyLink {
  const { kind, known, evidence } = link;
  if (link.journey < 0) return { direction, kind, known, journey: null, id: '', evidence };
  const id = journeyId(store, link.journey);
  return { direction, kind, known, journey: link.journey, id: decimal(id.hi, id.lo), evidence };
}
