/** Runs of one measurement: `best` is the one least disturbed by other load, `median` what to expect. */
export interface Runs {
  readonly best: number;
  readonly median: number;
  readonly all: readonly number[];
}

/** Of durations in any unit; at least one. */
export function summarize(durations: readonly number[]): Runs {
  if (durations.length === 0) throw new Error('nothing was measured');
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { best: sorted[0]!, median, all: durations };
}
