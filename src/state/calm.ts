/**
 * Keeps `calm` behind `shown`: at most every CALM_MS, and in a frame of its own behind the one that draws the list. Two
 * short tasks instead of a long one, and never both in one frame: the worker is told that an Update is drawn, and so
 * sends the next, only when both are.
 */
import { afterFrame } from './frame.ts';
import type { PageStore } from './store.ts';

/** Numbers that change more often than this cannot be read. */
export const CALM_MS = 300;
/** What no further Update brings along comes this much later. */
const LATE_MS = 150;

export interface Calm {
  /** The list has been drawn: draws the rest, when it is due, and calls back when that is done. */
  behind(done: () => void): void;
}

export function keepCalm(store: PageStore): Calm {
  let shownAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const show = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    shownAt = performance.now();
    store.setState({ calm: store.getState().shown });
  };
  /** How long from now until it is due. A person waits for what is there for the first time, anew or last. */
  const wait = (): number => {
    const { shown, calm } = store.getState();
    const urgent =
      calm === null ||
      shown?.generation !== calm.generation ||
      shown.capture !== calm.capture ||
      shown.state !== calm.state;
    return urgent ? 0 : shownAt + CALM_MS - performance.now();
  };
  store.subscribe(({ shown, calm }, before) => {
    if (shown === before.shown || shown === calm) return;
    timer ??= setTimeout(show, Math.max(0, wait()) + LATE_MS);
  });
  return {
    behind(done) {
      const { shown, calm } = store.getState();
      if (shown === calm || wait() > 0) done();
      else {
        show();
        afterFrame(done);
      }
    },
  };
}
