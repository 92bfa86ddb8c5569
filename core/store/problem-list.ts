import type { Problem } from '#core/pcapng/types.ts';
import { MAX_PROBLEMS } from './limits.ts';

/** Problems to show: the first ones, and always the one that ended reading. */
export class ProblemList {
  readonly problems: Problem[] = [];
  /** Also counts those that are not kept. */
  count = 0;
  private readonly said = new Set<string>();

  add(problem: Problem): void {
    this.count++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    else if (problem.fatal) this.problems[MAX_PROBLEMS - 1] = problem;
  }

  /** Something was left out and reading goes on; said once for each code. */
  once(code: string, offset: number, cause: string, remedy: string): void {
    if (this.said.has(code)) return;
    this.said.add(code);
    this.add({ code, offset, cause, remedy, fatal: false });
  }
}
