/**
 * A journey with those that are the same packet before and after it (a clone, the inner packet of a tunnel, another
 * namespace), as one: the columns of the matrix go on, and a value is new only where it is new for the packet. Pure.
 */
import type { JourneyDetail, JourneyHop, JourneyLink, MatrixCell } from '#workers/api.ts';

/** Columns of one journey. */
export interface Part {
  readonly journey: number;
  readonly id: string;
  /** Of the columns of all. */
  readonly from: number;
  readonly count: number;
  /** What leads to this journey; null = it is the one on screen. */
  readonly link: JourneyLink | null;
}

export interface Joined {
  readonly detail: JourneyDetail;
  readonly parts: readonly Part[];
  /** First column of the journey on screen. */
  readonly offset: number;
}

/** Journeys that are asked for on each side. */
export const MAX_BEFORE = 2;
export const MAX_AFTER = 3;

/** The links that the matrix goes on along. */
export function linksToJoin({ links, journey }: JourneyDetail): readonly JourneyLink[] {
  const known = links.filter(
    (link, i) =>
      link.journey !== null &&
      link.journey !== journey &&
      links.findIndex((other) => other.journey === link.journey) === i,
  );
  return [
    ...known.filter(({ direction }) => direction === 'from').slice(0, MAX_BEFORE),
    ...known.filter(({ direction }) => direction === 'to').slice(0, MAX_AFTER),
  ];
}

/** `others`: details by number; one that is not there is left out. */
export function joinJourneys(own: JourneyDetail, others: ReadonlyMap<number, JourneyDetail>): Joined {
  const found = linksToJoin(own).flatMap((link) => {
    const detail = others.get(link.journey ?? -1);
    return detail === undefined ? [] : [{ link, detail }];
  });
  const chain = [
    ...found.filter(({ link }) => link.direction === 'from'),
    { link: null, detail: own },
    ...found.filter(({ link }) => link.direction === 'to'),
  ];
  const parts: Part[] = [];
  let columns = 0;
  for (const { link, detail } of chain) {
    parts.push({ journey: detail.journey, id: detail.id, from: columns, count: detail.hops.length, link });
    columns += detail.hops.length;
  }
  const offset = parts.find(({ link }) => link === null)?.from ?? 0;
  const starts = new Set(parts.map(({ from }) => from).filter((from) => from > 0));
  const details = chain.map(({ detail }) => detail);
  return {
    parts,
    offset,
    detail: {
      ...own,
      hops: withDeltas(
        details.flatMap(({ hops }) => hops),
        starts,
      ),
      rows: joinRows(details, columns, parts, starts),
      beside: joinBeside(details, columns, parts, starts),
      locations: own.locations.map((row) => ({
        ...row,
        places: row.places.map((place) =>
          place.hop === null ? place : { ...place, hop: place.hop + offset },
        ),
      })),
    },
  };
}

/** The first hop of a part comes after the last of the part before, unless both went on side by side. */
function withDeltas(hops: readonly JourneyHop[], starts: ReadonlySet<number>): readonly JourneyHop[] {
  return hops.map((hop, i) => {
    const before = hops[i - 1];
    if (!starts.has(i) || before === undefined) return hop;
    return { ...hop, deltaNs: Math.max(0, Number(BigInt(hop.timeNs) - BigInt(before.timeNs))) };
  });
}

const ABSENT: MatrixCell = { value: '', state: 'absent' };

function joinRows(
  details: readonly JourneyDetail[],
  columns: number,
  parts: readonly Part[],
  starts: ReadonlySet<number>,
): JourneyDetail['rows'] {
  const rows = new Map<string, { row: JourneyDetail['rows'][number]; cells: MatrixCell[] }>();
  details.forEach((detail, index) => {
    const seen = new Map<string, number>();
    for (const row of detail.rows) {
      // A type that is in an area twice has two rows.
      const name = `${row.type} ${row.name}`;
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      const key = `${name} ${nth}`;
      const known = rows.get(key) ?? { row, cells: new Array<MatrixCell>(columns).fill(ABSENT) };
      rows.set(key, known);
      row.cells.forEach((cell, i) => (known.cells[(parts[index]?.from ?? 0) + i] = cell));
    }
  });
  return [...rows.values()].map(({ row, cells }) => ({ ...row, cells: bridged(cells, starts) }));
}

/** What begins in a part may have been there in the part before. */
function bridged(cells: readonly MatrixCell[], starts: ReadonlySet<number>): readonly MatrixCell[] {
  return cells.map((cell, i) => {
    const before = starts.has(i) ? cells[i - 1] : undefined;
    if (before === undefined || before.value === '') return cell;
    if (cell.state === 'written') return { ...cell, state: cell.value === before.value ? 'same' : 'changed' };
    return cell.state === 'absent' ? { ...cell, state: 'lost' } : cell;
  });
}

function joinBeside(
  details: readonly JourneyDetail[],
  columns: number,
  parts: readonly Part[],
  starts: ReadonlySet<number>,
): JourneyDetail['beside'] {
  const names = [...new Set(details.flatMap(({ beside }) => beside.map(({ name }) => name)))];
  return names.map((name) => {
    const cells = Array.from({ length: columns }, () => ({ value: '', changed: false }));
    details.forEach(({ beside }, index) => {
      const row = beside.find((other) => other.name === name);
      row?.cells.forEach((cell, i) => (cells[(parts[index]?.from ?? 0) + i] = { ...cell }));
    });
    for (const i of starts) {
      const [before, cell] = [cells[i - 1], cells[i]];
      if (before !== undefined && cell !== undefined) cell.changed = before.value !== cell.value;
    }
    return { name, cells };
  });
}
