/**
 * How a hop is named in a link: hop indices belong to one capture, names do not. The netns is added only
 * where two hops have the same name.
 */
import type { Hop } from '#workers/api.ts';

export function hopKey(hops: readonly Hop[], index: number): string | null {
  const hop = hops[index];
  if (hop === undefined) return null;
  const ambiguous = hops.some((other) => other.index !== hop.index && other.name === hop.name);
  return ambiguous ? `${hop.name}~${hop.netns}` : hop.name;
}

/** Index of the hop that `key` names, null when the capture has none (yet). */
export function hopOfKey(hops: readonly Hop[], key: string): number | null {
  const named =
    hops.find((hop) => hop.name === key) ?? hops.find((hop) => `${hop.name}~${hop.netns}` === key);
  return named?.index ?? null;
}
