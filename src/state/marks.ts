/** Marked journeys as a filter. Pure. */
import { MAX_FILTER_CHARS } from '#core/query/limits.ts';
import { printJourneyId } from './link.ts';
import type { Mark } from './store.ts';

/** Passes these journeys: as many of them as one expression has room for. */
export function marksFilter(marks: readonly Mark[]): string {
  const opening = 'journey in {';
  let ids = '';
  for (const { id } of marks) {
    const next = `${ids === '' ? '' : ', '}${printJourneyId(id)}`;
    if (opening.length + ids.length + next.length + 1 > MAX_FILTER_CHARS) break;
    ids += next;
  }
  return `${opening}${ids}}`;
}
