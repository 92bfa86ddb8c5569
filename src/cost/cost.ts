/** The words of the cost. Pure. */
import type { CostView } from '#workers/api.ts';

/** A share of one CPU as per cent; `–` = not known. */
export function printCpu(share: number | null): string {
  if (share === null) return '–';
  const percent = 100 * share;
  if (percent > 0 && percent < 0.01) return '<0.01 %';
  return `${percent.toFixed(percent < 10 ? 2 : 0)} %`;
}

/** Why there are no numbers, or not all; null when they are there. */
export function missingCost({ latest, programs, history }: CostView, live: boolean): string | null {
  if (latest === null) {
    return live
      ? 'The first account comes in a second or two.'
      : 'This capture has no account of cost: it is told only while somebody looks.';
  }
  if (!latest.counting) {
    const why = latest.error === 0 ? '' : ` (errno ${latest.error})`;
    return `The kernel does not count runs of BPF programs${why}: that takes CAP_SYS_ADMIN and Linux 5.8. CPU of probe and agent are known all the same.`;
  }
  if (history.length === 0) return 'The numbers come with the second account.';
  return programs.length === 0 ? 'No BPF program ran.' : null;
}
