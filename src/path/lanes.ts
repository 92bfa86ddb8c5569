/**
 * Which lanes of hooks there are and in which rows they stand: one lane for each device, netns, host and direction, two of them
 * in one row where packets go on from one to the other. Pure; where everything is comes after (layout.ts).
 */
import { HOOK_BY_ID, type Lane, type Layer } from '#core/format/hooks.ts';
import type { Edge, Hop, MissingHook } from '#workers/api.ts';
import { isCounter } from './counted.ts';

export type LaneName = Lane | 'none';

export function laneTitle(lane: LaneName): string {
  switch (lane) {
    case 'rx':
      return 'Rx';
    case 'tx':
      return 'Tx';
    case 'end':
      return 'End';
    case 'none':
      return '';
  }
}

/** Groups in the order in which their first hop was seen. `foreign` hops (lane 'none') share one group a file. */
export function groupKey(hop: Hop): string {
  if (hop.lane === 'none') return ['interfaces', hop.file].filter((part) => part !== '').join('~');
  return [hop.device, hop.netns, ...[hop.host, hop.file].filter((part) => part !== '')].join('~');
}

export interface Group {
  readonly key: string;
  readonly title: string;
  readonly netns: number;
  readonly host: string;
  readonly file: string;
  /** Interfaces without a hook. */
  readonly foreign: boolean;
  readonly hops: readonly Hop[];
}

export function groupsOf(hops: readonly Hop[]): readonly Group[] {
  const groups = new Map<string, Hop[]>();
  for (const hop of hops) {
    const key = groupKey(hop);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [hop]);
    else group.push(hop);
  }
  return [...groups].map(([key, members]) => ({
    key,
    title: members[0]?.lane === 'none' ? 'interfaces' : members[0]?.device || 'no device',
    netns: members[0]?.netns ?? 0,
    host: members[0]?.host ?? '',
    file: members[0]?.file ?? '',
    foreign: members[0]?.lane === 'none',
    hops: members,
  }));
}

/**
 * What tells the group from others: its host where there are several, its file where another has that host, its namespace where a
 * device there has the same name.
 */
export function whereOf(group: Group, groups: readonly Group[]): string {
  const { title, host, file, netns } = group;
  const others = groups.filter((other) => other !== group);
  return [
    ...(others.some((other) => other.host !== host) ? [host === '' ? 'unnamed host' : host] : []),
    ...(others.some((other) => other.host === host && other.file !== file) ? [file] : []),
    ...(others.some((other) => isSameHost(other, group) && other.title === title) ? [`netns ${netns}`] : []),
  ].join(' · ');
}

/** Of one recording. */
export function isSameHost(a: Pick<Group, 'host' | 'file'>, b: Pick<Group, 'host' | 'file'>): boolean {
  return a.host === b.host && a.file === b.file;
}

/** All hops in the order in which the diagram shows them: group by group, lane by lane, kernel order. */
export function kernelOrder(hops: readonly Hop[]): readonly Hop[] {
  const rank = (lane: LaneName) => ['rx', 'tx', 'none', 'end'].indexOf(lane);
  return groupsOf(hops).flatMap((group) =>
    [...group.hops].sort((a, b) => rank(a.lane) - rank(b.lane) || a.order - b.order || a.index - b.index),
  );
}

/** A hook of a lane: observed, or known and missing. */
export interface Slot {
  readonly key: string;
  readonly label: string;
  readonly order: number;
  readonly lane: LaneName;
  readonly layer: string;
  readonly hop: Hop | null;
  readonly missing: MissingHook | null;
}

/** One direction of one device, in kernel order. */
export interface LaneSlots {
  readonly key: string;
  readonly group: Group;
  readonly lane: LaneName;
  readonly slots: readonly Slot[];
}

export interface Rows {
  /** Each row a chain of lanes. */
  readonly rows: readonly (readonly LaneSlots[])[];
  /** Where packets end, with the row that most of them come from. */
  readonly ends: readonly { readonly group: Group; readonly slot: Slot; readonly row: number }[];
  /** Lanes, and the ends of a group, that saw nothing and are not drawn. */
  readonly silent: readonly LaneSlots[];
}

const LAYER_NAMES: Readonly<Record<Layer | 'none', string>> = {
  driver: 'driver',
  xdp: 'XDP',
  gro: 'GRO',
  stack: 'stack',
  tc: 'tc',
  ip: 'IP',
  l4: 'L4',
  socket: 'socket, app',
  qdisc: 'qdisc',
  free: '',
  none: '',
};

/** The catalogue counts netfilter among IP. */
function layerName(hook: string, layer: Layer | 'none'): string {
  return hook.startsWith('nf/') ? 'netfilter' : LAYER_NAMES[layer];
}

function slotsOf(group: Group, missing: readonly MissingHook[]): readonly Slot[] {
  // Without XDP there is nothing to count: then these are in the table alone.
  const drawn = group.hops.filter((hop) => !isCounter(hop) || hop.counted.length > 0);
  const slots: Slot[] = drawn.map((hop) => ({
    key: `hop-${hop.index}`,
    label: hop.lane === 'none' ? hop.name : hop.label,
    order: hop.order,
    lane: hop.lane,
    layer: layerName(HOOK_BY_ID.get(hop.hook)?.name ?? '', hop.layer),
    hop,
    missing: null,
  }));
  if (!group.foreign) {
    for (const one of missing) {
      const hook = HOOK_BY_ID.get(one.hook);
      if (!isSameHost(one, group) || hook === undefined) continue;
      if (group.hops.some((hop) => hop.hook === one.hook)) continue;
      const { label, order, lane, name, layer } = hook;
      const key = `missing-${one.hook}`;
      slots.push({ key, label, order, lane, layer: layerName(name, layer), hop: null, missing: one });
    }
  }
  return slots.sort((a, b) => a.order - b.order || a.key.localeCompare(b.key));
}

/** By all packets, not those of a filter: a filter moves nothing. */
export function isQuiet(slot: Slot): boolean {
  return slot.hop === null || (slot.hop.events === 0 && slot.hop.counted.length === 0);
}

const LANE_ORDER: readonly LaneName[] = ['rx', 'tx', 'none'];

/**
 * `all`: also lanes that saw nothing, when others did. `fits`: whether so many lanes have room in one row.
 */
export function rowsOf(
  groups: readonly Group[],
  missing: readonly MissingHook[],
  edges: readonly Edge[],
  all: boolean,
  fits: (row: readonly LaneSlots[]) => boolean,
): Rows {
  const lanes: LaneSlots[] = [];
  const ends: LaneSlots[] = [];
  for (const group of groups) {
    const slots = slotsOf(group, missing);
    for (const lane of LANE_ORDER) {
      const own = slots.filter((slot) => slot.lane === lane);
      if (own.length > 0) lanes.push({ key: `${group.key}/${lane}`, group, lane, slots: own });
    }
    const own = slots.filter((slot) => slot.lane === 'end');
    if (own.length > 0) ends.push({ key: `${group.key}/end`, group, lane: 'end', slots: own });
  }
  const isSilent = ({ slots }: LaneSlots) => slots.every(isQuiet);
  const nothingYet = [...lanes, ...ends].every(isSilent);
  const isShown = (lane: LaneSlots) => all || nothingYet || !isSilent(lane);
  const chained = chains(lanes.filter(isShown), edges, fits);
  // Ends that nothing is known to lead to stand in a row without lanes.
  const rows = chained.length === 0 && ends.some(isShown) ? [[]] : chained;
  const rowOf = rowByHop(rows);
  return {
    rows,
    ends: ends
      .filter(isShown)
      .flatMap(({ group, slots }) =>
        slots.map((slot) => ({ group, slot, row: busiestRow(slot, group, edges, rows, rowOf) })),
      ),
    silent: [...lanes, ...ends].filter((lane) => !isShown(lane)),
  };
}

function rowByHop(rows: Rows['rows']): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  rows.forEach((row, index) => {
    for (const { slots } of row) for (const { hop } of slots) if (hop !== null) found.set(hop.index, index);
  });
  return found;
}

/** The row that most journeys come from to an end; the first of its group when none do. */
function busiestRow(
  { hop }: Slot,
  group: Group,
  edges: readonly Edge[],
  rows: Rows['rows'],
  rowOf: ReadonlyMap<number, number>,
): number {
  const inflow = rows.map(() => 0);
  for (const { from, to, count } of edges) {
    const row = to === hop?.index ? rowOf.get(from) : undefined;
    if (row !== undefined) inflow[row]! += count;
  }
  const most = Math.max(0, ...inflow);
  if (most > 0) return inflow.indexOf(most);
  return Math.max(
    0,
    rows.findIndex((row) => row.some((lane) => lane.group === group)),
  );
}

/**
 * Lanes one behind the other where most of what leaves one goes on in the other, of another device or namespace, and
 * that has most of what it sees from there.
 */
function chains(
  lanes: readonly LaneSlots[],
  edges: readonly Edge[],
  fits: (row: readonly LaneSlots[]) => boolean,
): LaneSlots[][] {
  const laneOf = new Map<number, number>();
  lanes.forEach(({ slots }, index) => {
    for (const { hop } of slots) if (hop !== null) laneOf.set(hop.index, index);
  });
  const flow = lanes.map(() => lanes.map(() => 0));
  for (const { from, to, count } of edges) {
    const [a, b] = [laneOf.get(from), laneOf.get(to)];
    if (a !== undefined && b !== undefined && a !== b) flow[a]![b]! += count;
  }
  const seenBy = lanes.map(({ slots }) => Math.max(0, ...slots.map(({ hop }) => hop?.events ?? 0)));
  const rows = lanes.map((lane) => [lane]);
  const links = flow
    .flatMap((row, from) => row.map((count, to) => ({ from, to, count })))
    .filter(
      ({ from, to, count }) =>
        lanes[from]!.group !== lanes[to]!.group &&
        2 * count > seenBy[to]! &&
        flow[from]!.every((other) => other <= count) &&
        flow.every((row) => row[to]! <= count),
    )
    .sort((a, b) => b.count - a.count);
  for (const { from, to } of links) {
    const head = rows.find((row) => row.at(-1) === lanes[from]);
    const tail = rows.find((row) => row[0] === lanes[to]);
    if (head === undefined || tail === undefined || head === tail || !fits([...head, ...tail])) continue;
    head.push(...tail);
    rows.splice(rows.indexOf(tail), 1);
  }
  return rows;
}
