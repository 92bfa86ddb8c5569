/**
 * Appends events, whose columns are there but for `state`, `cause` and what extensions say, to their journeys, and
 * keeps count of where journeys lose their metadata. In order of arrival: what is told of an event follows
 * from the one before it.
 */
import { EVENT_EXTENSIONS } from '#core/format/layout.gen.ts';
import { HOP_STATE } from '#core/diagnosis/types.ts';
import { EXTENSION, META_STATE } from '#core/format/structs.ts';
import type { PacketBatch } from '#core/pcapng/packet-batch.ts';
import * as PACKET from '#core/pcapng/packet-row.ts';
import type { CaptureStore } from './capture-store.ts';
import { countEdge, reorderEdges } from './edges.ts';
import { EVENT_BIT, RECORD, RECORD_SHIFT, type EventChunk } from './event-columns.ts';
import { reorderLoss, trackLoss } from './journey-loss.ts';
import { isSamePlace, isSameSide, reorderState, trackState } from './journey-state.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';

/** What is told of earlier events of these may change with a new one. */
const TOLD_ANEW = JOURNEY_BIT.unordered | JOURNEY_BIT.coalesced;
/** What `trackLoss` does with most events. */
const HAS_METADATA = JOURNEY_BIT.metadata | JOURNEY_BIT.metadataNow;

/** Appends events number `event` on, which are packets `from` to `to` - 1 and in one chunk. */
export function appendToJourneys(
  store: CaptureStore,
  event: number,
  batch: PacketBatch,
  from: number,
  to: number,
): void {
  const { journeys, events } = store;
  const { extensionsAt } = store.records;
  const chunk = events.chunk(event);
  for (let i = from; ; i++) {
    i = appendAlike(store, chunk, event + i - from, extensionsAt, i, to);
    if (i === to) return;
    const one = event + i - from;
    const row = one & CHUNK_MASK;
    const journey = chunk.journey[row]!;
    if (extensionsAt[i] !== 0) readExtensions(store, one, batch, i);
    append(store, one, chunk, row, journeys.rows(journey), journeys.at(journey));
  }
}

/**
 * Most events are like the one before them in their journey: the same metadata in the same place, later, on the same
 * side. Appends such ones of which nothing else is to be told, in a loop without a call, which lets the engine
 * keep what it works with in registers; returns the first packet that is none of these, `to` = there is none.
 */
function appendAlike(
  store: CaptureStore,
  chunk: EventChunk,
  event: number,
  extensionsAt: Int32Array,
  from: number,
  to: number,
): number {
  const { journeys, edges } = store;
  const { domains } = store.hops;
  const { journey, tsHi, tsLo, hop, area, next, state } = chunk;
  const records = chunk.recordsIfOpen;
  if (records === null) return from;
  const chunkAt = event & ~CHUNK_MASK;
  for (let i = from; i < to; i++, event++) {
    const row = event & CHUNK_MASK;
    const j = journeys.rows(journey[row]!);
    const jAt = journeys.at(journey[row]!);
    const last = j[jAt + JOURNEY.last]! - chunkAt;
    if (j[jAt + JOURNEY.count] === 0 || last < 0 || (j[jAt + JOURNEY.flags]! & TOLD_ANEW) !== 0) return i;
    // Also says that both have metadata, and as many bytes of it.
    if (area[row] === 0 || area[row] !== area[last]) return i;
    if (tsHi[row]! < tsHi[last]! || (tsHi[row] === tsHi[last] && tsLo[row]! < tsLo[last]!)) return i;
    const isAlike =
      extensionsAt[i] === 0 &&
      isSamePlace(records, row, last) &&
      isSameSide(domains[hop[last]!]!, domains[hop[row]!]!);
    const edge = edges.to(hop[row]!);
    if (!isAlike || edge === undefined) return i;
    next[last] = event;
    countEdge(edge, hop[last]!);
    j[jAt + JOURNEY.last] = event;
    j[jAt + JOURNEY.count]!++;
    state[row] = HOP_STATE.present;
  }
  return to;
}

function append(
  store: CaptureStore,
  event: number,
  chunk: EventChunk,
  row: number,
  j: Uint32Array,
  jAt: number,
): void {
  const count = j[jAt + JOURNEY.count]!;
  const previous = count === 0 ? -1 : j[jAt + JOURNEY.last]!;
  if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.coalesced) !== 0) store.coalesced.goesOn(chunk.journey[row]!);
  if (count === 0) {
    j[jAt + JOURNEY.first] = event;
  } else {
    const before = store.events.chunk(previous);
    const lastRow = previous & CHUNK_MASK;
    before.next[lastRow] = event;
    const hi = chunk.tsHi[row]!;
    const beforeHi = before.tsHi[lastRow]!;
    if (hi < beforeHi || (hi === beforeHi && chunk.tsLo[row]! < before.tsLo[lastRow]!)) {
      if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) === 0) store.journeys.unordered++;
      j[jAt + JOURNEY.flags]! |= JOURNEY_BIT.unordered;
    }
    if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) === 0) {
      const had = before.metaState[lastRow] === META_STATE.present;
      const has = chunk.metaState[row] === META_STATE.present;
      store.edges.add(before.hop[lastRow]!, chunk.hop[row]!, had, has);
    }
  }
  j[jAt + JOURNEY.last] = event;
  j[jAt + JOURNEY.count] = count + 1;
  if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) !== 0) {
    reorderLoss(store, chunk.journey[row]!);
    reorderEdges(store, chunk.journey[row]!, event, previous);
    reorderState(store, chunk.journey[row]!, event, previous);
    return;
  }
  if ((chunk.flags[row]! & EVENT_BIT.recorded) !== 0) trackState(store, event, chunk, row, previous);
  else if (previous >= 0) store.telling.passOver(store, chunk.journey[row]!, previous);
  if (chunk.metaState[row] === META_STATE.present) j[jAt + JOURNEY.flags]! |= HAS_METADATA;
  else if ((chunk.flags[row]! & EVENT_BIT.recorded) !== 0) trackLoss(store, chunk, row, j, jAt);
}

/** Reads the extensions of an event that is not in its journey yet. */
function readExtensions(store: CaptureStore, event: number, batch: PacketBatch, packet: number): void {
  const { rows, view } = batch;
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const journey = chunk.journey[row]!;
  const start = rows[(packet << PACKET.SHIFT) + PACKET.EVENT_START]!;
  const length = rows[(packet << PACKET.SHIFT) + PACKET.EVENT_LENGTH]!;
  const extensions = view.getUint16(start + EVENT_EXTENSIONS, true);
  if ((extensions & EXTENSION.operations) !== 0 && !store.operations.take(event, batch.buf, start, length)) {
    store.tableFull('operations', batch, packet);
  }
  const last =
    store.journeys.word(journey, JOURNEY.count) === 0 ? 0 : store.journeys.word(journey, JOURNEY.last);
  chunk.flags[row]! |= store.extensions.write(
    chunk.records,
    row << RECORD_SHIFT,
    batch,
    extensions,
    store.records.extensionsAt[packet]!,
    start + length,
    journey,
    store.events.chunk(last).record(last & CHUNK_MASK, RECORD.extras),
  );
  if (store.extensions.refused !== '') store.tableFull(store.extensions.refused, batch, packet);
}
