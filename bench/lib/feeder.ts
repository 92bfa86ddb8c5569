/**
 * Appends generated events to a log at a steady rate, each with the time of its append as its timestamp:
 * what a probe would do, without a kernel.
 */
import { BLOCK_EPB } from '#core/pcapng/blocks.ts';
import { generateChunks } from '#core/pcapng/testing/generate-capture.ts';

export interface FeedLog {
  append(chunk: Uint8Array): Promise<void>;
}

export interface Fed {
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Longest time an append took, in ms: the log's share of the latency. */
  readonly slowestAppendMs: number;
}

/** As often as a probe empties its ring buffer. */
const TICK_MS = 5;
const NS_PER_MS = 1_000_000n;
/** Enhanced Packet Block: @0 type, @4 length, @12 time high, @16 time low. */
const EPB_LENGTH = 4;
const EPB_TIME_HIGH = 12;
const EPB_TIME_LOW = 16;

export class Feeder {
  readonly #log: FeedLog;
  readonly #chunks: Generator<Uint8Array>;
  #chunk = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;

  /** `events` at most; metadata is 32 bytes each. */
  constructor(log: FeedLog, events: number) {
    this.#log = log;
    this.#chunks = generateChunks({ events, startNs: BigInt(Date.now()) * NS_PER_MS });
  }

  /** The section's descriptions, without an event: a log that clients can subscribe to. */
  async begin(): Promise<void> {
    const preamble = this.#chunks.next();
    if (preamble.done !== true) await this.#log.append(preamble.value);
  }

  /** Appends `rate` events a second for `seconds`; one that falls behind catches up. */
  async run(rate: number, seconds: number): Promise<Fed> {
    const total = rate * seconds;
    const startedAt = performance.now();
    let events = 0;
    let bytes = 0;
    let slowestAppendMs = 0;
    while (events < total) {
      const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * rate));
      while (events < due) {
        const run = this.#take(due - events);
        if (run === null) throw new Error('the generator has no more events');
        const before = performance.now();
        await this.#log.append(run.bytes);
        slowestAppendMs = Math.max(slowestAppendMs, performance.now() - before);
        events += run.events;
        bytes += run.bytes.length;
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    return { events, bytes, seconds: (performance.now() - startedAt) / 1000, slowestAppendMs };
  }

  /** Up to `most` events of the chunk at hand, stamped with now. */
  #take(most: number): { readonly bytes: Uint8Array; readonly events: number } | null {
    if (this.#at >= this.#chunk.length && !this.#nextChunk()) return null;
    const now = BigInt(Date.now()) * NS_PER_MS;
    const high = Number(now >> 32n);
    const low = Number(now & 0xffff_ffffn);
    const start = this.#at;
    let events = 0;
    while (events < most && this.#at < this.#chunk.length) {
      if (this.#view.getUint32(this.#at, true) !== BLOCK_EPB) throw new Error('not an Enhanced Packet Block');
      this.#view.setUint32(this.#at + EPB_TIME_HIGH, high, true);
      this.#view.setUint32(this.#at + EPB_TIME_LOW, low, true);
      this.#at += this.#view.getUint32(this.#at + EPB_LENGTH, true);
      events++;
    }
    return { bytes: this.#chunk.subarray(start, this.#at), events };
  }

  #nextChunk(): boolean {
    const next = this.#chunks.next();
    if (next.done === true) return false;
    this.#chunk = next.value as Uint8Array<ArrayBuffer>;
    this.#view = new DataView(this.#chunk.buffer, this.#chunk.byteOffset, this.#chunk.byteLength);
    this.#at = 0;
    return true;
  }
}
