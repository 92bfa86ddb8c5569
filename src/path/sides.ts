/** Whose path is drawn: all journeys, those of the filter, or two sides that are compared. */
import { useMemo } from 'react';
import type { Edge, FilterError, Hop, JourneySet, PathNumbers } from '#workers/api.ts';
import { quoted } from '#core/query/quote.ts';
import { HARMED } from '#src/state/harm.ts';
import { useLinkInForce } from '#src/state/in-force.ts';
import { isFiltered, listFilterOf, NO_FILTER } from '#src/state/list-filter.ts';
import type { Comparison, LinkState } from '#src/state/link-state.ts';
import { usePage } from '#src/state/context.ts';
import { useAsked } from '#src/state/use-query.ts';
import type { Side } from './layout.ts';

export const INTACT_OR_HARMED: Comparison = { a: `meta && !(${HARMED})`, b: HARMED };

const MAX_PAIRS = 4;

/** The first of the files, or hosts, that were seen against each of the others. */
export function recordingPairs(
  field: 'file' | 'host',
  hops: readonly Hop[],
): readonly { readonly name: string; readonly compare: Comparison }[] {
  const names = new Set(hops.map((hop) => hop[field]));
  names.delete('');
  const [first = '', ...others] = names;
  return others.slice(0, MAX_PAIRS).map((other) => ({
    name: `${first} and ${other}`,
    compare: { a: `${field} == ${quoted(first)}`, b: `${field} == ${quoted(other)}` },
  }));
}

/** What is compared when nothing else is asked for: of several files these, whatever was recorded in them. */
export function firstComparison(link: LinkState, hops: readonly Hop[]): Comparison {
  if (isFiltered(link)) return { a: null, b: null };
  return recordingPairs('file', hops)[0]?.compare ?? INTACT_OR_HARMED;
}

/** What is asked of the worker for each side; of all journeys nothing, for Updates bring them. */
export function setsOf(link: LinkState, hops: readonly Hop[]): readonly JourneySet[] {
  const inForce = listFilterOf(link, hops);
  if (link.compare === null) return isFiltered(link) ? [{ filter: inForce, rest: false }] : [];
  const { a, b } = link.compare;
  const first = { filter: a === null ? inForce : { ...NO_FILTER, where: a }, rest: false };
  return [first, b === null ? { ...first, rest: true } : { filter: { ...NO_FILTER, where: b }, rest: false }];
}

export interface Sides {
  readonly sides: readonly Side[];
  /** Journeys of each side, when they were asked for; null = not known yet. */
  readonly journeys: readonly (number | null)[];
  readonly errors: readonly (FilterError | null)[];
}

function isError(answer: PathNumbers | FilterError | null): answer is FilterError {
  return answer !== null && 'cause' in answer;
}

const FAILURE = 'The path of these journeys could not be counted';

export function useSides(hops: readonly Hop[], edges: readonly Edge[]): Sides {
  const link = useLinkInForce();
  const places = usePage((state) => state.places);
  const [first, second] = useMemo(() => setsOf(link, places), [link, places]);
  const keyOf = (set: JourneySet | undefined) => (set === undefined ? null : JSON.stringify(set));
  const a = useAsked(keyOf(first), (api) => api.pathOf(first!, 'a'), FAILURE);
  const b = useAsked(keyOf(second), (api) => api.pathOf(second!, 'b'), FAILURE);
  return useMemo(() => {
    const asked = [a, b].slice(0, second === undefined ? (first === undefined ? 0 : 1) : 2);
    const errors = asked.map((answer) => (isError(answer) ? answer : null));
    const counted = asked.map((answer) => (isError(answer) ? null : answer));
    const journeys = counted.map((numbers) => numbers?.journeys ?? null);
    if (counted.length > 0 && counted.every((numbers) => numbers !== null)) {
      return { sides: counted, journeys, errors };
    }
    // Until they are counted, of a filter what Updates say of it.
    const whole =
      counted.length === 1
        ? hops.map((hop) => ({
            ...hop,
            events: hop.filteredEvents,
            withMetadata: hop.filteredWithMetadata,
            metadataBytes: hop.metadataBytes * (hop.filteredWithMetadata / Math.max(1, hop.withMetadata)),
            metadataLost: 0,
            causes: [],
          }))
        : hops;
    return { sides: [{ hops: whole, edges }], journeys, errors };
  }, [a, b, first, second, hops, edges]);
}
