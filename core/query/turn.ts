/**
 * Where journeys take a turn for the worse: the first event at which metadata came to harm (HARMS of view.ts) or the packet
 * was dropped. What is known from there on follows from it; what was so before may be why.
 */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import { HARMS } from '#core/store/view.ts';
import { eachEvent } from './journey-values.ts';

const STATES: ReadonlySet<number> = new Set(HARMS.map((harm) => HOP_STATE[harm]));
/** kfree_skb */
const DROPPED_HOOK = 10;

export class Turns {
  /** Hops at which journeys that are asked about took theirs. */
  private readonly hops = new Set<number>();
  private readonly store: CaptureStore;

  constructor(store: CaptureStore) {
    this.store = store;
  }

  /** Whether none of them took any: then nothing follows from it. */
  get none(): boolean {
    return this.hops.size === 0;
  }

  /** Takes in a journey that is asked about. */
  take(journey: number): void {
    const turns: number[] = [];
    eachEvent(this.store, journey, (chunk, row) => {
      if (turns.length === 0 && this.isTurn(chunk, row)) turns.push(chunk.hop[row]!);
    });
    for (const hop of turns) this.hops.add(hop);
  }

  /**
   * How many of a journey's events, in order of arrival, are before its turn; Infinity = all of them. One that took none
   * is cut where those asked about took theirs, and at its end, or it would have seen more only because it went on.
   */
  before(journey: number): number {
    if (this.none) return Infinity;
    const seen = { early: 0, turned: false };
    eachEvent(this.store, journey, (chunk, row) => {
      const hop = chunk.hop[row]!;
      seen.turned ||=
        this.isTurn(chunk, row) || this.hops.has(hop) || this.store.hops.places[hop]!.lane === 'end';
      if (!seen.turned) seen.early++;
    });
    return seen.turned ? seen.early : Infinity;
  }

  private isTurn(chunk: EventChunk, row: number): boolean {
    if ((chunk.flags[row]! & EVENT_BIT.lost) !== 0 || STATES.has(chunk.state[row]!)) return true;
    return this.store.hops.hops[chunk.hop[row]!]!.hook === DROPPED_HOOK;
  }
}
