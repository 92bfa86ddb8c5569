/**
 * The instant that parts the journeys asked about best from the others, by when they began: a deployment, a program that was loaded.
 * Times go into at most BINS bins that are as wide as the journeys so far need, so that finding it takes no sorting.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { TIME_FIELD } from './fields/times.ts';

const BINS = 4096;

export interface Split {
  /** ns since the first event: between the last journey that began before it and the first that did not. */
  readonly at: number;
  /** Journeys that began before it: of those asked about, and of the others. */
  readonly inside: number;
  readonly outside: number;
  /** Instants that it was chosen from. */
  readonly tried: number;
}

export class TimeSplit {
  /** ns of a bin, a power of 2. */
  private width = 1;
  private readonly inside = new Float64Array(BINS);
  private readonly outside = new Float64Array(BINS);
  private readonly first = new Float64Array(BINS).fill(Infinity);
  private readonly last = new Float64Array(BINS).fill(-Infinity);
  /** Some journey has no time: “before” would be no half of all. */
  private untimed = false;
  private readonly store: CaptureStore;

  constructor(store: CaptureStore) {
    this.store = store;
  }

  take(journey: number, inside: boolean): void {
    const ns = this.beganAt(journey);
    if (Number.isNaN(ns)) {
      this.untimed = true;
      return;
    }
    while (ns >= BINS * this.width) this.widen();
    const bin = Math.max(0, Math.floor(ns / this.width));
    if (inside) this.inside[bin]!++;
    else this.outside[bin]!++;
    this.first[bin] = Math.min(this.first[bin]!, ns);
    this.last[bin] = Math.max(this.last[bin]!, ns);
  }

  /** The split that `measure` is largest for, by how many of each began before it; null = there are not two times to part. */
  best(measure: (inside: number, outside: number) => number): Split | null {
    if (this.untimed) return null;
    let best: Omit<Split, 'tried'> | null = null;
    let most = -Infinity;
    let tried = 0;
    let [inside, outside, last] = [0, 0, -Infinity];
    for (let bin = 0; bin < BINS; bin++) {
      if (this.first[bin] === Infinity) continue;
      if (last > -Infinity) {
        tried++;
        const value = measure(inside, outside);
        if (value > most) {
          most = value;
          best = { at: roundest(last, this.first[bin]!), inside, outside };
        }
      }
      inside += this.inside[bin]!;
      outside += this.outside[bin]!;
      last = this.last[bin]!;
    }
    return best === null ? null : { ...best, tried };
  }

  private beganAt(journey: number): number {
    const { events, journeys } = this.store;
    const isOrdered = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) === 0;
    const event = isOrdered ? journeys.word(journey, JOURNEY.first) : journeyEvents(this.store, journey)[0]!;
    return TIME_FIELD.number!(this.store, events.chunk(event), event & CHUNK_MASK);
  }

  /** Bins of twice the width, two of them in one. */
  private widen(): void {
    this.width *= 2;
    for (let bin = 0; bin < BINS; bin++) {
      const [a, b] = [2 * bin, 2 * bin + 1];
      this.inside[bin] = (this.inside[a] ?? 0) + (this.inside[b] ?? 0);
      this.outside[bin] = (this.outside[a] ?? 0) + (this.outside[b] ?? 0);
      this.first[bin] = Math.min(this.first[a] ?? Infinity, this.first[b] ?? Infinity);
      this.last[bin] = Math.max(this.last[a] ?? -Infinity, this.last[b] ?? -Infinity);
    }
  }
}

/** The time behind `last`, and at most `first`, with the fewest digits. */
function roundest(last: number, first: number): number {
  for (let power = 1e15; power > 1; power /= 10) {
    const at = Math.ceil((last + 1) / power) * power;
    if (at <= first) return at;
  }
  return first;
}
