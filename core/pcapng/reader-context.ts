/** What the reader and its two parsers (pcapng, classic pcap) share. */
import type { Limits } from './limits.ts';
import { BATCH_PACKETS, PacketBatch } from './packet-batch.ts';
import { ProblemLog } from './problem-log.ts';
import type { CaptureSink, Problem } from './types.ts';

export class ReaderContext {
  readonly sink: CaptureSink;
  readonly limits: Limits;
  readonly problems: ProblemLog;
  /** Packets that the sink has not got yet: a parser fills row `count` and calls `next`. */
  readonly batch = new PacketBatch();
  /** Set by the first fatal problem: nothing after it is read. */
  stopped = false;
  sections = 0;
  interfaces = 0;

  constructor(sink: CaptureSink, limits: Limits) {
    this.sink = sink;
    this.limits = limits;
    this.problems = new ProblemLog((problem) => this.#tell(problem), limits.maxReportsPerCode);
  }

  /** A parser begins to read packets from `buf`, whose first byte is at `base` of the input. */
  begin(buf: Uint8Array, view: DataView, base: number): void {
    const { batch } = this;
    batch.buf = buf;
    batch.view = view;
    batch.base = base;
  }

  /** The row is whole. */
  next(): void {
    this.batch.count++;
    this.deliverFull();
  }

  /** Makes room for another packet. */
  deliverFull(): void {
    if (this.batch.count === BATCH_PACKETS) this.deliver();
  }

  /**
   * Hands over the packets so far: before anything else is told, and before the buffer goes. A row that is being
   * filled (something about its packet is to be told first) moves to the front.
   */
  deliver(): void {
    const { batch, sink } = this;
    const { count } = batch;
    if (count === 0) return;
    try {
      if (sink.packetBatch !== undefined) sink.packetBatch(batch);
      else for (let i = 0; i < count; i++) sink.packet(batch.packet(i));
    } finally {
      batch.restart(count);
    }
  }

  /** Ends reading at `offset`. */
  fail(code: string, offset: number, cause: string, remedy: string): void {
    this.stopped = true;
    this.problems.close();
    this.#tell({ code, offset, cause, remedy, fatal: true });
  }

  #tell(problem: Problem): void {
    this.deliver();
    this.sink.problem(problem);
  }
}

/** One input format: takes whole units (blocks, records) and leaves a partial one to the reader. */
export interface UnitParser {
  /** Bytes of the unit that `run` stopped at, as far as it is known yet; at least one more than it was given. */
  readonly need: number;
  /**
   * Reads whole units from buf[start..end). `view` is over the whole of `buf`; `base` is the offset in
   * the input of buf[0]. Returns where the first unit begins that is not whole yet.
   */
  run(buf: Uint8Array, view: DataView, start: number, end: number, base: number): number;
}

export const KEPT = 'What was read before it is kept.';
export const DAMAGED = `The file is damaged or was written wrongly here. ${KEPT}`;
