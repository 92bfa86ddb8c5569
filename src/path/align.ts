/**
 * Two sides that were seen on devices of their own (two hosts, two kernels, two files) on one path: what B saw of a hook stands at A's hop of
 * the same hook. Pure.
 */
import { HOOK_NONE } from '#core/format/hooks.ts';
import type { Edge, Hop } from '#workers/api.ts';
import { groupsOf, isSameHost, type Group } from './lanes.ts';
import type { Side } from './layout.ts';

const OF_PROGRAM = /@((?:after|fentry|fexit):.*)#\d{1,10}$|:(tap\/.+)$/;

export interface Aligned {
  /** Without those whose numbers stand at another; their indices stay. */
  readonly hops: readonly Hop[];
  readonly edges: readonly Edge[];
  readonly sides: readonly Side[];
}

/** Devices that only A saw are paired with those of another host, or of another file, that only B saw: by name, those that are left in their order. */
export function align(hops: readonly Hop[], edges: readonly Edge[], sides: readonly Side[]): Aligned {
  const [a, b] = sides;
  if (a === undefined || b === undefined) return { hops, edges, sides };
  const pairs = pairsOf(groupsOf(hops), a, b);
  if (pairs.length === 0) return { hops, edges, sides };

  const standsAt = new Map<number, Hop>();
  const moved = new Map<number, Hop>();
  const onlyOfA = new Set<number>();
  for (const [first, second] of pairs) {
    const taken = new Set<Hop>();
    for (const hop of second.hops) {
      const isSame = (other: Hop) => other.hook === hop.hook && whose(other) === whose(hop);
      const same = first.hops.find((other) => isSame(other) && !taken.has(other));
      // A hook that A's host did not have stands in its lane all the same.
      if (same === undefined) moved.set(hop.index, { ...hop, ...placeOf(first) });
      else {
        taken.add(same);
        standsAt.set(hop.index, same);
      }
    }
    for (const hop of first.hops) if (!taken.has(hop)) onlyOfA.add(hop.index);
  }
  const shown = new Map(hops.map((hop) => [hop.index, moved.get(hop.index) ?? hop]));
  for (const [index, at] of standsAt) {
    const before = shown.get(at.index)!;
    shown.set(at.index, { ...before, events: before.events + (hops[index]?.events ?? 0) });
    shown.delete(index);
  }
  const to = (index: number): number => standsAt.get(index)?.index ?? index;
  return {
    hops: [...shown.values()],
    edges: edgesTo(edges, to),
    sides: [
      { ...a, hops: a.hops.map((own, index) => (moved.has(index) ? null : own)) },
      { hops: numbersTo(b.hops, standsAt, onlyOfA), edges: edgesTo(b.edges, to) },
    ],
  };
}

/** What tells hops of one hook apart: an interface's name; between programs, and of taps, whose they are: ids are of one recording. */
function whose({ hook, name }: Hop): string {
  if (hook === HOOK_NONE) return name;
  const [, program, tap] = OF_PROGRAM.exec(name) ?? [];
  return program ?? tap ?? '';
}

function placeOf({ hops }: Group): Pick<Hop, 'device' | 'netns' | 'host' | 'file'> {
  const { device, netns, host, file } = hops[0]!;
  return { device, netns, host, file };
}

function pairsOf(groups: readonly Group[], a: Side, b: Side): readonly (readonly [Group, Group])[] {
  const sees = (side: Side, { hops }: Group) => hops.some(({ index }) => (side.hops[index]?.events ?? 0) > 0);
  const onlyA = groups.filter((group) => sees(a, group) && !sees(b, group));
  const onlyB = groups.filter((group) => sees(b, group) && !sees(a, group));
  const pairs: (readonly [Group, Group])[] = [];
  const pair = (second: Group, first: Group | undefined): void => {
    if (first === undefined) return;
    pairs.push([first, second]);
    onlyA.splice(onlyA.indexOf(first), 1);
    onlyB.splice(onlyB.indexOf(second), 1);
  };
  // Two devices of one host are two places.
  const partner = (second: Group, byName: boolean) =>
    onlyA.find(
      (group) =>
        group.foreign === second.foreign &&
        !isSameHost(group, second) &&
        (!byName || group.title === second.title),
    );
  for (const second of [...onlyB]) pair(second, partner(second, true));
  for (const second of [...onlyB]) pair(second, partner(second, false));
  return pairs;
}

function edgesTo(edges: readonly Edge[], to: (index: number) => number): readonly Edge[] {
  const sums = new Map<string, Edge>();
  for (const edge of edges) {
    const at = { ...edge, from: to(edge.from), to: to(edge.to) };
    const key = `${at.from} ${at.to}`;
    const before = sums.get(key);
    sums.set(
      key,
      before === undefined
        ? at
        : {
            ...at,
            count: before.count + at.count,
            hadMetadata: before.hadMetadata + at.hadMetadata,
            withMetadata: before.withMetadata + at.withMetadata,
          },
    );
  }
  return [...sums.values()];
}

/** B saw nothing where A's hops are, so nothing is overwritten. */
function numbersTo(
  numbers: Side['hops'],
  standsAt: ReadonlyMap<number, Hop>,
  onlyOfA: ReadonlySet<number>,
): Side['hops'] {
  const out = numbers.map((own, index) => (onlyOfA.has(index) || standsAt.has(index) ? null : own));
  for (const [index, at] of standsAt) out[at.index] = numbers[index] ?? null;
  return out;
}
