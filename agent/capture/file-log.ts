/** The log of `whither capture`: one file or a pipe, written in the probe's pace, never cut into segments. */
import type { Writable } from 'node:stream';
import { codeOf, Failure } from '../failure.ts';
import type { CaptureLog } from '../spool/log.ts';
import { Planner } from '../spool/planner.ts';

export class FileLog implements CaptureLog {
  readonly #out: Writable;
  readonly #planner: Planner;
  readonly #beforeFirst: () => void;
  #bytes = 0;
  #error: Error | null = null;

  /** `out` is a file or a pipe; the caller closes it. `beforeFirst` is called before the first byte. */
  constructor(out: Writable, schemas: readonly string[], beforeFirst: () => void = () => undefined) {
    this.#beforeFirst = beforeFirst;
    this.#out = out;
    this.#planner = new Planner({
      segmentBytes: Number.POSITIVE_INFINITY,
      segmentAgeMs: Number.POSITIVE_INFINITY,
      schemas,
      now: Date.now,
    });
    out.on('error', (error) => (this.#error = error));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The reader of the pipe went away, as `head` does: an end, not a fault. */
  get closedByReader(): boolean {
    return codeOf(this.#error) === 'EPIPE';
  }

  async append(chunk: Uint8Array): Promise<void> {
    const { steps, failure } = this.#planner.push(chunk);
    for (const { bytes } of steps) await this.#write(bytes);
    if (failure) throw failure;
  }

  probeEnded(): Promise<void> {
    this.#planner.probeEnded();
    return Promise.resolve();
  }

  #write(bytes: Uint8Array): Promise<void> {
    if (this.#bytes === 0) this.#beforeFirst();
    return new Promise((resolve, reject) => {
      this.#out.write(bytes, (error) => {
        if (error) {
          this.#error = error;
          reject(
            new Failure(
              `the capture cannot be written (${codeOf(error) || error.message})`,
              'free space or write somewhere else with -w',
            ),
          );
        } else {
          this.#bytes += bytes.length;
          resolve();
        }
      });
    });
  }
}
