/**
 * Decides, block by block, what is written where: pure, so that any chunking gives the same log. It
 * cuts the stream into blocks, begins a segment at every section, by size and by age, adds the
 * user's schema behind the section block, and turns a probe's death into a gap.
 *
 * Several inputs share the log: this host's probe, and the streams of agents that are joined. A section is of one host, so
 * where another input goes on, its section is begun anew with all that it has described: readers know it by its run.
 */
import { BLOCK_SUBTYPE, GAP_CAUSE, type GapCause } from '#core/format/structs.ts';
import { BLOCK_CUSTOM, BLOCK_SHB } from '#core/pcapng/blocks.ts';
import { Failure } from '../failure.ts';
import type { JoinedGuard } from './joined-guard.ts';
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

/** One stream of those that share the log. */
export class PlannerInput {
  readonly cutter = new BlockCutter();
  readonly tracker = new SectionTracker();
  /** The stream of an agent, which has seen to its schemas and gaps itself, and is not trusted. null = this host's. */
  readonly guard: JoinedGuard | null;
  /** The schemas wait for the section block, which has to come first. */
  schemasDue = false;

  constructor(guard: JoinedGuard | null) {
    this.guard = guard;
  }
}

export class Planner {
  readonly #options: PlannerOptions;
  readonly #schemaBlocks: Uint8Array[];
  readonly #own = new PlannerInput(null);
  /** Whose section the log is in. */
  #current = this.#own;
  #segmentBytes = 0;
  /** Bytes of this segment's own data, without the preamble that it repeats. */
  #dataBytes = 0;
  #segmentOpenedMs = 0;
  #steps: Step[] = [];
  /** Why the probe's next section begins, where there was one before. */
  #restart: GapCause = GAP_CAUSE.probeRestart;
  /** Whole blocks of the chunk at hand that are not in a step yet: they are written in one piece. */
  #runBytes: Uint8Array | null = null;
  #runStart = 0;
  #runEnd = 0;

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#schemaBlocks = options.schemas.map(schemaBlock);
  }

  /** Steps for the blocks that `chunk` completes; `failure` when bytes after them are no pcapng. */
  push(
    chunk: Uint8Array,
    input = this.#own,
  ): { readonly steps: readonly Step[]; readonly failure: Failure | null } {
    let failure: Failure | null = null;
    try {
      input.guard?.check(chunk);
      input.cutter.push(chunk, (type, bytes, view, start, length) =>
        this.#visit(input, type, bytes, view, start, length),
      );
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      failure = thrown;
    }
    return { steps: this.#take(), failure };
  }

  /** The probe is to be started again on purpose: its next section follows a restart that was asked for. */
  restartAsked(): void {
    this.#restart = GAP_CAUSE.askedRestart;
  }

  /** Puts another schema (JSON text) into every section that begins from now on. */
  useSchema(json: string): void {
    this.#schemaBlocks.push(schemaBlock(json));
  }

  /** The probe is gone: a block cut off in the middle is forgotten. Returns its bytes so far. */
  probeEnded(): number {
    return this.#own.cutter.reset();
  }

  /** Whether the next blocks of `input` need no section of their own. */
  isCurrent(input: PlannerInput): boolean {
    return this.#current === input;
  }

  /** What a joined agent had for us is gone; what comes next begins with a section. */
  missed(input: PlannerInput): readonly Step[] {
    input.cutter.reset();
    if (!input.tracker.active) return [];
    const now = BigInt(Math.trunc(this.#options.now())) * 1_000_000n;
    this.#enter(input);
    this.#emit({ roll: false, bytes: gapBlock(GAP_CAUSE.retention, input.tracker.lastEventNs(), now) });
    return this.#take();
  }

  /** Begins a segment now, so that a client can start at this moment; nothing when it has little data. */
  rollIfLarger(dataBytes: number): readonly Step[] {
    const { tracker, schemasDue } = this.#current;
    if (tracker.active && !schemasDue && this.#dataBytes > dataBytes) this.#roll();
    return this.#take();
  }

  #visit(
    input: PlannerInput,
    type: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    length: number,
  ): void {
    if (type === BLOCK_SHB) {
      this.#beginSection(input, bytes, view, start, length);
      return;
    }
    if (input.schemasDue) {
      this.#enter(input);
      const isSection = type === BLOCK_CUSTOM && subtypeAt(view, start, length) === BLOCK_SUBTYPE.section;
      if (!isSection) this.#emitSchemas(input);
      this.#include(bytes, start, length);
      input.tracker.see(type, bytes, view, start, length);
      if (isSection) this.#emitSchemas(input);
      return;
    }
    const old = this.#options.now() - this.#segmentOpenedMs >= this.#options.segmentAgeMs;
    const full = this.#segmentBytes + length > this.#options.segmentBytes;
    if ((full || old) && this.#dataBytes > 0) {
      this.#current = input;
      this.#roll();
    } else this.#enter(input);
    this.#include(bytes, start, length);
    this.#dataBytes += length;
    input.tracker.see(type, bytes, view, start, length);
  }

  #beginSection(input: PlannerInput, bytes: Uint8Array, view: DataView, start: number, length: number): void {
    const { tracker, guard } = input;
    if (tracker.active && guard === null) {
      const restart = BigInt(Math.trunc(this.#options.now())) * 1_000_000n;
      this.#enter(input);
      this.#emit({ roll: false, bytes: gapBlock(this.#restart, tracker.lastEventNs(), restart) });
    }
    if (guard === null) this.#restart = GAP_CAUSE.probeRestart;
    tracker.see(BLOCK_SHB, bytes, view, start, length);
    this.#current = input;
    this.#emit({ roll: true, bytes: copyOf(bytes, start, length) });
    input.schemasDue = guard === null && this.#schemaBlocks.length > 0;
  }

  /** What follows belongs to the section of `input`. */
  #enter(input: PlannerInput): void {
    if (this.#current === input) return;
    this.#current = input;
    this.#emit({ roll: false, bytes: input.tracker.nextPreamble() });
  }

  #emitSchemas(input: PlannerInput): void {
    input.schemasDue = false;
    for (const block of this.#schemaBlocks) {
      input.tracker.adopt(block);
      this.#emit({ roll: false, bytes: block });
    }
  }

  #roll(): void {
    this.#emit({ roll: true, bytes: this.#current.tracker.nextPreamble() });
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
