/** Bytes and events a second over a sliding window. */

export const RATE_WINDOW_MS = 2_000;
/** Counts nearer together than this are one sample: the window holds at most 40. */
const SAMPLE_MS = 50;
/** The first slice of a file would otherwise be divided by nearly nothing. */
const SHORTEST_SPAN_MS = 100;

interface Sample {
  readonly at: number;
  bytes: number;
  events: number;
}

export class RateMeter {
  readonly #samples: Sample[];

  /** `now` in ms of a monotonic clock, as in the other calls; the totals so far do not count. */
  constructor(now: number, bytes = 0, events = 0) {
    this.#samples = [{ at: now, bytes, events }];
  }

  /** The totals so far. */
  count(now: number, bytes: number, events: number): void {
    const last = this.#samples.at(-1)!;
    if (this.#samples.length > 1 && now - last.at < SAMPLE_MS) {
      last.bytes = bytes;
      last.events = events;
    } else {
      this.#samples.push({ at: now, bytes, events });
    }
    this.#drop(now);
  }

  /** Per second; 0 when nothing came within the window. */
  rates(now: number): { readonly bytes: number; readonly events: number } {
    this.#drop(now);
    const first = this.#samples[0]!;
    const last = this.#samples.at(-1)!;
    const seconds = Math.max(now - first.at, SHORTEST_SPAN_MS) / 1000;
    return { bytes: (last.bytes - first.bytes) / seconds, events: (last.events - first.events) / seconds };
  }

  /** Keeps one sample from before the window: what the counts were when it began. */
  #drop(now: number): void {
    while (this.#samples.length > 1 && this.#samples[1]!.at <= now - RATE_WINDOW_MS) this.#samples.shift();
  }
}
