/**
 * Where everything on the path diagram goes: numbers in, numbers out, no DOM. Rows of lanes (lanes.ts), hops in kernel
 * order under their layers, to their right the hooks where packets end, below them what happened to metadata
 * (callouts.ts). All lengths are CSS pixels from the top left of the diagram.
 */
import type { Edge, Hop, HopNumbers, MissingHook } from '#workers/api.ts';
import { layoutCallouts, type Callout } from './callouts.ts';
import { layoutFlows, type Bend, type Segment, type Stub } from './flows.ts';
import {
  groupsOf,
  isQuiet,
  laneTitle,
  rowsOf,
  whereOf,
  type Group,
  type LaneSlots,
  type Slot,
} from './lanes.ts';

/** The journeys whose path is drawn: one side, or two that are compared. */
export interface Side {
  /** By index of the hop; shorter than the list of hops when some have come since. null = its host did not observe it. */
  readonly hops: readonly (HopNumbers | null)[];
  readonly edges: readonly Edge[];
}

/** What one side has at a hook. */
export interface Count {
  readonly events: number;
  readonly withMetadata: number;
  /** Height of the flow band, and of the part that carries metadata. */
  readonly band: number;
  readonly meta: number;
  readonly numbers: HopNumbers | null;
}

/** One hook on the diagram: observed, or known and missing. */
export interface Station {
  /** `GROUP/hop-INDEX` or `GROUP/missing-HOOK`. */
  readonly key: string;
  readonly hop: Hop | null;
  readonly missing: MissingHook | null;
  readonly label: string;
  readonly x: number;
  /** Middle and base line of its label. */
  readonly labelX: number;
  readonly labelY: number;
  /** Nothing was seen here and room is short: a mark, its words when pointed at. */
  readonly quiet: boolean;
  /** There is room for more than one number in a line. */
  readonly roomy: boolean;
  /** Its bytes are others than those at the hop before, and have room. */
  readonly saysBytes: boolean;
  /** One for each side. */
  readonly counts: readonly Count[];
}

export interface LaneLayout {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  /** Left edge. */
  readonly x: number;
  readonly stations: readonly Station[];
  readonly layers: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

export interface RowLayout {
  readonly key: string;
  readonly y: number;
  readonly height: number;
  /** Of the dots, and of the bands: the line they stand on, or with two sides that they stand on and hang from. */
  readonly dotY: number;
  readonly base: number;
  /** Where the bands end: the base, or below it that of the second side. */
  readonly foot: number;
  readonly lanes: readonly LaneLayout[];
}

export interface EndStation extends Omit<Station, 'quiet' | 'labelX' | 'labelY'> {
  readonly group: string;
  readonly y: number;
}

export interface PathLayout {
  readonly rows: readonly RowLayout[];
  readonly ends: readonly EndStation[];
  /** Within rows, between rows and to the ends, and what ends in the middle; by side (flows.ts). */
  readonly segments: readonly Segment[];
  readonly bends: readonly Bend[];
  readonly stubs: readonly Stub[];
  readonly callouts: readonly Callout[];
  /** What is not drawn because nothing was seen there. */
  readonly silent: readonly LaneSlots[];
  readonly width: number;
  readonly height: number;
}

export interface PathOptions {
  readonly width: number;
  /** Key of the only group to show; null = all. */
  readonly only: string | null;
  /** One, or two that are compared. */
  readonly sides: readonly Side[];
  /** Also lanes where nothing was seen. */
  readonly all: boolean;
  /** Height for bands of all rows together; each gets its part within MIN_BAND and MAX_BAND. */
  readonly bandRoom: number;
  /** Height is short: of several rows the bands are as low, and the rows as close, as can be. */
  readonly dense?: boolean;
}

export const GUTTER = 58;
export const END_WIDTH = 92;
/** Between two lanes of a row, with the title of the second. */
export const LANE_GAP = 52;
const MIN_BAND = 26;
const MAX_BAND = 64;
/** Between hops: at least, and at least for two lanes to share a row. */
const MIN_PITCH = 46;
const CHAIN_PITCH = 54;
/** How wide a hook that saw nothing is where room is short. */
const QUIET_PX = 13;
/** And where there are many of them. */
const NARROW_QUIET_PX = 8;
const MANY_QUIET = 16;
/** The widest label beside one of ordinary width. */
const LABEL_ROOM = 106;
const BYTES_PITCH = 74;
export const LABEL_CHAR_PX = 6.4;
const LABEL_GAP_PX = 8;
/** Of the name of a layer that is cut. */
const MIN_LAYER_CHARS = 6;
/** Above the band, from the top of the row. */
const LAYER_Y = 11;
const LABEL_Y = 26;
const LABEL_STEP = 13;
const DOT_BELOW_LABEL = 9;
const BAND_BELOW_DOT = 9;
/** Below the band: one line for the packets and one for the share, or one for each side and the difference. */
export const LINE_PX = 13;
export const FIRST_LINE = 15;
const ROW_GAP = 10;
const DENSE_ROW_GAP = 2;
/** Below the last line of the last row. */
const FOOT_GAP = 2;
/** Between two ends, beside the height of their bars. */
const END_PITCH = 46;

export function countOf(numbers: HopNumbers | null, most: number, bandHeight: number): Count {
  const events = numbers?.events ?? 0;
  const withMetadata = numbers?.withMetadata ?? 0;
  const band = events === 0 ? 0 : Math.max(2, (events / most) * bandHeight);
  return { events, withMetadata, band, meta: events === 0 ? 0 : band * (withMetadata / events), numbers };
}

/** Pixels between hops when lanes share a row of this width, and between those that saw nothing: 0 = alike. */
function pitchOf(row: readonly LaneSlots[], width: number): { pitch: number; quietPitch: number } {
  const slots = row.flatMap((lane) => lane.slots);
  const room = width - GUTTER - LANE_GAP * (row.length - 1);
  if (room / Math.max(1, slots.length) >= LABEL_ROOM) return { pitch: room / slots.length, quietPitch: 0 };
  const quiet = slots.filter(isQuiet).length;
  if (quiet === slots.length) return { pitch: MIN_PITCH, quietPitch: room / Math.max(1, quiet) };
  const quietPitch = quiet > MANY_QUIET ? NARROW_QUIET_PX : QUIET_PX;
  return { pitch: (room - quietPitch * quiet) / (slots.length - quiet), quietPitch };
}

/** Lays the diagram out. Pure: the same hops and options give the same numbers. */
export function layoutPath(
  hops: readonly Hop[],
  missing: readonly MissingHook[],
  edges: readonly Edge[],
  options: PathOptions,
): PathLayout {
  const groups = groupsOf(hops).filter((group) => options.only === null || group.key === options.only);
  const endsSeen = groups.some((group) => group.hops.some((hop) => hop.lane === 'end' && hop.events > 0));
  const roomWith = (ends: boolean) => options.width - (ends ? END_WIDTH : 0);
  const { rows, ends, silent } = rowsOf(
    groups,
    missing,
    edges,
    options.all,
    (row) => pitchOf(row, roomWith(endsSeen || options.all)).pitch >= CHAIN_PITCH,
  );
  const room = roomWith(ends.length > 0);
  const isDense = options.dense === true && rows.length > 1;
  const bandRoom = isDense ? MIN_BAND * options.sides.length : options.bandRoom / Math.max(1, rows.length);
  const bandHeight = Math.round(Math.min(MAX_BAND, Math.max(MIN_BAND, bandRoom)) / options.sides.length);
  const rowGap = isDense ? DENSE_ROW_GAP : ROW_GAP;
  const mosts = options.sides.map((side) => Math.max(1, ...side.hops.map((numbers) => numbers?.events ?? 0)));
  const counts = (slot: Slot) =>
    options.sides.map((side, i) =>
      countOf(slot.hop === null ? null : (side.hops[slot.hop.index] ?? null), mosts[i]!, bandHeight),
    );
  const lines = options.sides.length === 1 ? 2 : 3;

  const placed: RowLayout[] = [];
  const placedEnds: EndStation[] = [];
  const callouts: Callout[] = [];
  let y = 0;
  let width = options.width;
  rows.forEach((row, index) => {
    const { pitch, quietPitch } = pitchOf(row, room);
    const step = Math.max(MIN_PITCH, pitch);
    const lanes = layoutRow(row, y, step, quietPitch, counts, groups);
    const stations = lanes.flatMap((lane) => lane.stations);
    const levels = new Set(stations.map(({ labelY }) => labelY)).size > 1 ? 2 : 1;
    const dotY = y + LABEL_Y + (levels - 1) * LABEL_STEP + DOT_BELOW_LABEL;
    const base = dotY + BAND_BELOW_DOT + bandHeight;
    const foot = base + (options.sides.length - 1) * bandHeight;
    const right = Math.max(room, ...lanes.flatMap((lane) => lane.layers.map(({ to }) => to)));
    width = Math.max(width, right + (ends.length > 0 ? END_WIDTH : 0));
    const told = layoutCallouts(stations, foot + FIRST_LINE + lines * LINE_PX - 4, right);
    callouts.push(...told.callouts);
    const own = ends.filter((end) => end.row === index);
    const endPitch = END_PITCH + bandHeight / 2 + (lines - 2) * LINE_PX;
    own.forEach(({ group, slot }, position) => {
      placedEnds.push({
        key: `${group.key}/${slot.key}`,
        group: group.key,
        hop: slot.hop,
        missing: slot.missing,
        label: slot.label,
        x: right + END_WIDTH / 2,
        y: (own.length === 1 ? base - bandHeight / 2 : y + LABEL_Y + bandHeight / 2) + position * endPitch,
        roomy: false,
        saysBytes: false,
        counts: counts(slot),
      });
    });
    const endsFoot = placedEnds
      .slice(placedEnds.length - own.length)
      .map((end) => end.y + (end.counts[0]?.band ?? 0) / 2 + FIRST_LINE + lines * LINE_PX - 8);
    const height = Math.max(
      told.bottom + (index === rows.length - 1 ? FOOT_GAP : rowGap) - y,
      LABEL_Y + own.length * endPitch,
      ...endsFoot.map((foot) => foot - y),
    );
    placed.push({ key: row.map(({ key }) => key).join('+'), y, height, dotY, base, foot, lanes });
    y += height;
  });
  const flows = options.sides.map((side, index) =>
    layoutFlows({
      rows: placed,
      ends: options.sides.length === 1 ? placedEnds : [],
      edges: side.edges,
      side: index,
    }),
  );
  return {
    rows: placed,
    ends: placedEnds,
    segments: flows.flatMap(({ segments }) => segments),
    // Of two sides only what runs within rows is compared.
    bends: options.sides.length === 1 ? flows.flatMap(({ bends }) => bends) : [],
    stubs: options.sides.length === 1 ? flows.flatMap(({ stubs }) => stubs) : [],
    callouts,
    silent,
    width,
    height: y,
  };
}

function layoutRow(
  row: readonly LaneSlots[],
  y: number,
  step: number,
  quietPitch: number,
  counts: (slot: Slot) => readonly Count[],
  groups: readonly Group[],
): readonly LaneLayout[] {
  let left = 0;
  let position = 0;
  const busy = row.flatMap(({ slots }) => slots.filter((slot) => quietPitch === 0 || !isQuiet(slot)));
  const wide = (slot: Slot | undefined) => (slot?.label.length ?? 0) * LABEL_CHAR_PX + LABEL_GAP_PX;
  const isTight = busy.some((slot, i) => i > 0 && (wide(busy[i - 1]) + wide(slot)) / 2 > step);
  const labelChars = isTight ? Math.floor((2 * step - LABEL_GAP_PX) / LABEL_CHAR_PX) : Infinity;
  let bytesBefore = -1;
  return row.map(({ key, group, lane, slots }, index) => {
    const x = left;
    left += index === 0 ? GUTTER : LANE_GAP;
    const layers: { name: string; from: number; to: number }[] = [];
    const stations = slots.map((slot): Station => {
      const quiet = quietPitch > 0 && isQuiet(slot);
      const room = quiet ? quietPitch : step;
      const level = isTight && !quiet && position++ % 2 === 0 ? 0 : 1;
      const last = layers.at(-1);
      if (last?.name === slot.layer) layers[layers.length - 1] = { ...last, to: left + room };
      else layers.push({ name: slot.layer, from: left, to: left + room });
      left += room;
      const own = counts(slot);
      const bytes = averageBytes(own[0]?.numbers ?? null);
      const roomy = step >= BYTES_PITCH;
      const saysBytes = own.length === 1 && bytes > 0 && bytes !== bytesBefore && roomy;
      if (bytes > 0) bytesBefore = bytes;
      return {
        key: `${group.key}/${slot.key}`,
        hop: slot.hop,
        missing: slot.missing,
        label: fitLabel(slot.label, quiet ? Infinity : labelChars),
        x: left - room / 2,
        labelX: left - room / 2,
        labelY: y + LABEL_Y + (isTight && !quiet ? level * LABEL_STEP : 0),
        quiet,
        roomy,
        saysBytes,
        counts: own,
      };
    });
    return {
      key,
      title: group.title,
      detail: [laneTitle(lane), whereOf(group, groups)].filter(Boolean).join(' · '),
      x,
      stations: withLabelsBefore(left, stations),
      layers: layers.map((layer) => ({
        ...layer,
        name: layerName(layer.name, layer.to - layer.from),
      })),
    };
  });
}

/**
 * Labels end before `right`, where the title of the next lane begins, or all that is drawn: what is wider stands to the left of its hop's
 * middle, and is cut where that would be on the label before it.
 */
function withLabelsBefore(right: number, stations: readonly Station[]): readonly Station[] {
  /** Where the label before ends, by line. */
  const ends = new Map<number, number>();
  return stations.map((station) => {
    const { x, labelY, quiet } = station;
    // Seen when it is pointed at, and then above all others.
    const from = quiet ? 0 : (ends.get(labelY) ?? -LABEL_GAP_PX) + LABEL_GAP_PX;
    const label = fitLabel(station.label, Math.floor((right - from) / LABEL_CHAR_PX));
    const width = label.length * LABEL_CHAR_PX;
    const labelX = Math.max(from + width / 2, Math.min(x, right - width / 2));
    if (!quiet) ends.set(labelY, labelX + width / 2);
    return { ...station, label, labelX };
  });
}

export const LAYER_LINE_Y = LAYER_Y;

/** A few letters of a name say less than none. */
function layerName(name: string, room: number): string {
  const chars = Math.floor((room - 4) / LABEL_CHAR_PX);
  return name.length <= chars || chars >= MIN_LAYER_CHARS ? fitLabel(name, chars) : '';
}

function fitLabel(text: string, chars: number): string {
  if (text.length <= chars) return text;
  return chars < 3 ? '' : `${text.slice(0, chars - 1).trimEnd()}…`;
}

/** Of metadata, of the packets that have any; 0 = none has. */
export function averageBytes(numbers: HopNumbers | null): number {
  if (numbers === null || numbers.withMetadata === 0) return 0;
  return Math.round(numbers.metadataBytes / numbers.withMetadata);
}

/** The drawing as far as its first rows; what runs between rows comes with the last one. */
export function firstRows(layout: PathLayout, rows: number): PathLayout {
  if (rows >= layout.rows.length) return layout;
  return {
    ...layout,
    rows: layout.rows.slice(0, rows),
    ends: [],
    segments: [],
    bends: [],
    stubs: [],
    callouts: [],
  };
}

/** `87 %`, `<1 %`, `–` when there is nothing to be a share of. */
export function printShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (100 * part) / whole;
  if (part > 0 && share < 1) return '<1 %';
  if (part < whole && share > 99) return '>99 %';
  return `${Math.round(share)} %`;
}
