/** What the reader and its two parsers (pcapng, classic pcap) share. */
import type { Limits } from './limits.ts';
import { ProblemLog } from './problem-log.ts';
import type { CaptureSink } from './types.ts';

export class ReaderContext {
  readonly sink: CaptureSink;
  readonly limits: Limits;
  readonly problems: ProblemLog;
  /** Set by the first fatal problem: nothing after it is read. */
  stopped = false;
  sections = 0;
  interfaces = 0;

  constructor(sink: CaptureSink, limits: Limits) {
    this.sink = sink;
    this.limits = limits;
    this.problems = new ProblemLog(sink, limits.maxReportsPerCode);
  }

  /** Ends reading at `offset`. */
  fail(code: string, offset: number, cause: string, remedy: string): void {
    this.stopped = true;
    this.problems.close();
    this.sink.problem({ code, offset, cause, remedy, fatal: true });
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
