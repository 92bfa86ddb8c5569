/** Which journeys a report is of, in a sentence. Pure. */
import { printCount, printMany } from '#src/list/print.ts';
import { filterInForce } from '#src/state/in-force.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import { printTime } from '#src/state/link-view.ts';
import type { PageState } from '#src/state/store.ts';
import { code, hopText } from './words.ts';

/** `count`: of them. */
export function scopeText(state: PageState, count: number): string {
  const { places, marks, newest } = state;
  const total = Math.max(count, newest?.journeys ?? 0);
  if (marks.length > 0)
    return `Of ${printMany(count, 'marked journey')} (${printCount(total)} in the capture).`;
  const filter = filterInForce(state);
  if (!isFiltered(filter))
    return `Of all ${printMany(count, 'journey')} in the capture: none is chosen, and nothing is filtered.`;
  const parts = [
    filter.hop === null ? '' : `at ${hopText(places, filter.hop)}`,
    filter.metadata === null ? '' : `${filter.metadata} metadata`,
    filter.harm === null ? '' : `metadata ${filter.harm}`,
    filter.time === null ? '' : `in ${printTime(filter.time)}`,
    filter.where === '' ? '' : code(filter.where),
  ].filter((part) => part !== '');
  return `Of ${printMany(count, 'journey')} (${printCount(total)} in the capture) that the filter passes: ${parts.join(', ')}. None is chosen.`;
}
