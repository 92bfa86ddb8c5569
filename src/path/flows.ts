/**
 * What runs between hops: bands along a row, bends to another row or to an end, and stubs where journeys were seen last.
 * All of it from the counted edges, never from the difference of two hops' counts. Pure.
 */
import { printCount, printMany } from '#src/list/print.ts';
import type { Edge } from '#workers/api.ts';
import type { EndStation, RowLayout, Station } from './layout.ts';

/** A share of one hop's band and of another's, from the base line of the row away. */
export interface Flow {
  readonly key: string;
  /** Indices of hops. */
  readonly edge: Edge;
  /** Which of the compared sides it is of. */
  readonly side: number;
  readonly title: string;
}

/** A band between two hops of one row. */
export interface Segment extends Flow {
  readonly from: Station;
  readonly to: Station;
  /** Where it begins at either end, and whether it grows up (-1) or down (1) from there. */
  readonly fromBase: number;
  readonly toBase: number;
  readonly grows: -1 | 1;
  readonly height: number;
  /** Heights of the part with metadata. */
  readonly fromMeta: number;
  readonly toMeta: number;
  /** Height at `to` of the part that lost its metadata, on top of `toMeta`. */
  readonly lostBand: number;
}

/** A band that leaves its row: to an end, to another row, or back. */
export interface Bend extends Flow {
  /** Lower ends of both sides. */
  readonly source: readonly [x: number, y: number];
  readonly target: readonly [x: number, y: number];
  readonly height: number;
  readonly fromMeta: number;
  readonly toMeta: number;
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

export interface Flows {
  readonly segments: readonly Segment[];
  readonly bends: readonly Bend[];
  readonly stubs: readonly Stub[];
}

interface FlowInput {
  readonly rows: readonly RowLayout[];
  readonly ends: readonly EndStation[];
  readonly edges: readonly Edge[];
  /** Which side is laid out: the first grows up from the base lines, the second down. */
  readonly side: number;
}

interface Place {
  readonly station: Station;
  readonly row: number;
  readonly position: number;
  readonly base: number;
}

const MIN_BEND_PX = 1.5;

export function layoutFlows({ rows, ends, edges, side }: FlowInput): Flows {
  const places = new Map<number, Place>();
  rows.forEach((row, index) => {
    let position = 0;
    for (const lane of row.lanes) {
      for (const station of lane.stations) {
        const place = { station, row: index, position: position++, base: row.base };
        if (station.hop !== null && station.hop.lane !== 'none') places.set(station.hop.index, place);
      }
    }
  });
  const endOf = new Map(ends.flatMap((end) => (end.hop === null ? [] : [[end.hop.index, end] as const])));
  const grows = side === 0 ? -1 : 1;
  const countAt = ({ counts }: Pick<Station, 'counts'>) => counts[side];
  const bandAt = (station: Pick<Station, 'counts'>) => countAt(station)?.band ?? 0;
  const heightOf = (station: Pick<Station, 'counts'>, count: number) => {
    const { events = 0, band = 0 } = countAt(station) ?? {};
    return events === 0 ? 0 : Math.min(band, Math.max(Math.min(1, band), (count / events) * band));
  };

  const segments: Segment[] = [];
  const bends: Bend[] = [];
  const stubs: Stub[] = [];
  // Bands leave and arrive stacked on the base line, the ones along the row lowest.
  const leaving = new Map<number, number>();
  const arriving = new Map<number, number>();
  const stack = (used: Map<number, number>, hop: number, height: number, room: number): number => {
    const base = Math.min(used.get(hop) ?? 0, Math.max(0, room - height));
    used.set(hop, base + height);
    return base;
  };
  const titleOf = (from: string, to: string, { count, hadMetadata, withMetadata }: Edge) =>
    `${from} → ${to}: ${printMany(count, 'journey')}, ${printCount(hadMetadata)} with metadata before, ${printCount(withMetadata)} after`;

  const along: { edge: Edge; from: Place; to: Place }[] = [];
  const away: { edge: Edge; from: Place; to: Place | EndStation }[] = [];
  for (const edge of edges) {
    const from = places.get(edge.from);
    const to = places.get(edge.to);
    const end = endOf.get(edge.to);
    if (from === undefined) continue;
    if (to !== undefined && from.row === to.row && from.position < to.position)
      along.push({ edge, from, to });
    else if (to !== undefined && to !== from) away.push({ edge, from, to });
    else if (end !== undefined) away.push({ edge, from, to: end });
  }

  along.sort((a, b) => a.to.position - a.from.position - (b.to.position - b.from.position));
  for (const { edge, from, to } of along) {
    const { count, hadMetadata, withMetadata } = edge;
    const height = Math.min(heightOf(from.station, count), heightOf(to.station, count));
    if (height === 0) continue;
    const lost = isBusiest(edges, edge) ? (countAt(to.station)?.numbers?.metadataLost ?? 0) : 0;
    const toMeta = height * (withMetadata / count);
    segments.push({
      key: `${side}:${edge.from}>${edge.to}`,
      edge,
      side,
      title: titleOf(from.station.label, to.station.label, edge),
      from: from.station,
      to: to.station,
      fromBase: from.base + grows * stack(leaving, edge.from, height, bandAt(from.station)),
      toBase: to.base + grows * stack(arriving, edge.to, height, bandAt(to.station)),
      grows,
      height,
      fromMeta: height * (hadMetadata / count),
      toMeta,
      lostBand: Math.min(height - toMeta, (lost / count) * height),
    });
  }

  for (const { edge, from, to } of away) {
    const { count, hadMetadata, withMetadata } = edge;
    const target = 'row' in to ? to.station : to;
    const height = Math.min(heightOf(from.station, count), heightOf(target, count));
    if (height === 0) continue;
    const drawn = Math.max(MIN_BEND_PX, height);
    const foot = 'row' in to ? to.base : to.y + bandAt(to) / 2;
    bends.push({
      key: `${side}:${edge.from}>${edge.to}`,
      edge,
      side,
      title: titleOf(from.station.label, target.label, edge),
      source: [from.station.x, from.base - stack(leaving, edge.from, height, bandAt(from.station))],
      target: [target.x, foot - stack(arriving, edge.to, height, bandAt(target))],
      height: drawn,
      fromMeta: drawn * (hadMetadata / count),
      toMeta: drawn * (withMetadata / count),
    });
  }

  for (const [index, place] of places) {
    const { station } = place;
    const events = countAt(station)?.events ?? 0;
    const gone = edges.reduce((sum, edge) => (edge.from === index ? sum + edge.count : sum), 0);
    const count = events - gone;
    // Where nothing ever leaves the row itself ends, and nothing needs to be said.
    if (count <= 0 || gone === 0) continue;
    const height = heightOf(station, count);
    stubs.push({
      key: `stub-${station.key}`,
      x: station.x,
      y: place.base - stack(leaving, index, height, bandAt(station)) - height,
      height,
      count,
      title: `${printCount(count)} of ${printCount(events)} end here: not followed further than ${station.label}`,
    });
  }
  return { segments, bends, stubs };
}

/** Whether this is the busiest edge into its hop: the one that what was lost before the hop is drawn on. */
function isBusiest(edges: readonly Edge[], { to, count }: Edge): boolean {
  return edges.every((edge) => edge.to !== to || edge.count <= count);
}
