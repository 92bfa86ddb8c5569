/** What of the path can be chosen, in reading order: hops, bands between them, and what happened there. Pure. */
import type { Edge, Hop } from '#workers/api.ts';
import { causeFilter, edgeFilter, hopTest, lostFilter } from './ask.ts';
import { isCounter } from './counted.ts';
import type { PathLayout } from './layout.ts';

export interface Stop {
  readonly key: string;
  readonly kind: 'hop' | 'edge' | 'cause';
  readonly x: number;
  readonly y: number;
  /** Index of the hop, for `hop`; null = a hook that is not observed, or that only counts: it filters nothing. */
  readonly hop: number | null;
  /** The hop it is at, or for a band leaves; where the focus goes when this is no longer drawn. */
  readonly at: number | null;
  /** What choosing it asks for, for the others; worked out when it is wanted. */
  readonly ask: () => string | null;
  /** The field that its menu names. */
  readonly field: 'hop' | 'state' | 'cause';
}

const NOTHING = () => null;

/** `edges`: of the whole capture, by which hops between two others are known. */
export function stopsOf(layout: PathLayout, hops: readonly Hop[], edges: readonly Edge[]): readonly Stop[] {
  const inRows = layout.rows.flatMap((row): Stop[] =>
    row.lanes.flatMap((lane) =>
      lane.stations.map(({ key, hop, x }) => ({
        key,
        kind: 'hop',
        hop: hop === null || isCounter(hop) ? null : hop.index,
        at: hop?.index ?? null,
        ask: NOTHING,
        field: 'hop',
        x,
        y: row.dotY,
      })),
    ),
  );
  const atEnds = layout.ends.map(({ key, hop, x, y }): Stop => ({
    key,
    kind: 'hop',
    hop: hop?.index ?? null,
    at: hop?.index ?? null,
    ask: NOTHING,
    field: 'hop',
    x,
    y,
  }));
  const causes = layout.callouts.map(({ key, station, cause, x, width, y }): Stop => {
    const { hop } = station;
    const ask = (): string | null => {
      if (hop === null) return null;
      return cause === null ? lostFilter(hops, hop) : causeFilter(hops, hop, cause);
    };
    const field = cause === null || cause.cause === 'unknown' ? 'state' : 'cause';
    return { key, kind: 'cause', hop: null, at: hop?.index ?? null, ask, field, x: x + width / 2, y };
  });
  const bands = [...layout.segments, ...layout.bends].map((flow): Stop => {
    const [x, y] =
      'source' in flow
        ? [(flow.source[0] + flow.target[0]) / 2, (flow.source[1] + flow.target[1]) / 2]
        : [(flow.from.x + flow.to.x) / 2, (flow.fromBase + flow.toBase) / 2];
    const { key, edge } = flow;
    const ask = (): string | null => edgeFilter(hops, edges, edge);
    return { key, kind: 'edge', hop: null, at: edge.from, ask, field: 'hop', x, y };
  });
  return [...inRows, ...atEnds, ...bands, ...causes];
}

/** What the menu of a stop filters by; null = nothing can be asked of it. */
export function stopFilter(stop: Stop, hops: readonly Hop[]): string | null {
  const hop = stop.hop === null ? undefined : hops[stop.hop];
  if (hop === undefined) return stop.ask();
  const test = hopTest(hops, hop);
  return test.includes(' && ') ? `any(${test})` : test;
}

/** Where the focus is: on what was gone to last, or, while that is not drawn, on the hop it was at; at first on the first that is observed. */
export function focusedStop(stops: readonly Stop[], last: Stop | null): Stop | undefined {
  return (
    stops.find(({ key }) => key === last?.key) ??
    stops.find(({ hop }) => hop !== null && hop === last?.at) ??
    stops.find(({ hop }) => hop !== null) ??
    stops[0]
  );
}

/** The nearest stop in a direction, bands left out; the same one when there is none. */
export function step(stops: readonly Stop[], from: Stop, horizontal: number, vertical: number): Stop {
  let best = from;
  let bestDistance = Infinity;
  for (const stop of stops) {
    if (stop.kind === 'edge') continue;
    // Sideways one stays among hops, or among causes.
    if (horizontal !== 0 && stop.kind !== (from.kind === 'cause' ? 'cause' : 'hop')) continue;
    const dx = stop.x - from.x;
    const dy = stop.y - from.y;
    const ahead = horizontal !== 0 ? dx * horizontal : dy * vertical;
    const aside = Math.abs(horizontal !== 0 ? dy : dx);
    if (ahead <= (horizontal !== 0 ? 3 : 12) || (horizontal !== 0 && aside > 45)) continue;
    const distance = ahead + 2 * aside;
    if (distance < bestDistance) {
      best = stop;
      bestDistance = distance;
    }
  }
  return best;
}

/** The band behind a hop, or the next one around the same place; null = nothing runs there. */
export function nextBand(stops: readonly Stop[], layout: PathLayout, from: Stop): Stop | null {
  const flows = [...layout.segments, ...layout.bends];
  const current = flows.findIndex(({ key }) => key === from.key);
  const hop = current < 0 ? from.hop : flows[current]!.edge.from;
  if (hop === null) return null;
  const own = flows.filter(({ edge }) => edge.from === hop);
  const next = own[(own.findIndex(({ key }) => key === from.key) + 1) % Math.max(1, own.length)];
  return stops.find(({ key }) => key === next?.key) ?? null;
}
