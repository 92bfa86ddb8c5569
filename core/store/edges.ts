/** From which hop to which journeys went, counted while events arrive. */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK, MAX_HOPS } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type Edge } from './view.ts';

/** Counts of an edge: journeys, with metadata at its start, and at its end. */
const WORDS = 3;
/** One row for each hop an edge leads to, made with its first edge: of 512 hops few are neighbours. */
const ROW_WORDS = MAX_HOPS * WORDS;

export class EdgeTable {
  /** By the hop that edges lead to; word of an edge: from × WORDS. */
  private readonly rows: (Float64Array | undefined)[] = [];

  /** Counts `by` journeys from one hop to another; -1 takes one back. */
  add(from: number, to: number, hadMetadata: boolean, hasMetadata: boolean, by = 1): void {
    const row = (this.rows[to] ??= new Float64Array(ROW_WORDS));
    const at = from * WORDS;
    row[at]! += by;
    if (hadMetadata) row[at + 1]! += by;
    if (hasMetadata) row[at + 2]! += by;
  }

  /** The counts of edges that lead to a hop, for `countEdge`; undefined = there is none yet. */
  to(hop: number): Float64Array | undefined {
    return this.rows[hop];
  }

  /** All edges that journeys went along, by `to`, then `from`. */
  list(hops: number): Edge[] {
    const edges: Edge[] = [];
    for (let to = 0; to < hops; to++) {
      const row = this.rows[to];
      if (row === undefined) continue;
      for (let from = 0; from < hops; from++) {
        const at = from * WORDS;
        const count = row[at]!;
        if (count > 0) edges.push({ from, to, count, hadMetadata: row[at + 1]!, withMetadata: row[at + 2]! });
      }
    }
    return edges;
  }
}

/** Counts a journey with metadata at both ends, coming from hop `from`. */
export function countEdge(row: Float64Array, from: number): void {
  const at = from * WORDS;
  row[at]!++;
  row[at + 1]!++;
  row[at + 2]!++;
}

export function edgeList(store: CaptureStore): Edge[] {
  return store.edges.list(store.hops.hops.length);
}

/** By hop: how often journeys came there with metadata at the hop before, in their own packet or one that TCP put them into. */
export function arrivals(store: CaptureStore): Float64Array {
  const arrived = new Float64Array(store.hops.hops.length);
  for (const { to, hadMetadata } of edgeList(store)) arrived[to]! += hadMetadata;
  for (let hop = 0; hop < arrived.length; hop++) arrived[hop]! += store.coalesced.atHop[hop]!;
  return arrived;
}

/**
 * An event arrived that is older than one before it: the edges of its journey are counted anew. `event` is the
 * journey's newest by arrival, `last` the one before it. Journeys longer than MAX_JOURNEY_EVENTS are not, as in
 * journey-loss.ts: there the edge is the one in order of arrival.
 */
export function reorderEdges(store: CaptureStore, journey: number, event: number, last: number): void {
  if (store.journeys.word(journey, JOURNEY.count) > MAX_JOURNEY_EVENTS) {
    count(store, last, event, 1);
    return;
  }
  const after = journeyEvents(store, journey);
  const at = after.indexOf(event);
  const before = after[at - 1];
  const next = after[at + 1];
  if (before !== undefined && next !== undefined) count(store, before, next, -1);
  if (before !== undefined) count(store, before, event, 1);
  if (next !== undefined) count(store, event, next, 1);
}

function count(store: CaptureStore, from: number, to: number, by: number): void {
  const start = store.events.chunk(from);
  const end = store.events.chunk(to);
  store.edges.add(
    start.hop[from & CHUNK_MASK]!,
    end.hop[to & CHUNK_MASK]!,
    start.metaState[from & CHUNK_MASK] === META_STATE.present,
    end.metaState[to & CHUNK_MASK] === META_STATE.present,
    by,
  );
}
