/**
 * Where everything on the path diagram goes: numbers in, numbers out, no DOM. One group per device and
 * netns, side by side while they fit; in a group one lane per direction, and to their right the hooks where
 * packets end. All lengths are CSS pixels.
 */
import { HOOK_BY_ID, type Lane } from '#core/format/hooks.ts';
import type { Edge, Hop, MissingHook } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { damagesOf, damageText } from '#src/loss/damage.ts';
import { layoutFlows, type Bend, type Segment, type Stub } from './flows.ts';

export type LaneName = Lane | 'none';

/** One hook on the diagram: observed, or known and missing. */
export interface Station {
  readonly key: string;
  readonly hop: Hop | null;
  readonly missing: MissingHook | null;
  readonly label: string;
  readonly x: number;
  /** Nothing was seen here and room is short: a mark, its words when pointed at. */
  readonly quiet: boolean;
  /** Height of the flow band, and of the part that carries metadata, at this station. */
  readonly band: number;
  readonly meta: number;
  readonly events: number;
  readonly withMetadata: number;
}

export interface LaneLayout {
  readonly lane: LaneName;
  readonly title: string;
  readonly y: number;
  readonly stations: readonly Station[];
}

export interface EndStation {
  readonly key: string;
  readonly hop: Hop | null;
  readonly missing: MissingHook | null;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly events: number;
  readonly withMetadata: number;
}

export interface GroupLayout {
  readonly key: string;
  readonly title: string;
  readonly netns: number;
  readonly events: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly LaneLayout[];
  readonly ends: readonly EndStation[];
  /** Within lanes, between lanes and to the ends, and what ends in the middle (flows.ts). */
  readonly segments: readonly Segment[];
  readonly bends: readonly Bend[];
  readonly stubs: readonly Stub[];
}

export interface PathLayout {
  readonly groups: readonly GroupLayout[];
  readonly width: number;
  readonly height: number;
}

export interface PathOptions {
  readonly width: number;
  /** Key of the only group to show; null = all. */
  readonly only: string | null;
  /** Counts within the filter in force instead of all. */
  readonly filtered: boolean;
  /** Highest a band gets. */
  readonly bandHeight: number;
}

export const LANE_GUTTER = 34;
export const STATION_MIN = 92;
export const END_WIDTH = 92;
export const GROUP_MIN = LANE_GUTTER + 4 * STATION_MIN + END_WIDTH;
export const GROUP_GAP = 28;
export const GROUP_HEAD = 22;
/** Above the band: label and dot. Below: count, share, note. */
export const LANE_ABOVE = 34;
export const LANE_BELOW = 50;

/** A share that rises by less is noise: packets between two hops at the moment of counting. */
const MENTIONED_RISE = 0.02;

/** How wide a hop that saw nothing is beside one that did, where room is short. */
const QUIET_SHARE = 0.2;
/** The widest label beside one of ordinary width. */
const LABEL_ROOM = 106;

const LANE_ORDER: readonly LaneName[] = ['rx', 'tx', 'none'];

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

/** Groups in the order in which their first hop was seen. `foreign` hops (lane 'none') share one group. */
export function groupKey(hop: Hop): string {
  return hop.lane === 'none' ? 'interfaces' : `${hop.device}~${hop.netns}`;
}

export interface Group {
  readonly key: string;
  readonly title: string;
  readonly netns: number;
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
    title: key === 'interfaces' ? 'interfaces' : members[0]?.device || 'no device',
    netns: members[0]?.netns ?? 0,
    hops: members,
  }));
}

/** All hops in the order in which the diagram shows them: group by group, lane by lane, kernel order. */
export function kernelOrder(hops: readonly Hop[]): readonly Hop[] {
  const rank = (lane: LaneName) => ['rx', 'tx', 'none', 'end'].indexOf(lane);
  return groupsOf(hops).flatMap((group) =>
    [...group.hops].sort((a, b) => rank(a.lane) - rank(b.lane) || a.order - b.order || a.index - b.index),
  );
}

interface Slot {
  readonly key: string;
  readonly label: string;
  readonly order: number;
  readonly lane: LaneName;
  readonly hop: Hop | null;
  readonly missing: MissingHook | null;
}

function slotsOf(group: Group, missing: readonly MissingHook[]): readonly Slot[] {
  const slots: Slot[] = group.hops.map((hop) => ({
    key: `hop-${hop.index}`,
    label: hop.lane === 'none' ? hop.name : hop.label,
    order: hop.order,
    lane: hop.lane,
    hop,
    missing: null,
  }));
  if (group.key !== 'interfaces') {
    for (const one of missing) {
      const hook = HOOK_BY_ID.get(one.hook);
      if (hook === undefined || group.hops.some((hop) => hop.hook === one.hook)) continue;
      slots.push({
        key: `missing-${one.hook}`,
        label: hook.label,
        order: hook.order,
        lane: hook.lane,
        hop: null,
        missing: one,
      });
    }
  }
  return slots.sort((a, b) => a.order - b.order || a.key.localeCompare(b.key));
}

export function countsOf(hop: Hop | null, filtered: boolean): { events: number; withMetadata: number } {
  if (hop === null) return { events: 0, withMetadata: 0 };
  return filtered
    ? { events: hop.filteredEvents, withMetadata: hop.filteredWithMetadata }
    : { events: hop.events, withMetadata: hop.withMetadata };
}

/** By all packets, not those of a filter: a filter moves nothing. */
function isQuiet(slot: Slot): boolean {
  return slot.hop === null || slot.hop.events === 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Room for the labels of the longest lane. */
function neededWidth(slots: readonly Slot[]): number {
  const widest = Math.max(
    0,
    ...LANE_ORDER.map((lane) =>
      sumOf(slots.filter((slot) => slot.lane === lane).map((slot) => (isQuiet(slot) ? QUIET_SHARE : 1))),
    ),
  );
  const endSpan = slots.some((slot) => slot.lane === 'end') ? END_WIDTH : 0;
  return Math.ceil(LANE_GUTTER + widest * STATION_MIN + endSpan);
}

function layoutLane(
  lane: LaneName,
  slots: readonly Slot[],
  y: number,
  span: number,
  most: number,
  options: PathOptions,
): LaneLayout {
  const crowded = span / Math.max(1, slots.length) < LABEL_ROOM;
  const shares = slots.map((slot) => (crowded && isQuiet(slot) ? QUIET_SHARE : 1));
  const unit = span / Math.max(1, sumOf(shares));
  let left = LANE_GUTTER;
  const stations = slots.map((slot, position): Station => {
    const { events, withMetadata } = countsOf(slot.hop, options.filtered);
    const wide = unit * (shares[position] ?? 1);
    left += wide;
    const band = events === 0 ? 0 : Math.max(2, (events / most) * options.bandHeight);
    return {
      key: slot.key,
      hop: slot.hop,
      missing: slot.missing,
      label: slot.label,
      x: left - wide / 2,
      quiet: crowded && isQuiet(slot),
      band,
      meta: events === 0 ? 0 : band * (withMetadata / events),
      events,
      withMetadata,
    };
  });
  return { lane, title: laneTitle(lane), y, stations };
}

/** Lays the diagram out. Pure: the same hops and options give the same numbers. */
export function layoutPath(
  hops: readonly Hop[],
  missing: readonly MissingHook[],
  edges: readonly Edge[],
  options: PathOptions,
): PathLayout {
  const groups = groupsOf(hops).filter((group) => options.only === null || group.key === options.only);
  const slotsBy = groups.map((group) => slotsOf(group, missing));
  const widestGroup = Math.max(GROUP_MIN, ...slotsBy.map(neededWidth));
  const columns = Math.max(
    1,
    Math.min(groups.length, Math.floor((options.width + GROUP_GAP) / (widestGroup + GROUP_GAP))),
  );
  const columnWidth = (options.width - GROUP_GAP * (columns - 1)) / columns;
  const most = Math.max(1, ...hops.map((hop) => countsOf(hop, options.filtered).events));
  const lanePitch = LANE_ABOVE + options.bandHeight + LANE_BELOW;
  const placed: GroupLayout[] = [];
  let y = 0;
  let rowHeight = 0;
  let width = options.width;
  groups.forEach((group, position) => {
    const column = position % columns;
    if (column === 0 && position > 0) {
      y += rowHeight;
      rowHeight = 0;
    }
    const slots = slotsBy[position] ?? [];
    const ends = slots.filter((slot) => slot.lane === 'end');
    const names = LANE_ORDER.filter((lane) => slots.some((slot) => slot.lane === lane));
    const endSpan = ends.length > 0 ? END_WIDTH : 0;
    const groupWidth = Math.max(columnWidth, neededWidth(slots));
    const span = groupWidth - LANE_GUTTER - endSpan;
    const lanes = names.map((lane, row) =>
      layoutLane(
        lane,
        slots.filter((slot) => slot.lane === lane),
        GROUP_HEAD + row * lanePitch,
        span,
        most,
        options,
      ),
    );
    const height = GROUP_HEAD + Math.max(1, names.length) * lanePitch;
    const middle = GROUP_HEAD + LANE_ABOVE + options.bandHeight / 2;
    const endPitch = Math.max(
      58,
      ((Math.max(1, names.length) - 1) * lanePitch) / Math.max(1, ends.length - 1),
    );
    const x = column * (columnWidth + GROUP_GAP);
    width = Math.max(width, x + groupWidth);
    const placedEnds = ends.map((slot, row) => ({
      key: slot.key,
      hop: slot.hop,
      missing: slot.missing,
      label: slot.label,
      x: LANE_GUTTER + span + END_WIDTH / 2,
      y: middle + (names.length > 1 ? row * endPitch : row * endPitch - 10),
      ...countsOf(slot.hop, options.filtered),
    }));
    placed.push({
      key: group.key,
      title: group.title,
      netns: group.netns,
      events: Math.max(0, ...group.hops.map((hop) => countsOf(hop, options.filtered).events)),
      x,
      y,
      width: groupWidth,
      height,
      lanes,
      ends: placedEnds,
      ...layoutFlows({ lanes, ends: placedEnds, edges, options }),
    });
    rowHeight = Math.max(rowHeight, height);
  });
  return { groups: placed, width, height: y + rowHeight };
}

/** The drawing as far as its first lanes; what runs between lanes comes with the last one of its group. */
export function firstLanes(layout: PathLayout, lanes: number): PathLayout {
  let left = lanes;
  const groups = layout.groups.flatMap((group) => {
    const shown = group.lanes.slice(0, Math.max(0, left));
    left -= group.lanes.length;
    if (shown.length === group.lanes.length) return [group];
    return shown.length === 0
      ? []
      : [{ ...group, lanes: shown, ends: [], segments: [], bends: [], stubs: [] }];
  });
  return { ...layout, groups };
}

/** `87 %`, `<1 %`, `–` when there is nothing to be a share of. */
export function printShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (100 * part) / whole;
  if (part > 0 && share < 1) return '<1 %';
  if (part < whole && share > 99) return '>99 %';
  return `${Math.round(share)} %`;
}

/** What has room between two stations; all of it is in the tooltip. */
const NOTE_CHARS = 26;

function fitNote(text: string): string {
  return text.length <= NOTE_CHARS ? text : `${text.slice(0, NOTE_CHARS - 1).trimEnd()}…`;
}

/** What stands under a hop that adds or loses metadata; null when nothing happens there. */
export function noteOf(
  entering: Segment | null,
  station: Station,
): { readonly kind: 'lost' | 'written'; readonly text: string } | null {
  const [damage] = station.hop === null ? [] : damagesOf(station.hop);
  if (damage !== undefined) return { kind: 'lost', text: fitNote(damageText(damage)) };
  const lost = station.hop?.metadataLost ?? 0;
  if (lost > 0) return { kind: 'lost', text: `✕ ${printCount(lost)} lost` };
  if (entering === null) {
    return station.hop !== null && station.withMetadata > 0
      ? { kind: 'written', text: '+ before this hop' }
      : null;
  }
  const { count, hadMetadata, withMetadata } = entering;
  if ((withMetadata - hadMetadata) / count <= MENTIONED_RISE) return null;
  return {
    kind: 'written',
    text: `+ ${printShare(hadMetadata, count)} → ${printShare(withMetadata, count)}`,
  };
}
