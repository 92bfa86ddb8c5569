/** The filter as far as it filters: an expression that cannot be asked of this capture (yet) waits, and passes every journey. */
import { useMemo } from 'react';
import { usePage } from './context.ts';
import type { LinkState } from './link-state.ts';
import { isFiltered, listFilterOf } from './list-filter.ts';
import type { PageState } from './store.ts';
import type { ListFilter } from '#workers/api.ts';

/** Whether the list is narrowed. */
export function isFilteredNow(state: PageState): boolean {
  return isFiltered(linkInForce(state.link, isWaiting(state)));
}

/** What the list is narrowed by: also without a hop that this capture has not. */
export function filterInForce(state: PageState): ListFilter {
  return listFilterOf(linkInForce(state.link, isWaiting(state)), state.places);
}

/** The link as it filters. */
export function useLinkInForce(): LinkState {
  const link = usePage((state) => state.link);
  const waiting = usePage(isWaiting);
  return useMemo(() => linkInForce(link, waiting), [link, waiting]);
}

function linkInForce(link: LinkState, waiting: boolean): LinkState {
  return waiting ? { ...link, where: '' } : link;
}

function isWaiting({ newest }: PageState): boolean {
  return newest !== null && newest.filterError !== null;
}
