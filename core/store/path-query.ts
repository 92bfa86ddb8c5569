/**
 * The path of some of the journeys: what the hops and edges of a capture say of all of them, counted for these. A query,
 * not kept while events arrive; `advance` takes journeys in bounded steps.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EdgeTable } from './edges.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import { HopCauses } from './hop-causes.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK, MAX_HOPS } from './limits.ts';
import { MAX_JOURNEY_EVENTS, type PathNumbers } from './view.ts';

export class PathQuery {
  private readonly store: CaptureStore;
  private readonly members: (journey: number) => boolean;
  /** Journeys and events that there were when it was asked. */
  private readonly end: number;
  private readonly endEvent: number;
  private cursor = 0;
  private journeys = 0;
  private readonly events = new Float64Array(MAX_HOPS);
  private readonly withMetadata = new Float64Array(MAX_HOPS);
  private readonly metadataBytes = new Float64Array(MAX_HOPS);
  private readonly unreadable = new Float64Array(MAX_HOPS);
  private readonly metadataLost = new Float64Array(MAX_HOPS);
  /** Journey that a loss at a hop was counted for last, + 1. */
  private readonly lostLast = new Uint32Array(MAX_HOPS);
  private readonly causes = new HopCauses();
  private readonly edges = new EdgeTable();

  /** `members`: whether a journey is one of those that are asked about. */
  constructor(store: CaptureStore, members: (journey: number) => boolean) {
    this.store = store;
    this.members = members;
    this.end = store.journeys.count;
    this.endEvent = store.events.count;
  }

  /** Takes in journeys with some `budget` events in all; true when there are no more. */
  advance(budget: number): boolean {
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      left--;
      if (this.members(this.cursor)) left -= this.take(this.cursor);
    }
    return this.cursor === this.end;
  }

  numbers(): PathNumbers {
    const { store } = this;
    return {
      journeys: this.journeys,
      hops: store.hops.hops.map((_, hop) => ({
        events: this.events[hop]!,
        withMetadata: this.withMetadata[hop]!,
        metadataBytes: this.metadataBytes[hop]!,
        unreadable: this.unreadable[hop]!,
        metadataLost: this.metadataLost[hop]!,
        causes: this.causes.list(hop),
      })),
      edges: this.edges.list(store.hops.hops.length),
    };
  }

  /** Returns how many events it has looked at. */
  private take(journey: number): number {
    const { events, journeys } = this.store;
    this.journeys++;
    const count = journeys.word(journey, JOURNEY.count);
    const isUnordered = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0;
    // Longer ones are followed in order of arrival, as the edges of all are (edges.ts).
    if (isUnordered && count <= MAX_JOURNEY_EVENTS) {
      let before = -1;
      for (const event of journeyEvents(this.store, journey)) before = this.count(event, before, journey);
      return count;
    }
    let event = journeys.word(journey, JOURNEY.first);
    let before = -1;
    for (let i = 0; i < count && event < this.endEvent; i++) {
      before = this.count(event, before, journey);
      event = events.chunk(event).next[event & CHUNK_MASK]!;
    }
    return count;
  }

  private count(event: number, before: number, journey: number): number {
    const { events } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const hop = chunk.hop[row]!;
    const has = hasMetadata(chunk, row);
    this.events[hop]!++;
    if (has) {
      this.withMetadata[hop]!++;
      this.metadataBytes[hop]! += chunk.metaLength[row]!;
    } else if (chunk.metaState[row] !== META_STATE.none) this.unreadable[hop]!++;
    if ((chunk.flags[row]! & EVENT_BIT.lost) !== 0)
      this.countLoss(this.store.coalesced.lostAt(event), journey);
    this.causes.add(hop, chunk.state[row]!, chunk.cause[row]!, chunk.tsHi[row]!, chunk.tsLo[row]!, 1);
    if (before >= 0) {
      const from = events.chunk(before);
      const fromRow = before & CHUNK_MASK;
      this.edges.add(from.hop[fromRow]!, hop, hasMetadata(from, fromRow), has);
    }
    return event;
  }

  private countLoss(hop: number, journey: number): void {
    if (this.lostLast[hop] === journey + 1) return;
    this.lostLast[hop] = journey + 1;
    this.metadataLost[hop]!++;
  }
}

function hasMetadata(chunk: EventChunk, row: number): boolean {
  return chunk.metaState[row] === META_STATE.present;
}
