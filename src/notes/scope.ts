/** Which journeys a report is of, in a sentence. Pure. */
import { printCount, printMany } from '#src/list/print.ts';
import { isFilteredNow } from '#src/state/in-force.ts';
import { printTime } from '#src/state/link.ts';
import type { PageState } from '#src/state/store.ts';
import { code } from './words.ts';

/** `count`: of them. */
export function scopeText(state: PageState, count: number): string {
  const { link, marks, newest } = state;
  const total = Math.max(count, newest?.journeys ?? 0);
  if (marks.length > 0)
    return `Of ${printMany(count, 'marked journey')} (${printCount(total)} in the capture).`;
  if (!isFilteredNow(state))
    return `Of all ${printMany(count, 'journey')} in the capture: none is chosen, and nothing is filtered.`;
  const isWaiting = newest !== null && newest.filterError !== null;
  const parts = [
    link.hop === null ? '' : `at ${code(link.hop)}`,
    link.metadata === null ? '' : `${link.metadata} metadata`,
    link.harm === null ? '' : `metadata ${link.harm}`,
    link.time === null ? '' : `in ${printTime(link.time)}`,
    link.where === '' || isWaiting ? '' : code(link.where),
  ].filter((part) => part !== '');
  return `Of ${printMany(count, 'journey')} (${printCount(total)} in the capture) that the filter passes: ${parts.join(', ')}. None is chosen.`;
}
