/** What became of a journey's metadata, in one sentence. */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { cameFromJourney } from './came-from.ts';
import { arrivals } from './edges.ts';
import { decimal, journeyId } from './event-text.ts';
import { CHUNK_MASK } from './limits.ts';
import type { JourneyHop } from './view.ts';

/** What is told first, the worst first; the first hop of the worst state is where it went wrong. */
const WORST = ['lost', 'clobbered', 'suspect', 'unreadable'] as const;

const WHAT: Readonly<Record<(typeof WORST)[number], string>> = {
  lost: 'Metadata lost',
  suspect: 'Metadata suspect',
  clobbered: 'Metadata clobbered',
  unreadable: 'Metadata unreadable',
};

/** `events` in order of time, hops[i] what is told of events[i]. */
export function diagnosisText(
  store: CaptureStore,
  journey: number,
  events: readonly number[],
  hops: readonly JourneyHop[],
): string {
  for (const state of WORST) {
    const i = hops.findIndex((hop) => hop.state === state);
    if (i >= 0) return wrong(store, events[i]!, hops, i, state);
  }
  const name = (hop: JourneyHop): string => hopCalled(store, hop.hop);
  const first = hops.find(({ state }) => state !== 'none');
  if (first === undefined) return '';
  const writer = first.writer === '' ? '' : ` by ${first.writer}`;
  const last = hops.findLast(({ metaState }) => metaState === 'present')!;
  const isOld = first.state === 'present';
  const count = (state: JourneyHop['state']): number => hops.filter((hop) => hop.state === state).length;
  // The first writing is the metadata itself.
  const added = times('added to', count('written') - (isOld ? 0 : 1));
  const told = [added, times('changed', count('changed'))].filter((text) => text !== '');
  const changed = told.length === 0 ? '' : `, ${told.join(' and ')} on the way`;
  const from = isOld ? originText(store, journey, events[hops.indexOf(first)]!) : '';
  if (from !== '')
    return `Metadata came with it from ${from}: first seen at ${name(first)}, there until ${name(last)}${changed}.`;
  if (isOld)
    return `Metadata was there when watching began: first seen at ${name(first)}, there until ${name(last)}${changed}.`;
  return `Metadata written${writer}, first seen at ${name(first)}, there until ${name(last)}${changed}.`;
}

/** `journey 7 (inferred)`, '' = none is known; `first`: its first event that has metadata. */
function originText(store: CaptureStore, journey: number, first: number): string {
  const origin = store.prints.origin(journey);
  if (origin !== null) return `journey ${decimal(origin[0], origin[1])}`;
  const from = cameFromJourney(store, first);
  if (from < 0) return '';
  const { hi, lo } = journeyId(store, from);
  return `journey ${decimal(hi, lo)} (inferred)`;
}

function times(what: string, count: number): string {
  if (count <= 0) return '';
  return `${what} ${count === 1 ? 'once' : `${count} times`}`;
}

/** As the path calls it, where no other hop has that name. */
function hopCalled(store: CaptureStore, index: number): string {
  const { name, label } = store.hops.hops[index]!;
  return store.hops.hops.some((other, i) => i !== index && other.label === label) ? name : label;
}

/**
 * `Metadata lost by PROGRAM: OPERATION, between A and B (implied: EVIDENCE), as in 12 of 40 journeys that came there with metadata.`
 * Who and how stand first: a pane may have room for the beginning alone.
 */
function wrong(
  store: CaptureStore,
  event: number,
  hops: readonly JourneyHop[],
  i: number,
  worst: (typeof WORST)[number],
): string {
  const hop = hops[i]!;
  const name = hopCalled(store, hop.hop);
  const before = hops.slice(0, i).findLast(({ metaState }) => metaState === 'present');
  const where = before === undefined ? `at ${name}` : `between ${hopCalled(store, before.hop)} and ${name}`;
  const evidence = hop.cause.evidence.replace(/\.$/, '');
  // Where it was attached is where it came to harm.
  const writer = hop.writer.replace(/ \(tag [^)]*\)/g, '').replace(/ at [^,]*/g, '');
  const how =
    hop.cause.name === 'unknown'
      ? `${where}, cause unknown (${evidence})`
      : `by ${writer === '' ? '' : `${writer}: `}${hop.cause.operation}${writer === '' ? '' : ','} ${where} (${hop.cause.known}: ${evidence})`;
  const chunk = store.events.chunk(event);
  const state = HOP_STATE[worst];
  const count = store.hops.causes.count(hop.hop, state, chunk.cause[event & CHUNK_MASK]!);
  // The same share as in the summary of losses. A packet that is unreadable at its first hop came from nowhere.
  const arrived = arrivals(store)[hop.hop]!;
  const many =
    arrived < count
      ? `${count} events there`
      : `${count} of ${arrived} journeys that came there with metadata`;
  return `${WHAT[worst]} ${how}, as in ${many}.`;
}
