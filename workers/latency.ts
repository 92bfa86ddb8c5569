/**
 * How old events are when they are decoded: this host's clock at the end of a slice, less the event's
 * timestamp. It says something when both clocks are the same, as for a live capture of this host.
 */
import { EVENT_BIT, type EventColumns } from '#core/store/event-columns.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';

/** Buckets of 1 ms; the last one holds everything later. */
const BUCKETS = 10_000;
const NS_PER_MS = 1e6;
const MS_PER_HI = 0x1_0000_0000 / NS_PER_MS;

export interface LatencyStats {
  readonly events: number;
  /** Milliseconds, null without events. Quantiles are rounded up: so many events were that old at most. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export class LatencyProbe {
  readonly #buckets = new Uint32Array(BUCKETS);
  #events = 0;
  #maxMs = 0;

  /** Events `from` to `to` (not included) were decoded at `nowMs`, Unix time in ms with its fraction. */
  record(events: EventColumns, from: number, to: number, nowMs: number): void {
    for (let event = from; event < to; event++) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      if ((chunk.flags[row]! & EVENT_BIT.time) === 0) continue;
      // A double of Unix ms is good to 0.2 µs here, which is far below a bucket.
      const ageMs = nowMs - (chunk.tsHi[row]! * MS_PER_HI + chunk.tsLo[row]! / NS_PER_MS);
      const bucket = ageMs <= 0 ? 0 : Math.min(Math.floor(ageMs), BUCKETS - 1);
      this.#buckets[bucket]!++;
      this.#events++;
      if (ageMs > this.#maxMs) this.#maxMs = ageMs;
    }
  }

  /** What was recorded since the last call, and begins anew. */
  take(): LatencyStats {
    const stats: LatencyStats = {
      events: this.#events,
      p50Ms: this.#quantile(0.5),
      p99Ms: this.#quantile(0.99),
      maxMs: this.#events === 0 ? null : Math.round(this.#maxMs),
    };
    this.#buckets.fill(0);
    this.#events = 0;
    this.#maxMs = 0;
    return stats;
  }

  /** Upper end of the bucket in which the quantile lies; the largest age itself in the last one. */
  #quantile(share: number): number | null {
    if (this.#events === 0) return null;
    const rank = Math.ceil(this.#events * share);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS - 1; bucket++) {
      seen += this.#buckets[bucket]!;
      if (seen >= rank) return bucket + 1;
    }
    return Math.round(this.#maxMs);
  }
}
