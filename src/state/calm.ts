/** Keeps `calm` behind `shown`: at most every CALM_MS, never in the same task, at once when a person waits for it. */
import type { PageStore } from './store.ts';

/** Numbers that change more often than this cannot be read. */
export const CALM_MS = 300;
/** Behind the frame that draws the list, in one of its own: two short tasks instead of a long one. */
const BEHIND_MS = 40;

export function keepCalm(store: PageStore): void {
  let shownAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const show = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    shownAt = performance.now();
    store.setState({ calm: store.getState().shown });
  };
  store.subscribe(({ shown, calm }, before) => {
    if (shown === before.shown || shown === calm) return;
    const urgent =
      shown === null ||
      calm === null ||
      shown.generation !== calm.generation ||
      shown.capture !== calm.capture ||
      shown.state !== calm.state;
    if (urgent) show();
    else timer ??= setTimeout(show, Math.max(BEHIND_MS, shownAt + CALM_MS - performance.now()));
  });
}
