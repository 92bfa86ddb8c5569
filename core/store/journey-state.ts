/**
 * The `state` and `cause` columns: what became of the metadata at each event (core/diagnosis), told while
 * events arrive. Most events are like the one before them, which a few words decide; the others are
 * diagnosed. A journey whose events do not arrive in order of time is told anew.
 */
import { OFFSET_UNSET, Sighting } from '#core/diagnosis/sighting.ts';
import { diagnose, NEIGHBOUR_OVERWRITES } from '#core/diagnosis/transition.ts';
import { createTransition, HOP_STATE } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import type { Pair, Verdict } from './between-hops.ts';
import { EVENT_BIT, RECORD, RECORD_SHIFT, type EventChunk } from './event-columns.ts';
import { RECORD_WORDS } from './record-words.ts';
import { packCause } from './hop-causes.ts';
import { RECEIVES } from './hop-table.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { fillSighting, isTelling } from './sighting-of.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

const beforeSighting = new Sighting();
const nowSighting = new Sighting();
const transition = createTransition();

/** Takes in an event with a record; `last` is the event of its journey that arrived before it, -1 = none. */
export function trackState(
  store: CaptureStore,
  event: number,
  chunk: EventChunk,
  row: number,
  last: number,
): void {
  const state = chunk.metaState[row]!;
  if (last < 0) {
    if (state === META_STATE.present) keep(store, chunk, row, pairOf(store, -1, chunk.hop[row]!).appeared);
    else if (state !== META_STATE.none) tell(store, event, -1);
    return;
  }
  const before = store.events.chunk(last);
  const lastRow = last & CHUNK_MASK;
  if (!isTelling(before, lastRow)) {
    tell(store, event, store.telling.before(store, chunk.journey[row]!, event));
    return;
  }
  if (!isTelling(chunk, row)) store.telling.passOver(store, chunk.journey[row]!, last);
  if (state === before.metaState[lastRow]) {
    if (state === META_STATE.none) return;
    if (state === META_STATE.present && samePlace(chunk, row, before, lastRow)) {
      if (chunk.area[row] === before.area[lastRow]) {
        const { domains } = store.hops;
        if (isSameSide(domains[before.hop[lastRow]!]!, domains[chunk.hop[row]!]!)) {
          chunk.state[row] = HOP_STATE.present;
          return;
        }
      } else if (before.area[lastRow]! >= store.tlvs.currentFrom && chunk.area[row] !== 0) {
        // Areas of one journey under one schema have two numbers only when their bytes differ.
        const pair = pairOf(store, before.hop[lastRow]!, chunk.hop[row]!);
        const length = chunk.metaLength[row]! - NEIGHBOUR_OVERWRITES;
        if (
          !pair.between.neighbour ||
          (length > 0 && store.areas.differWithin(before.area[lastRow]!, chunk.area[row]!, length))
        ) {
          const isMore = store.tlvs.addsTo(before.area[lastRow]!, chunk.area[row]!);
          keep(store, chunk, row, isMore ? pair.added : pair.rewritten);
          return;
        }
      }
    }
  }
  tell(store, event, last);
}

function pairOf(store: CaptureStore, from: number, to: number): Pair {
  return store.between.get(from, to, store.facts.host);
}

/** Both areas were kept and are in the same place, and no header begins inside of it. */
function samePlace(chunk: EventChunk, row: number, before: EventChunk, lastRow: number): boolean {
  if (chunk.area[row] === 0 || before.area[lastRow] === 0) return false;
  if (chunk.metaLength[row] !== before.metaLength[lastRow]) return false;
  if (before.recordsIfOpen !== null) return isSamePlace(chunk.records, row, lastRow, before.recordsIfOpen);
  for (const word of PLACE) sealed[word] = before.record(lastRow, word);
  return isSamePlace(chunk.records, row, 0, sealed);
}

/** What `isSamePlace` looks at. */
const PLACE: readonly number[] = [RECORD.headLo, RECORD.headHi, RECORD.macData];
const sealed = new Uint32Array(RECORD_WORDS);

/** The same for areas of one length that were kept, of rows in `a` and `b`. */
export function isSamePlace(a: Uint32Array, row: number, lastRow: number, b = a): boolean {
  const i = row << RECORD_SHIFT;
  const k = lastRow << RECORD_SHIFT;
  const offsets = a[i + RECORD.macData]!;
  const mac = offsets & 0xffff;
  const headLo = a[i + RECORD.headLo]!;
  const headHi = a[i + RECORD.headHi]!;
  return (
    (headLo | headHi) !== 0 &&
    headLo === b[k + RECORD.headLo] &&
    headHi === b[k + RECORD.headHi] &&
    ((offsets ^ b[k + RECORD.macData]!) & 0xffff) === 0 &&
    mac !== OFFSET_UNSET &&
    offsets >>> 16 >= mac
  );
}

/** The packet did not cross from sending to receiving, or into another namespace: domains of hops. */
export function isSameSide(from: number, to: number): boolean {
  return to === from || to === (from & ~RECEIVES);
}

function keep(store: CaptureStore, chunk: EventChunk, row: number, verdict: Verdict): void {
  const { state, cause } = verdict;
  chunk.state[row] = state;
  chunk.cause[row] = cause;
  store.hops.causes.add(chunk.hop[row]!, state, cause, chunk.tsHi[row]!, chunk.tsLo[row]!, 1);
}

/** Diagnoses an event against the one at `before` (-1 = none) and counts what was found. */
function tell(store: CaptureStore, event: number, before: number): void {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const hop = chunk.hop[row]!;
  const host = store.facts.host;
  const from = before < 0 ? -1 : store.events.chunk(before).hop[before & CHUNK_MASK]!;
  fillSighting(store, event, nowSighting);
  if (before >= 0) fillSighting(store, before, beforeSighting);
  diagnose(
    before < 0 ? null : beforeSighting,
    nowSighting,
    store.between.get(from, hop, host).between,
    host?.kernelVersion ?? 0,
    transition,
  );
  let { state } = transition;
  if (state === HOP_STATE.changed && before >= 0) {
    const area = store.events.chunk(before).area[before & CHUNK_MASK]!;
    const isKept = area !== 0 && chunk.area[row] !== 0;
    if (isKept && store.tlvs.addsTo(area, chunk.area[row]!)) state = HOP_STATE.written;
  }
  keep(store, chunk, row, { state, cause: packCause(transition.cause, transition.known) });
}

/**
 * An event arrived that is older than one before it: tells the journey anew, in order of time. Journeys longer
 * than MAX_JOURNEY_EVENTS are told in order of arrival from there on, as in journey-loss.ts.
 */
export function reorderState(store: CaptureStore, journey: number, newest: number, last: number): void {
  if (store.journeys.word(journey, JOURNEY.count) > MAX_JOURNEY_EVENTS) {
    const chunk = store.events.chunk(newest);
    if ((chunk.flags[newest & CHUNK_MASK]! & EVENT_BIT.recorded) !== 0) {
      trackState(store, newest, chunk, newest & CHUNK_MASK, last);
    }
    return;
  }
  let before = -1;
  for (const event of journeyEvents(store, journey)) {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) continue;
    if (event !== newest) {
      store.hops.causes.add(
        chunk.hop[row]!,
        chunk.state[row]!,
        chunk.cause[row]!,
        chunk.tsHi[row]!,
        chunk.tsLo[row]!,
        -1,
      );
    }
    tell(store, event, before);
    if (isTelling(chunk, row)) before = event;
  }
}
