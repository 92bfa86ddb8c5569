/**
 * What runs between the stations of a group: bands along a lane, bends to another lane or to an end, and stubs where
 * journeys were seen last. All of it from the counted edges, never from the difference of two hops' counts. Pure.
 */
import { printCount } from '#src/list/print.ts';
import type { Edge } from '#workers/api.ts';
import type { EndStation, LaneLayout, PathOptions, Station } from './layout.ts';
import { LANE_ABOVE } from './layout.ts';

/** A share of one station's band and of another's, from the base line of the lane upwards. */
export interface Flow {
  readonly key: string;
  readonly count: number;
  /** Of them, with metadata at the start and at the end. */
  readonly hadMetadata: number;
  readonly withMetadata: number;
  readonly title: string;
}

/** A band between two stations of one lane; y is measured within the group, downwards. */
export interface Segment extends Flow {
  readonly from: Station;
  readonly to: Station;
  readonly fromBase: number;
  readonly toBase: number;
  readonly height: number;
  /** Heights of the part with metadata. */
  readonly fromMeta: number;
  readonly toMeta: number;
  /** Height at `to` of the part that lost its metadata, on top of `toMeta`. */
  readonly lostBand: number;
}

/** A curve from a station to an end or to the other lane. */
export interface Bend extends Flow {
  readonly source: readonly [number, number];
  readonly target: readonly [number, number];
  /** Stroke width. */
  readonly width: number;
}

/** Journeys whose last sighting is here, though packets go on from here. */
export interface Stub {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly count: number;
  readonly title: string;
}

export interface GroupFlows {
  readonly segments: readonly Segment[];
  readonly bends: readonly Bend[];
  readonly stubs: readonly Stub[];
}

interface FlowInput {
  readonly lanes: readonly LaneLayout[];
  readonly ends: readonly EndStation[];
  readonly edges: readonly Edge[];
  readonly options: PathOptions;
}

interface Place {
  readonly station: Station;
  readonly lane: LaneLayout;
  readonly position: number;
}

const MIN_BEND_PX = 1.5;
const MAX_BEND_PX = 9;

export function layoutFlows({ lanes, ends, edges, options }: FlowInput): GroupFlows {
  const places = new Map<number, Place>();
  for (const lane of lanes) {
    if (lane.lane === 'none') continue;
    lane.stations.forEach((station, position) => {
      if (station.hop !== null) places.set(station.hop.index, { station, lane, position });
    });
  }
  const endOf = new Map(ends.flatMap((end) => (end.hop === null ? [] : [[end.hop.index, end] as const])));
  const baseOf = (place: Place) => place.lane.y + LANE_ABOVE + options.bandHeight;
  const heightOf = (place: Place, count: number) =>
    place.station.hop === null || place.station.hop.events === 0
      ? 0
      : Math.max(Math.min(1, place.station.band), (count / place.station.hop.events) * place.station.band);

  const segments: Segment[] = [];
  const bends: Bend[] = [];
  const stubs: Stub[] = [];
  // Bands leave and arrive stacked on the base line, the ones along the lane lowest.
  const leaving = new Map<number, number>();
  const arriving = new Map<number, number>();
  const stack = (used: Map<number, number>, hop: number, height: number, room: number): number => {
    const base = Math.min(used.get(hop) ?? 0, Math.max(0, room - height));
    used.set(hop, base + height);
    return base;
  };

  const along = edges
    .flatMap((edge) => {
      const from = places.get(edge.from);
      const to = places.get(edge.to);
      return from !== undefined && to !== undefined && from.lane === to.lane && from.position < to.position
        ? [{ edge, from, to }]
        : [];
    })
    .sort((a, b) => a.to.position - a.from.position - (b.to.position - b.from.position));
  for (const { edge, from, to } of along) {
    const { count, hadMetadata, withMetadata } = edge;
    // Within a filter the edges are not counted: shown is the share of each hop that passes it.
    const height = Math.min(heightOf(from, count), heightOf(to, count));
    if (height === 0) continue;
    const lost = entered(edges, edge.to, count) ? (to.station.hop?.metadataLost ?? 0) : 0;
    const toMeta = height * (withMetadata / count);
    segments.push({
      key: `${from.station.key}>${to.station.key}`,
      count,
      hadMetadata,
      withMetadata,
      title: `${from.station.label} → ${to.station.label}: ${printCount(count)} journeys`,
      from: from.station,
      to: to.station,
      fromBase: baseOf(from) - stack(leaving, edge.from, height, from.station.band),
      toBase: baseOf(to) - stack(arriving, edge.to, height, to.station.band),
      height,
      fromMeta: height * (hadMetadata / count),
      toMeta,
      lostBand: Math.min(height - toMeta, (lost / count) * height),
    });
  }

  for (const edge of edges) {
    const from = places.get(edge.from);
    const end = endOf.get(edge.to);
    const to = places.get(edge.to);
    if (from === undefined || (end === undefined && (to === undefined || to.lane === from.lane))) continue;
    const { count, hadMetadata, withMetadata } = edge;
    const height = heightOf(from, count);
    // Within a filter that nothing here passes.
    if (height === 0 || (end ?? to?.station)?.events === 0) continue;
    const y = baseOf(from) - stack(leaving, edge.from, height, from.station.band) - height / 2;
    const toLabel = end?.label ?? to?.station.label ?? '';
    bends.push({
      key: `${from.station.key}>${end?.key ?? to?.station.key ?? ''}`,
      count,
      hadMetadata,
      withMetadata,
      title: `${from.station.label} → ${toLabel}: ${printCount(count)} journeys`,
      source: [from.station.x, y],
      target:
        end !== undefined
          ? [end.x - 6, end.y]
          : [to?.station.x ?? 0, to === undefined ? 0 : baseOf(to) - to.station.band / 2],
      width: Math.min(MAX_BEND_PX, Math.max(MIN_BEND_PX, height)),
    });
  }

  for (const [index, place] of places) {
    const { hop, band } = place.station;
    if (hop === null || options.filtered) continue;
    const gone = edges.reduce((sum, edge) => (edge.from === index ? sum + edge.count : sum), 0);
    const count = hop.events - gone;
    // Where nothing ever leaves the lane itself ends, and nothing needs to be said.
    if (count <= 0 || gone === 0) continue;
    const height = heightOf(place, count);
    stubs.push({
      key: `stub-${place.station.key}`,
      x: place.station.x,
      y: baseOf(place) - stack(leaving, index, height, band) - height,
      height,
      count,
      title: `${printCount(count)} of ${printCount(hop.events)} end here: not followed further than ${place.station.label}`,
    });
  }
  return { segments, bends, stubs };
}

/** Whether this is the busiest edge into a hop: the one that what was lost before the hop is drawn on. */
function entered(edges: readonly Edge[], to: number, count: number): boolean {
  return edges.every((edge) => edge.to !== to || edge.count <= count);
}
