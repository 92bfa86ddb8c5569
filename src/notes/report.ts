/** The first draft of a report, of what is chosen: one journey, those that are marked, those that the filter passes, or all. */
import { filterInForce } from '#src/state/in-force.ts';
import { NO_FILTER } from '#src/state/list-filter.ts';
import type { LinkState } from '#src/state/link-state.ts';
import { marksFilter } from '#src/state/marks.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';
import type { Fates, JourneyDetail, ListFilter } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { journeyReport } from './journey-report.ts';
import { scopeText } from './scope.ts';
import { exampleRows, setReport } from './set-report.ts';

/** Of what a share is made, which may be another part than what is chosen. */
export interface ReportOf {
  readonly what: 'all' | 'listed' | 'marked';
  readonly time: LinkState['time'];
}

/** `of`: null = of what is chosen. */
export async function draftReport(
  { api, store }: Pick<Session, 'api' | 'store'>,
  of: ReportOf | null = null,
): Promise<string> {
  const state = of === null ? store.getState() : stateOf(of, store.getState());
  const { link, selection, detail, places } = state;
  const isLive = state.newest?.state === 'live';
  const fatesOf = async (filter: ListFilter): Promise<Fates> => {
    const fates = await api.fatesOf({ filter, rest: false });
    if (fates === null)
      throw new Fault('report-ended', 'The capture became another meanwhile.', 'Draft it again.');
    if ('cause' in fates) throw new Fault('filter', fates.cause, fates.remedy);
    return fates;
  };
  // What the page chose by itself nobody has chosen.
  if (link.journey !== null && selection !== null) {
    const one = detail?.journey === selection.journey ? detail : await api.journey(selection.journey);
    return journeyReport(one, await fatesOf(NO_FILTER), places);
  }
  const fates = await fatesOf(filterOf(state));
  const examples = new Map<number, JourneyDetail>();
  for (const { example } of exampleRows(fates)) {
    if (!examples.has(example)) examples.set(example, await api.journey(example));
  }
  const scope = scopeText(state, fates.journeys);
  return setReport({ fates, examples, hops: places, scope, isLive });
}

/** With nothing chosen but what `of` says. */
function stateOf({ what, time }: ReportOf, state: PageState): PageState {
  return {
    ...state,
    marks: what === 'marked' ? state.marks : [],
    link: { ...state.link, ...(what === 'all' && { ...NO_FILTER, time }), journey: null },
  };
}

function filterOf(state: PageState): ListFilter {
  const { marks } = state;
  return marks.length > 0 ? { ...NO_FILTER, where: marksFilter(marks) } : filterInForce(state);
}
