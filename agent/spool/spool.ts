/**
 * The spool: an append-only log of pcapng segments on disk. Every client is a cursor in it and nothing
 * is held in memory for one.
 *
 * An *offset* is a byte position in the log as if nothing had ever been removed; it only grows. Every
 * segment begins with its section's descriptions, so a reader may begin at any segment's start, and all
 * segments one after the other are one valid pcapng file. The oldest segments are removed by total size
 * and by age, whole.
 */
import { codeOf, Failure } from '../failure.ts';
import { MAX_BLOCK_BYTES, wholeBlocks } from './block-cutter.ts';
import { openDirectory, type OpenedDirectory } from './directory.ts';
import type { CaptureLog } from './log.ts';
import { JoinedGuard } from './joined-guard.ts';
import { Planner, PlannerInput, type Step } from './planner.ts';
import { Segment } from './segment.ts';

const MIB = 1024 * 1024;
export const SEGMENT_BYTES = 64 * MIB;
export const SEGMENT_AGE_MS = 5 * 60_000;
export const RETAIN_BYTES = 1024 * MIB;
export const RETAIN_AGE_MS = 24 * 3_600_000;
/** Retention removes whole segments: with fewer than this many it would remove half the log at once. */
const SEGMENTS_WITHIN_RETENTION = 8;
/** A client that wants the present begins at a segment of its own, if the current one has more than this. */
export const LIVE_SLACK_BYTES = MIB;
const RETENTION_INTERVAL_MS = 10_000;

export interface SpoolOptions {
  readonly segmentBytes?: number;
  readonly segmentAgeMs?: number;
  readonly retainBytes?: number;
  readonly retainAgeMs?: number;
  /** Metadata schemas (JSON text, validated) to put into every section. */
  readonly schemas?: readonly string[];
  readonly now?: () => number;
}

export type ReadResult =
  /** `bytes` = `headroom` unused bytes, then whole blocks that begin at `offset`. */
  | {
      readonly kind: 'blocks';
      readonly offset: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly next: number;
    }
  /** Nothing there yet: the offset is the end of the log. */
  | { readonly kind: 'end' }
  /** Removed by retention: what is kept begins at `oldest`, `missedBytes` further on. */
  | { readonly kind: 'gone'; readonly oldest: number; readonly missedBytes: number }
  /** The next block has `blockBytes`, more than was asked for. */
  | { readonly kind: 'too-small'; readonly blockBytes: number }
  /** Past the end, or not where a block begins. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** The stream of another agent in this log. */
export interface JoinedInput {
  /** The log is in its section: to append costs nothing but the blocks. Else all that it has described is repeated. */
  readonly isCurrent: boolean;
  /** Whole blocks as the agent sent them. */
  append(blocks: Uint8Array): Promise<void>;
  /** What the agent had for us is gone, and is recorded as a gap; what it sends next begins with a section. */
  missed(): Promise<void>;
}

export class Spool implements CaptureLog {
  readonly id: string;
  readonly dir: string;
  readonly #segments: Segment[];
  readonly #unlock: () => Promise<void>;
  readonly #planner: Planner;
  readonly #retainBytes: number;
  readonly #retainAgeMs: number;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  /** Appends happen one after the other. */
  #tail: Promise<void> = Promise.resolve();
  #broken: Failure | null = null;

  private constructor(dir: string, opened: OpenedDirectory, options: SpoolOptions) {
    this.dir = dir;
    this.id = opened.id;
    this.#segments = opened.segments;
    this.#unlock = opened.unlock;
    this.#now = options.now ?? Date.now;
    this.#retainBytes = options.retainBytes ?? RETAIN_BYTES;
    this.#retainAgeMs = options.retainAgeMs ?? RETAIN_AGE_MS;
    this.#planner = new Planner({
      segmentBytes: Math.min(
        options.segmentBytes ?? SEGMENT_BYTES,
        Math.ceil(this.#retainBytes / SEGMENTS_WITHIN_RETENTION),
      ),
      segmentAgeMs: options.segmentAgeMs ?? SEGMENT_AGE_MS,
      schemas: options.schemas ?? [],
      now: this.#now,
    });
    this.#timer = setInterval(() => {
      // A disk that cannot be written to is found by the next append, which has somebody to tell.
      this.enforceRetention().catch(() => undefined);
    }, RETENTION_INTERVAL_MS);
    this.#timer.unref();
  }

  /** A new log in `dir`, or the one that is there, continued. Failure when `dir` cannot be used. */
  static async open(dir: string, options: SpoolOptions = {}): Promise<Spool> {
    return new Spool(dir, await openDirectory(dir), options);
  }

  /** Offset of the first byte that is kept. */
  get oldest(): number {
    return this.#segments[0]?.start ?? 0;
  }

  /** Offset behind the last byte that is written. */
  get end(): number {
    return this.#segments.at(-1)?.end ?? 0;
  }

  /** Offsets at which a client may begin. */
  get segmentStarts(): readonly number[] {
    return this.#segments.map((segment) => segment.start);
  }

  append(chunk: Uint8Array): Promise<void> {
    return this.#append(chunk);
  }

  /** Another stream beside the probe's. */
  join(): JoinedInput {
    const input = new PlannerInput(new JoinedGuard(this.#now));
    const isCurrent = (): boolean => this.#planner.isCurrent(input);
    return {
      get isCurrent() {
        return isCurrent();
      },
      append: (blocks) => this.#append(blocks, input),
      missed: () => this.#enqueue(this.#planner.missed(input)),
    };
  }

  #append(chunk: Uint8Array, input?: PlannerInput): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    const { steps, failure } = this.#planner.push(chunk, input);
    return this.#enqueue(steps).then(() => {
      if (failure) throw failure;
    });
  }

  probeEnded(): Promise<void> {
    this.#planner.probeEnded();
    return this.#tail;
  }

  /** The probe is about to be started again because somebody asked for another capture: no loss that it had. */
  restartAsked(): void {
    this.#planner.restartAsked();
  }

  /** Puts another schema (JSON text, validated) into every section that begins from now on. */
  useSchema(json: string): void {
    this.#planner.useSchema(json);
  }

  /** Where a client begins that wants the present: a segment's start, at most LIVE_SLACK_BYTES before the end. */
  async liveStart(): Promise<number> {
    await this.#enqueue(this.#planner.rollIfLarger(LIVE_SLACK_BYTES));
    return this.#segments.at(-1)?.start ?? 0;
  }

  /**
   * Whole blocks from `offset`, at most `maxBytes` of them, never past the end of a segment. `headroom`
   * bytes are left free in front, for a frame's header.
   */
  async read(offset: number, maxBytes: number, headroom = 0): Promise<ReadResult> {
    if (offset < this.oldest) return this.#gone(offset);
    const segment = this.#segmentAt(offset);
    if (!segment) {
      if (offset === this.end) return { kind: 'end' };
      return { kind: 'invalid', reason: `offset ${offset} is past the end of the log, ${this.end}` };
    }
    const wanted = Math.min(maxBytes, segment.end - offset);
    const bytes = new Uint8Array(headroom + wanted);
    try {
      await this.#readSegment(segment, offset - segment.start, bytes.subarray(headroom));
    } catch (thrown) {
      // Retention was faster.
      if (offset < this.oldest) return this.#gone(offset);
      throw thrown;
    }
    const { whole, first } = wholeBlocks(bytes.subarray(headroom));
    if (whole > 0) {
      return { kind: 'blocks', offset, bytes: bytes.subarray(0, headroom + whole), next: offset + whole };
    }
    // Whole blocks are written at once, so a cut block means that maxBytes is small, or that this is no block.
    if (whole === 0 && maxBytes < MAX_BLOCK_BYTES && wanted === maxBytes) {
      return { kind: 'too-small', blockBytes: Math.max(first, wanted + 4) };
    }
    return { kind: 'invalid', reason: `no block begins at offset ${offset}` };
  }

  /** Exactly the bytes asked for, whatever they are; null when they reach past the end. */
  async readRaw(offset: number, length: number): Promise<Uint8Array | { readonly oldest: number } | null> {
    if (offset < this.oldest) return { oldest: this.oldest };
    if (offset + length > this.end || length <= 0) return null;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const segment = this.#segmentAt(offset + done);
      if (!segment) return { oldest: this.oldest };
      const size = Math.min(length - done, segment.end - offset - done);
      try {
        await this.#readSegment(segment, offset + done - segment.start, bytes.subarray(done, done + size));
      } catch (thrown) {
        if (offset < this.oldest) return { oldest: this.oldest };
        throw thrown;
      }
      done += size;
    }
    return bytes;
  }

  /** Everything kept at this moment as one pcapng file; retention does not take it away meanwhile. */
  snapshot(): { readonly length: number; readonly chunks: () => AsyncGenerator<Uint8Array> } {
    const parts = this.#segments.map((segment) => ({ segment, length: segment.length }));
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      const held: Segment[] = [];
      try {
        for (const { segment } of parts) {
          await segment.acquire();
          held.push(segment);
        }
        for (const { segment, length } of parts) {
          for (let at = 0; at < length; at += MAX_BLOCK_BYTES) {
            const bytes = new Uint8Array(Math.min(MAX_BLOCK_BYTES, length - at));
            await segment.read(bytes, at);
            yield bytes;
          }
        }
      } finally {
        for (const segment of held) await segment.release();
      }
    };
    return { length: parts.reduce((sum, part) => sum + part.length, 0), chunks };
  }

  /** `listener` is called after every append, with nothing: ask `end`. Returns how to stop that. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Removes what is too much and too old, never the segment being written. */
  async enforceRetention(): Promise<void> {
    const oldestAllowed = this.#now() - this.#retainAgeMs;
    for (;;) {
      const first = this.#segments[0];
      // The last one stays: it is being written, and its end is where offsets go on.
      if (!first || this.#segments.length === 1) return;
      const tooMuch = this.end - this.oldest > this.#retainBytes;
      if (!tooMuch && first.lastWriteMs >= oldestAllowed) return;
      this.#segments.shift();
      await first.remove();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tail.catch(() => undefined);
    for (const segment of this.#segments) await segment.close();
    await this.#unlock();
  }

  #enqueue(steps: readonly Step[]): Promise<void> {
    if (steps.length > 0) {
      this.#tail = this.#tail.then(() => this.#write(steps));
      // Whoever appended gets the failure from the promise below; the chain itself must stay usable.
      const result = this.#tail;
      this.#tail = result.catch(() => undefined);
      return result;
    }
    return this.#tail;
  }

  async #write(steps: readonly Step[]): Promise<void> {
    if (this.#broken) throw this.#broken;
    try {
      for (const { roll, bytes } of steps) {
        const now = this.#now();
        if (roll) {
          await this.#segments.at(-1)?.seal();
          this.#segments.push(await Segment.create(this.dir, this.end, now));
        }
        await this.#segments.at(-1)!.write(bytes, now);
        await this.enforceRetention();
      }
    } catch (thrown) {
      // The log's end is what was written whole; a block that was written in part must never be read.
      this.#broken = new Failure(
        `the spool ${this.dir} cannot be written (${codeOf(thrown) || 'input/output error'})`,
        'free space, or give --spool another directory and --retain-size a smaller size',
      );
      throw this.#broken;
    } finally {
      for (const listener of this.#listeners) listener();
    }
  }

  async #readSegment(segment: Segment, position: number, into: Uint8Array): Promise<void> {
    await segment.acquire();
    try {
      await segment.read(into, position);
    } finally {
      await segment.release();
    }
  }

  #segmentAt(offset: number): Segment | undefined {
    // Few segments, and most readers are at the newest.
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const segment = this.#segments[i]!;
      if (offset >= segment.start) return offset < segment.end ? segment : undefined;
    }
    return undefined;
  }

  #gone(offset: number): ReadResult {
    return { kind: 'gone', oldest: this.oldest, missedBytes: this.oldest - offset };
  }
}
