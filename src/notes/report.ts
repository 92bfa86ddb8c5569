/** The first draft of a report, of what is chosen and filtered: what, since when, where, by which cause, evidence. */
import { printInstant } from '#core/time/instant.ts';
import type { Ns } from '#core/time/ns.ts';
import { nsFromParts } from '#core/time/ns.ts';
import { printCount } from '#src/list/print.ts';
import { printJourneyId } from '#src/state/link.ts';
import { isFiltered } from '#src/state/list-filter.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';

export async function draftReport(session: Session): Promise<string> {
  const first = await session.api.rows(0, 1);
  const [hi, lo] = [first.timeHi[0], first.timeLo[0]];
  const since = hi === undefined || lo === undefined ? null : nsFromParts(hi, lo);
  return reportText(session.store.getState(), since);
}

/** `since`: Unix ns of the first journey in the list; null = there is none. */
export function reportText(state: PageState, since: Ns | null): string {
  const { detail, at, newest, selection, link } = state;
  const hop = detail?.hops[at];
  const place = newest?.hops.find(({ index }) => index === hop?.hop);
  const harmed = detail?.hops.find((one) => one.cause.name !== 'none' && one.cause.evidence !== '');
  const told = hop !== undefined && hop.cause.evidence !== '' ? hop : harmed;
  const listed = newest?.listed ?? 0;
  const all = newest?.journeys ?? 0;
  const count = isFiltered(link)
    ? `${printCount(listed)} of ${printCount(all)} journeys pass the filter${link.where === '' ? '' : ` \`${link.where}\``}.`
    : `${printCount(all)} journeys.`;
  const nothing = '_nothing was found_';
  return [
    '## What',
    detail?.diagnosis || nothing,
    count,
    '## Since when',
    since === null ? nothing : `First seen at ${printInstant(since)}.`,
    '## Where',
    place === undefined ? nothing : `At ${place.name} (${place.label}).`,
    '## By which cause',
    told === undefined
      ? nothing
      : `${told.cause.operation || told.cause.name} (${told.cause.known})${told.writer === '' ? '' : `, ${told.writer}`}.`,
    '## Evidence',
    told === undefined ? nothing : told.cause.evidence,
    ...(selection === null || detail === null
      ? []
      : [
          `Journey ${printJourneyId(selection.id)}: ${detail.protocol} ${detail.source} to ${detail.destination}.`,
        ]),
  ].join('\n\n');
}
