/**
 * The `state` and `cause` columns: what became of the metadata at each event (core/diagnosis, and the schema: cells.ts),
 * told while events arrive. Most events are like the one before them, which a few words decide; the others are
 * diagnosed. A journey whose events do not arrive in order of time is told anew, and all are for another schema.
 */
import { OFFSET_UNSET } from '#core/diagnosis/sighting.ts';
import { NEIGHBOUR_OVERWRITES } from '#core/diagnosis/transition.ts';
import { HOP_STATE, type HopStateCode } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import type { Pair, Verdict } from './between-hops.ts';
import { EVENT_BIT, RECORD, RECORD_SHIFT, type EventChunk } from './event-columns.ts';
import { RECORD_WORDS } from './record-words.ts';
import { stateBySchema } from './cells.ts';
import { diagnoseEvent } from './diagnose-event.ts';
import { packCause } from './hop-causes.ts';
import { RECEIVES } from './hop-table.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { cameFrom } from './came-from.ts';
import { isTelling } from './sighting-of.ts';
import { wasUnderWay } from './under-way.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

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
    if (state === META_STATE.present && store.prints.origin(chunk.journey[row]!) === null) {
      if (cameFrom(store, event) >= 0) tell(store, event, -1);
      else if (wasUnderWay(store, event)) chunk.state[row] = HOP_STATE.present;
      else keep(store, chunk, row, 0, pairOf(store, -1, chunk.hop[row]!).appeared);
    } else if (state !== META_STATE.none) tell(store, event, -1);
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
          keep(store, chunk, row, before.area[lastRow]!, pair.rewritten);
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

/** `before`: area of the event before it, 0 = none. */
function keep(store: CaptureStore, chunk: EventChunk, row: number, before: number, verdict: Verdict): void {
  keepAs(store, chunk, row, stateBySchema(store, verdict.state, before, chunk.area[row]!), verdict.cause);
}

function keepAs(
  store: CaptureStore,
  chunk: EventChunk,
  row: number,
  state: HopStateCode,
  cause: number,
): void {
  chunk.state[row] = state;
  chunk.cause[row] = cause;
  store.hops.causes.add(chunk.hop[row]!, state, cause, chunk.tsHi[row]!, chunk.tsLo[row]!, 1);
}

/**
 * Diagnoses an event (diagnose-event.ts) and counts what was found. `host`: of the event's section, which of one that has just
 * arrived is the newest.
 */
function tell(store: CaptureStore, event: number, telling: number, host = store.facts.host): void {
  const { state, cause, known } = diagnoseEvent(store, event, telling, host).transition;
  keepAs(store, store.events.chunk(event), event & CHUNK_MASK, state, packCause(cause, known));
}

/** Takes what was told of an event back from the counts. */
function takeBack(store: CaptureStore, chunk: EventChunk, row: number): void {
  const { causes } = store.hops;
  causes.add(chunk.hop[row]!, chunk.state[row]!, chunk.cause[row]!, chunk.tsHi[row]!, chunk.tsLo[row]!, -1);
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
    if (event !== newest) takeBack(store, chunk, row);
    tell(store, event, before);
    if (store.coalesced.takenAt(event).length > 0) store.coalesced.explain(event);
    if (isTelling(chunk, row)) before = event;
  }
}

/** Another schema is in force: tells anew what of a journey is the schema's to say. Returns how many events it has looked at. */
export function retellState(store: CaptureStore, journey: number): number {
  const { events, journeys } = store;
  const count = journeys.word(journey, JOURNEY.count);
  const isUnordered = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0;
  let before = -1;
  if (isUnordered) {
    for (const event of journeyEvents(store, journey)) before = retell(store, event, before);
    if (count <= MAX_JOURNEY_EVENTS) return count;
  }
  // Those beyond were told in order of arrival.
  before = -1;
  let event = journeys.word(journey, JOURNEY.first);
  for (let i = 0; i < count; i++) {
    if (!isUnordered || i >= MAX_JOURNEY_EVENTS) before = retell(store, event, before);
    else if (isTelling(events.chunk(event), event & CHUNK_MASK)) before = event;
    event = events.chunk(event).next[event & CHUNK_MASK]!;
  }
  return count;
}

/** The event that the next one is compared with. */
function retell(store: CaptureStore, event: number, telling: number): number {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const state = chunk.state[row]!;
  const isSchemas = state === HOP_STATE.changed || state === HOP_STATE.written;
  const before = isSchemas && telling < 0 ? cameFrom(store, event) : telling;
  if (isSchemas && before >= 0) {
    const earlier = store.events.chunk(before);
    const had = earlier.area[before & CHUNK_MASK]!;
    if (chunk.metaLength[row] !== earlier.metaLength[before & CHUNK_MASK]) {
      takeBack(store, chunk, row);
      tell(store, event, before, store.facts.hostAt(chunk.blockOffset(row)));
    } else {
      // Of areas of one length none is written but by the schema.
      const now = stateBySchema(store, HOP_STATE.changed, had, chunk.area[row]!);
      if (now !== state) {
        takeBack(store, chunk, row);
        keepAs(store, chunk, row, now, chunk.cause[row]!);
      }
    }
  }
  return isTelling(chunk, row) ? event : telling;
}
