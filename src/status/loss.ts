/**
 * What a capture missed, in words, the same in the header and in the line at the bottom. Events are missed, metadata is
 * lost: never the one word for the other. Pure.
 */
import type { Gap } from '#workers/api.ts';
import { printCount, printMany } from '#src/list/print.ts';

export interface Loss {
  readonly any: boolean;
  /** For the header, before "missed": `312`, `?`, `312 + ?`. A gap of unknown size is never a zero. */
  readonly count: string;
  /** A whole sentence part: `312 events missed, and 1 gap of unknown size`. */
  readonly text: string;
}

/** What sampling and the rate limit left out, as asked: `824 left out by sampling`. null: nothing. */
export function leftOutText(leftOut: number, gaps: readonly Gap[]): string | null {
  if (leftOut === 0) return null;
  const causes = new Set(gaps.filter((gap) => gap.leftOut && gap.count !== null).map((gap) => gap.cause));
  return `${printCount(leftOut)} left out by ${[...causes].join(' and ')}`;
}

/** `lost`: events known to be lost; `gaps`: those of the capture, with and without a count. */
export function lossOf(lost: number, gaps: readonly Gap[]): Loss {
  const unknown = gaps.reduce((sum, gap) => (gap.count === null && !gap.leftOut ? sum + 1 : sum), 0);
  const holes = `${printMany(unknown, 'gap')} of unknown size`;
  if (unknown === 0) {
    const text = lost > 0 ? `${printMany(lost, 'event')} missed` : 'none missed';
    return { any: lost > 0, count: printCount(lost), text };
  }
  if (lost === 0) return { any: true, count: '?', text: holes };
  return {
    any: true,
    count: `${printCount(lost)} + ?`,
    text: `${printMany(lost, 'event')} missed, and ${holes}`,
  };
}
