/**
 * How a hop is named in a link: hop indices belong to one capture, names do not. The netns is added only
 * where two hops have the same name, the host where that is the same as well, and then the file, of captures that are open together.
 */
import { hopKeys } from '#core/store/hop-keys.ts';
import type { Hop } from '#workers/api.ts';

export function hopKey(hops: readonly Hop[], index: number): string | null {
  const hop = hops[index];
  if (hop === undefined) return null;
  const others = hops.filter((other) => other.index !== hop.index);
  return hopKeys(hop).find((name, i) => !others.some((other) => hopKeys(other)[i] === name)) ?? null;
}

/** Index of the hop that `key` names, null when the capture has none (yet). */
export function hopOfKey(hops: readonly Hop[], key: string): number | null {
  for (const i of NAMES) {
    const named = hops.find((hop) => hopKeys(hop)[i] === key);
    if (named !== undefined) return named.index;
  }
  return null;
}

const NAMES = [0, 1, 2, 3] as const;
