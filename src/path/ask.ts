/** What a mark of the path asks for, as an expression of the filter language (docs/filter.md). Pure. */
import { quoted } from '#core/query/quote.ts';
import type { Edge, Hop, HopCause } from '#workers/api.ts';

/** Hops that are ruled out in one expression, which has a bound. */
const MAX_RULED_OUT = 16;

/** `hop == "eth0:nf/forward"`, with its netns, its host and its file, where two hops have the name. */
export function hopTest(hops: readonly Hop[], hop: Hop): string {
  const named = `hop == ${quoted(hop.name)}`;
  const others = hops.filter((other) => other !== hop && other.name === hop.name);
  return [
    named,
    ...(others.length > 0 ? [`netns == ${hop.netns}`] : []),
    ...(others.some(({ host }) => host !== hop.host) ? [`host == ${quoted(hop.host)}`] : []),
    ...(others.some((other) => other.file !== hop.file) ? [`file == ${quoted(hop.file)}`] : []),
  ].join(' && ');
}

/** Journeys that came to this harm at this hop by this cause. */
export function causeFilter(hops: readonly Hop[], hop: Hop, { state, cause, known }: HopCause): string {
  const by = cause === 'unknown' ? ' && known == unknown' : ` && cause == ${cause} && known == ${known}`;
  return `any(${hopTest(hops, hop)} && state == ${state}${by})`;
}

/** Journeys that lost their metadata before this hop, whatever the cause. */
export function lostFilter(hops: readonly Hop[], hop: Hop): string {
  return `any(${hopTest(hops, hop)} && state == lost)`;
}

/**
 * Journeys that went straight from one hop to another: seen at both, and at none of those that others went through on
 * their way between the two. null = the hops are not there.
 */
export function edgeFilter(hops: readonly Hop[], edges: readonly Edge[], { from, to }: Edge): string | null {
  const [start, end] = [hops[from], hops[to]];
  if (start === undefined || end === undefined) return null;
  const next = new Map<number, number[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const leadsTo = (first: number, last: number): boolean => {
    const seen = new Set([from, first]);
    const open = [first];
    for (let hop = open.pop(); hop !== undefined; hop = open.pop()) {
      if (hop === last) return true;
      for (const other of next.get(hop) ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          open.push(other);
        }
    }
    return false;
  };
  const between = (next.get(from) ?? [])
    .filter((hop) => hop !== to && hop !== from && leadsTo(hop, to) && !leadsTo(to, hop))
    .slice(0, MAX_RULED_OUT)
    .map((hop) => `!any(${hopTest(hops, hops[hop]!)})`);
  return [`any(${hopTest(hops, start)})`, `any(${hopTest(hops, end)})`, ...between].join(' && ');
}
