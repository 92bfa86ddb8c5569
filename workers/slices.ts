/** Long work in slices, so that a query never waits for more than one of them. */

export const SLICE_MS = 8;

export interface Clock {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly yieldToTasks: () => Promise<void>;
}

export class Slices {
  readonly #clock: Clock;
  #startedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** A wait of another kind is over: a new slice begins. */
  begin(): void {
    this.#startedAt = this.#clock.now();
  }

  /** Between two steps: gives way to other tasks when the slice is used up. */
  async pause(): Promise<void> {
    if (this.#clock.now() - this.#startedAt < SLICE_MS) return;
    await this.#clock.yieldToTasks();
    this.#startedAt = this.#clock.now();
  }
}

/** Repeats `step` until it says that it is done (true) or `goOn` says that nobody wants the result (false). */
export async function inSlices(clock: Clock, step: () => boolean, goOn: () => boolean): Promise<boolean> {
  const slices = new Slices(clock);
  while (!step()) {
    await slices.pause();
    if (!goOn()) return false;
  }
  return true;
}
