/** The path of fake hops, laid out in a window of one width. */
import { layoutPath, type PathOptions } from '#src/path/layout.ts';
import type { Edge, Hop, MissingHook } from '#workers/api.ts';

/** Pixels of the band of the busiest hop. */
export const BAND = 32;

/** Of `count` journeys from one hop to another, how many had metadata before and after. */
export function edge(
  from: number,
  to: number,
  count: number,
  hadMetadata = 0,
  withMetadata = hadMetadata,
): Edge {
  return { from, to, count, hadMetadata, withMetadata };
}

/** Laid out as one side, but for what `part` says. */
export function lay(
  hops: readonly Hop[],
  edges: readonly Edge[] = [],
  missing: readonly MissingHook[] = [],
  part: Partial<PathOptions> = {},
) {
  return layoutPath(hops, missing, edges, {
    width: 1280,
    only: null,
    sides: [{ hops, edges }],
    all: false,
    bandRoom: BAND,
    ...part,
  });
}
