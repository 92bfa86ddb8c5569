/**
 * What the main thread of a page is kept busy with. A task of 50 ms or more is seen exactly (PerformanceObserver
 * `longtask`). Without one, the longest is what a 4 ms timer was late by, and never more than 50.
 */
import type { Page } from 'playwright-core';

export const LONG_TASK_MS = 50;

/** What is left in the page by `watchMainThread`. */
interface Watched {
  longestLongTaskMs: number;
  longTasks: number;
  /** `seconds after watching began: ms` of the first few. */
  when: string[];
  longestLatenessMs: number;
}

export interface MainThread extends Readonly<Watched> {
  readonly longestTaskMs: number;
}

declare global {
  var whitherBench: Watched;
}

/** Begins to watch; tasks before this moment are not counted. */
export async function watchMainThread(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Watched = { longestLongTaskMs: 0, longTasks: 0, when: [], longestLatenessMs: 0 };
    const begunAt = performance.now();
    globalThis.whitherBench = seen;
    new PerformanceObserver((list) => {
      for (const { duration, startTime } of list.getEntries()) {
        seen.longTasks++;
        if (seen.when.length < 8) {
          seen.when.push(`${((startTime - begunAt) / 1000).toFixed(1)} s: ${duration.toFixed(0)} ms`);
        }
        seen.longestLongTaskMs = Math.max(seen.longestLongTaskMs, duration);
      }
    }).observe({ type: 'longtask' });
    const periodMs = 4;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      seen.longestLatenessMs = Math.max(seen.longestLatenessMs, now - last - periodMs);
      last = now;
    }, periodMs);
  });
}

/** Since watching began. */
export async function mainThread(page: Page): Promise<MainThread> {
  const seen = await page.evaluate(() => globalThis.whitherBench);
  const longestTaskMs =
    seen.longTasks > 0 ? seen.longestLongTaskMs : Math.min(seen.longestLatenessMs, LONG_TASK_MS);
  return { ...seen, longestTaskMs };
}
