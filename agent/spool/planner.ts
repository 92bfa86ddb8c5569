/**
 * Decides, block by block, what is written where: pure, so that any chunking gives the same log. It
 * cuts the stream into blocks, begins a segment at every section, by size and by age, adds the
 * user's schema behind the section block, and turns a probe's death into a gap.
 */
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { BLOCK_CUSTOM, BLOCK_SHB } from '#core/pcapng/blocks.ts';
import { Failure } from '../failure.ts';
import { BlockCutter } from './block-cutter.ts';
import { gapBlock, schemaBlock, subtypeAt } from './whither-block.ts';
import { copyOf, SectionTracker } from './section-tracker.ts';

export interface PlannerOptions {
  /** A segment is not made larger than this, unless a single preamble and block are. */
  readonly segmentBytes: number;
  /** A segment is not written to for longer than this. */
  readonly segmentAgeMs: number;
  /** Metadata schemas (JSON text) to put into every section. */
  readonly schemas: readonly string[];
  /** Unix time in ms. */
  readonly now: () => number;
}

/** `bytes` (whole blocks) go to the end of the log, into a new segment when `roll` is set. */
export interface Step {
  readonly roll: boolean;
  readonly bytes: Uint8Array;
}

export class Planner {
  readonly #options: PlannerOptions;
  readonly #schemaBlocks: Uint8Array[];
  readonly #cutter = new BlockCutter();
  readonly #tracker = new SectionTracker();
  #segmentBytes = 0;
  /** Bytes of this segment's own data, without the preamble that it repeats. */
  #dataBytes = 0;
  #segmentOpenedMs = 0;
  /** The schemas wait for the section block, which has to come first. */
  #schemasDue = false;
  #steps: Step[] = [];
  /** Whole blocks of the chunk at hand that are not in a step yet: they are written in one piece. */
  #runBytes: Uint8Array | null = null;
  #runStart = 0;
  #runEnd = 0;

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#schemaBlocks = options.schemas.map(schemaBlock);
  }

  /** Steps for the blocks that `chunk` completes; `failure` when bytes after them are no pcapng. */
  push(chunk: Uint8Array): { readonly steps: readonly Step[]; readonly failure: Failure | null } {
    let failure: Failure | null = null;
    try {
      this.#cutter.push(chunk, this.#visit);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      failure = thrown;
    }
    return { steps: this.#take(), failure };
  }

  /** Puts another schema (JSON text) into every section that begins from now on. */
  useSchema(json: string): void {
    this.#schemaBlocks.push(schemaBlock(json));
  }

  /** The probe is gone: a block cut off in the middle is forgotten. Returns its bytes so far. */
  probeEnded(): number {
    return this.#cutter.reset();
  }

  /** Begins a segment now, so that a client can start at this moment; nothing when it has little data. */
  rollIfLarger(dataBytes: number): readonly Step[] {
    if (this.#tracker.active && !this.#schemasDue && this.#dataBytes > dataBytes) this.#roll();
    return this.#take();
  }

  readonly #visit = (
    type: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    length: number,
  ): void => {
    if (type === BLOCK_SHB) {
      this.#beginSection(bytes, view, start, length);
      return;
    }
    if (this.#schemasDue) {
      const isSection = type === BLOCK_CUSTOM && subtypeAt(view, start, length) === BLOCK_SUBTYPE.section;
      if (!isSection) this.#emitSchemas();
      this.#include(bytes, start, length);
      this.#tracker.see(type, bytes, view, start, length);
      if (isSection) this.#emitSchemas();
      return;
    }
    const old = this.#options.now() - this.#segmentOpenedMs >= this.#options.segmentAgeMs;
    const full = this.#segmentBytes + length > this.#options.segmentBytes;
    if ((full || old) && this.#dataBytes > 0) this.#roll();
    this.#include(bytes, start, length);
    this.#dataBytes += length;
    this.#tracker.see(type, bytes, view, start, length);
  };

  #beginSection(bytes: Uint8Array, view: DataView, start: number, length: number): void {
    if (this.#tracker.active) {
      const restart = BigInt(Math.trunc(this.#options.now())) * 1_000_000n;
      this.#emit({
        roll: false,
        bytes: gapBlock(GAP_CAUSE.probeRestart, this.#tracker.lastEventNs(), restart),
      });
    }
    this.#tracker.see(BLOCK_SHB, bytes, view, start, length);
    this.#emit({ roll: true, bytes: copyOf(bytes, start, length) });
    this.#schemasDue = this.#schemaBlocks.length > 0;
  }

  #emitSchemas(): void {
    this.#schemasDue = false;
    for (const block of this.#schemaBlocks) {
      this.#tracker.adopt(block);
      this.#emit({ roll: false, bytes: block });
    }
  }

  #roll(): void {
    this.#emit({ roll: true, bytes: this.#tracker.nextPreamble() });
  }

  #include(bytes: Uint8Array, start: number, length: number): void {
    if (this.#runBytes !== bytes || this.#runEnd !== start) {
      this.#flushRun();
      this.#runBytes = bytes;
      this.#runStart = start;
    }
    this.#runEnd = start + length;
    this.#segmentBytes += length;
  }

  #emit(step: Step): void {
    this.#flushRun();
    this.#steps.push(step);
    if (step.roll) {
      this.#segmentBytes = 0;
      this.#dataBytes = 0;
      this.#segmentOpenedMs = this.#options.now();
    }
    this.#segmentBytes += step.bytes.length;
  }

  #flushRun(): void {
    if (this.#runBytes) {
      this.#steps.push({ roll: false, bytes: this.#runBytes.subarray(this.#runStart, this.#runEnd) });
    }
    this.#runBytes = null;
  }

  #take(): readonly Step[] {
    this.#flushRun();
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}
