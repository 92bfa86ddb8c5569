/**
 * Where journeys take a turn for the worse: the first event at which metadata came to harm (HARMS of view.ts) or the packet
 * was dropped. What is known from there on follows from it; what was so before may be why.
 */
import { HOP_STATE } from '#core/diagnosis/types.ts';
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import { HARMS } from '#core/store/view.ts';
import { eachEvent } from './journey-values.ts';

const STATES: ReadonlySet<number> = new Set(HARMS.map((harm) => HOP_STATE[harm]));
const DROPPED_HOOK = HOOK_BY_NAME.get('kfree_skb')!.id;
/** Hops are where turns are taken when together they hold this share of them, the most frequent first: no outlier is. */
const MOST_TURNS = 0.9;

export class Turns {
  /** How many are asked about, and how many of them took a turn. */
  private asked = 0;
  private taken = 0;
  /** By hop, how many journeys that are asked about took theirs there. */
  private readonly counts = new Map<number, number>();
  /** Where most of them did; null = not worked out since the last was taken in. */
  private usual: ReadonlySet<number> | null = null;
  private readonly store: CaptureStore;

  constructor(store: CaptureStore) {
    this.store = store;
  }

  /** Whether fewer than half of them took any: then that is not what they have in common, and nothing follows from it. */
  get none(): boolean {
    return this.taken === 0 || 2 * this.taken < this.asked;
  }

  /** Takes in a journey that is asked about. */
  take(journey: number): void {
    this.asked++;
    let turn = -1;
    eachEvent(this.store, journey, (chunk, row) => {
      if (turn < 0 && this.isTurn(chunk, row)) turn = chunk.hop[row]!;
    });
    if (turn < 0) return;
    this.taken++;
    this.counts.set(turn, (this.counts.get(turn) ?? 0) + 1);
    this.usual = null;
  }

  /**
   * How many of a journey's events, in order of time, are before its turn; Infinity = all of them. One that is asked
   * about (`inside`) and took a turn is cut there alone. Any other is cut where most of those asked about took theirs too, and
   * at its end, or it would have seen more only because it went on.
   */
  before(journey: number, inside: boolean): number {
    if (this.none) return Infinity;
    const usual = (this.usual ??= this.mostTurns());
    let own = Infinity;
    let cut = Infinity;
    let at = 0;
    eachEvent(this.store, journey, (chunk, row) => {
      const hop = chunk.hop[row]!;
      if (own === Infinity && this.isTurn(chunk, row)) own = at;
      if (cut === Infinity && (usual.has(hop) || this.store.hops.places[hop]!.lane === 'end')) cut = at;
      at++;
    });
    return inside && own < Infinity ? own : Math.min(own, cut);
  }

  private mostTurns(): ReadonlySet<number> {
    const hops = [...this.counts].sort(([, a], [, b]) => b - a);
    let left = MOST_TURNS * hops.reduce((sum, [, count]) => sum + count, 0);
    const most = new Set<number>();
    let least = 0;
    for (const [hop, count] of hops) {
      // Of hops that hold as many, all or none.
      if (left <= 0 && count < least) break;
      most.add(hop);
      least = count;
      left -= count;
    }
    return most;
  }

  private isTurn(chunk: EventChunk, row: number): boolean {
    if ((chunk.flags[row]! & EVENT_BIT.lost) !== 0 || STATES.has(chunk.state[row]!)) return true;
    return this.store.hops.hops[chunk.hop[row]!]!.hook === DROPPED_HOOK;
  }
}
