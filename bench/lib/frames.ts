/** Time between the frames of a page while something goes on: from one animation frame to the next. */
import type { Evaluating } from './evaluating.ts';

declare global {
  var whitherFrames: { readonly times: number[]; running: boolean };
}

export interface Frames {
  readonly count: number;
  readonly p95Ms: number;
  readonly longestMs: number;
}

/** Runs `action` and measures the frames meanwhile. */
export async function framesDuring(page: Evaluating, action: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames = { times: [] as number[], running: true };
    globalThis.whitherFrames = frames;
    void (async () => {
      while (frames.running) frames.times.push(await new Promise(requestAnimationFrame));
    })();
  });
  await action();
  const times = await page.evaluate(() => {
    globalThis.whitherFrames.running = false;
    return globalThis.whitherFrames.times;
  });
  return times.slice(1).map((time, i) => time - times[i]!);
}

export function summarizeFrames(gaps: readonly number[]): Frames {
  if (gaps.length === 0) throw new Error('no frame was drawn');
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    count: sorted.length,
    p95Ms: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))]!,
    longestMs: sorted[sorted.length - 1]!,
  };
}
