/**
 * What the main thread of a page is kept busy with. A task of 50 ms or more is seen exactly (PerformanceObserver
 * `longtask`). Without one, the longest is what a 4 ms timer was late by, and never more than 50.
 */
import type { Evaluating } from './evaluating.ts';

export const LONG_TASK_MS = 50;

/** What is left in the page by `watchMainThread`. */
interface Watched {
  longestLongTaskMs: number;
  longTasks: number;
  /** `seconds after watching began: ms` of the first few. */
  when: string[];
  longestLatenessMs: number;
  /** On the page's clock. */
  begunAt: number;
}

export interface MainThread extends Readonly<Watched> {
  readonly longestTaskMs: number;
}

declare global {
  var whitherBench: Watched | undefined;
}

/** Begins to watch, or begins anew; tasks before this moment are not counted. */
export async function watchMainThread(page: Evaluating): Promise<void> {
  await page.evaluate(() => {
    const isNew = globalThis.whitherBench === undefined;
    const seen: Watched = {
      longestLongTaskMs: 0,
      longTasks: 0,
      when: [],
      longestLatenessMs: 0,
      begunAt: performance.now(),
    };
    globalThis.whitherBench = seen;
    if (!isNew) return;
    new PerformanceObserver((list) => {
      const now = globalThis.whitherBench!;
      for (const { duration, startTime } of list.getEntries()) {
        if (startTime < now.begunAt) continue;
        now.longTasks++;
        if (now.when.length < 8) {
          now.when.push(`${((startTime - now.begunAt) / 1000).toFixed(1)} s: ${duration.toFixed(0)} ms`);
        }
        now.longestLongTaskMs = Math.max(now.longestLongTaskMs, duration);
      }
    }).observe({ type: 'longtask' });
    const periodMs = 4;
    let last = performance.now();
    setInterval(() => {
      const at = performance.now();
      const now = globalThis.whitherBench!;
      now.longestLatenessMs = Math.max(now.longestLatenessMs, at - last - periodMs);
      last = at;
    }, periodMs);
  });
}

/** Since watching began. */
export async function mainThread(page: Evaluating): Promise<MainThread> {
  const seen = await page.evaluate(() => globalThis.whitherBench);
  if (seen === undefined) throw new Error('nobody watches the main thread');
  const longestTaskMs =
    seen.longTasks > 0 ? seen.longestLongTaskMs : Math.min(seen.longestLatenessMs, LONG_TASK_MS);
  return { ...seen, longestTaskMs };
}
