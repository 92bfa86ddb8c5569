import type { HopIdentity } from './path-view.ts';

export type HopNamed = Pick<HopIdentity, 'name' | 'netns' | 'host' | 'file'>;

/** What links may name a hop by (docs/links.md), the shortest first: NAME, NAME~NETNS, NAME~NETNS~HOST, NAME~NETNS~HOST~FILE. */
export function hopKeys({ name, netns, host, file }: HopNamed): readonly [string, string, string, string] {
  return [name, `${name}~${netns}`, `${name}~${netns}~${host}`, `${name}~${netns}~${host}~${file}`];
}
