/** Marked journeys: as a filter, and as a link names them. Pure. */
import { MAX_FILTER_CHARS } from '#core/query/limits.ts';
import { printJourneyId } from './link-journeys.ts';
import type { LinkState, MarkRef } from './link-state.ts';
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

/** Those that the link names and that are not marked (yet). */
export function unmarked(refs: readonly MarkRef[], marks: readonly Mark[]): readonly MarkRef[] {
  return refs.filter((ref) => !marks.some((mark) => isOf(mark, ref)));
}

/** The link with these marks, and those it names besides. */
export function withMarks(link: LinkState, marks: readonly Mark[]): LinkState {
  return { ...link, marks: [...marks.map(({ id, run }) => ({ id, run })), ...unmarked(link.marks, marks)] };
}

function isOf(mark: MarkRef, { id, run }: MarkRef): boolean {
  if (mark.id.hi !== id.hi || mark.id.lo !== id.lo) return false;
  return mark.run === run || mark.run === '' || run === '';
}
