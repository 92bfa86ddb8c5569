/** What is on screen: of a view that is paused as it was then. */
import type { Update } from '#workers/api.ts';
import type { PageState } from './store.ts';

/** For numbers that stand beside what a paused view shows; `newest` is for what is to be known at once. */
export function viewed({ link, shown, newest }: PageState): Update | null {
  return link.paused ? shown : newest;
}
