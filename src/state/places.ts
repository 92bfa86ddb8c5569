/** Hops for their names and their order, not for their counts: the same list while packets arrive. Pure. */
import type { Hop } from '#workers/api.ts';

/** Whether no hop has come, become another, or seen its first packet. */
export function samePlaces(before: readonly Hop[], after: readonly Hop[]): boolean {
  return (
    before.length === after.length &&
    before.every((hop, i) => {
      const now = after[i];
      return (
        hop.name === now?.name &&
        hop.netns === now.netns &&
        hop.host === now.host &&
        hop.file === now.file &&
        hop.events > 0 === now.events > 0
      );
    })
  );
}
