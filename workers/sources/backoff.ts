export const FIRST_RETRY_MS = 250;
export const LONGEST_RETRY_MS = 5_000;

/** How long to wait before trying again: doubles from FIRST_RETRY_MS up to LONGEST_RETRY_MS. */
export class Backoff {
  #nextMs = FIRST_RETRY_MS;

  /** `random` in [0, 1) spreads tabs that lost the same agent over the second half of the wait. */
  next(random: number): number {
    const wait = this.#nextMs;
    this.#nextMs = Math.min(wait * 2, LONGEST_RETRY_MS);
    return wait / 2 + (wait / 2) * random;
  }

  reset(): void {
    this.#nextMs = FIRST_RETRY_MS;
  }
}
