/** Whether there is anything of a capture to look at, and whether its source still answers. */
import type { Update } from '#workers/api.ts';

/** It ended before its first event: there is nothing to share or to download that could be read. */
export function isUnreadable(newest: Update | null): boolean {
  return newest?.state === 'failed' && newest.events === 0;
}

/** Of a live capture: what is wanted of it is what this page holds. */
export function isCut(newest: Update | null): boolean {
  return newest?.state === 'reconnecting' || newest?.state === 'failed';
}

/** The first rows are drawn, or there will be none: what they would have waited for may come now. */
export function isDrawn({ calm }: { readonly calm: Update | null }): boolean {
  return calm !== null && (calm.events > 0 || calm.state !== 'loading');
}
