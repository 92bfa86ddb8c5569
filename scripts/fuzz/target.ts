/** What is fuzzed: a decoder, examples that it reads, and how to say that it did not. */

export interface Target {
  /** `kebab-case`, unique; its findings are kept under it. */
  readonly name: string;
  /** Examples that are changed into inputs. */
  readonly seeds: readonly Uint8Array[];
  /** Longer inputs are cut. */
  readonly maxBytes: number;
  /** Reads one input and returns what is kept of it. Throws when something does not hold. */
  run(input: Uint8Array): unknown;
}

/** Throws with `what` unless it holds. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
