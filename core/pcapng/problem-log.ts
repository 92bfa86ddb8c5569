/** Reports each kind of skipped thing a few times and counts the rest, so that a bad file cannot flood. */
import type { Problem } from './types.ts';

export class ProblemLog {
  readonly #tell: (problem: Problem) => void;
  readonly #maxPerCode: number;
  readonly #seen = new Map<string, { count: number; last: Problem }>();

  constructor(tell: (problem: Problem) => void, maxPerCode: number) {
    this.#tell = tell;
    this.#maxPerCode = maxPerCode;
  }

  /** Something was skipped and reading goes on. Codes are a fixed set, so the map stays small. */
  skip(code: string, offset: number, cause: string, remedy: string): void {
    const problem: Problem = { code, offset, cause, remedy, fatal: false };
    const entry = this.#seen.get(code);
    if (entry === undefined) this.#seen.set(code, { count: 1, last: problem });
    else {
      entry.count++;
      entry.last = problem;
    }
    if ((entry?.count ?? 1) <= this.#maxPerCode) this.#tell(problem);
  }

  /** Reading is over: says how many more there were of each kind that was cut short. */
  close(): void {
    for (const { count, last } of this.#seen.values()) {
      const more = count - this.#maxPerCode;
      if (more <= 0) continue;
      this.#tell({ ...last, cause: `${more} more like this, the last one: ${last.cause}` });
    }
    this.#seen.clear();
  }
}
