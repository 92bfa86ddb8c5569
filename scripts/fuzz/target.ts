/** What is fuzzed: a decoder, examples that it reads, and how to say that it did not. */

/** Runs one step of a target that is made of steps, each of which is timed by itself. */
export type Timed = <T>(step: () => T) => T;

export interface Target {
  /** `kebab-case`, unique; its findings are kept under it. */
  readonly name: string;
  /** Examples that are changed into inputs. */
  readonly seeds: readonly Uint8Array[];
  /** Longer inputs are cut. */
  readonly maxBytes: number;
  /** Of a decoder that takes large inputs: so large an input is weighed, beside which constants do not count. */
  readonly weighBytes?: number;
  /** Whether `run` is long on purpose, in steps that are given up or resumed. */
  readonly isStepped?: boolean;
  /** Reads one input and returns what is kept of it. Throws when something does not hold. */
  run(input: Uint8Array, timed: Timed): unknown;
}

/** Throws with `what` unless it holds. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
