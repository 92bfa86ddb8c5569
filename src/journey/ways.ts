/**
 * Where a TLV was seen beside the area: its way from the packet's own bytes over area and taps to maps and sockets, as
 * marks on the columns of the matrix. Maps and sockets are no hops: they have columns of their own behind them. Pure.
 */
import type { JourneyDetail, LocationRow, TlvPlace } from '#workers/api.ts';

/** A column behind the hops. */
export interface Beyond {
  readonly key: string;
  readonly where: TlvPlace['where'];
  /** `flows#42` */
  readonly name: string;
}

/** A place in a cell. */
export interface Mark {
  readonly where: TlvPlace['where'];
  readonly known: TlvPlace['known'];
  readonly value: string;
  readonly title: string;
}

/** One TLV across the columns: from the first place it was seen at to the last. */
export interface Way {
  readonly from: number;
  readonly to: number;
  /** By column; most have none. */
  readonly marks: ReadonlyMap<number, readonly Mark[]>;
}

export const WHERE_WORDS: Readonly<Record<TlvPlace['where'], string>> = {
  packet: 'packet',
  area: 'area',
  blob: 'tap',
  map: 'map',
  socket: 'socket',
};

export const WHERE_MEANING: Readonly<Record<TlvPlace['where'], string>> = {
  packet: 'in the data of the packet',
  area: 'in the metadata area',
  blob: 'shown by a tap',
  map: 'in a BPF map',
  socket: 'in the storage of a socket',
};

/** What is read there needs no sign. */
export const PLACE_SIGNS: Readonly<Record<TlvPlace['known'], string>> = {
  seen: '',
  inferred: '≈',
  ambiguous: '?',
};

const keyOf = ({ where, name }: TlvPlace): string => `${where} ${name}`;

/** Maps and sockets that hold any TLV of the journey, in the order in which it came there. */
export function beyondHops({ locations }: Pick<JourneyDetail, 'locations'>): readonly Beyond[] {
  const found = new Map<string, Beyond>();
  for (const { places } of locations) {
    for (const place of places) {
      const key = keyOf(place);
      if (place.hop === null) found.set(key, { key, where: place.where, name: place.name });
    }
  }
  return [...found.values()];
}

/** The way of TLVs that share a row; null = they were nowhere but in the area. */
export function wayOf(rows: readonly LocationRow[], hops: number, beyond: readonly Beyond[]): Way | null {
  const marks = new Map<number, Mark[]>();
  for (const { value, places } of rows) {
    for (const place of places) {
      const { where, known, name, evidence } = place;
      const column = place.hop ?? hops + beyond.findIndex(({ key }) => key === keyOf(place));
      const title = `${WHERE_MEANING[where]}, ${name}: ${value} (${known}: ${evidence})`;
      const here = marks.get(column);
      if (here === undefined) marks.set(column, [{ where, known, value, title }]);
      else here.push({ where, known, value, title });
    }
  }
  if (marks.size === 0) return null;
  const columns = [...marks.keys()];
  return { from: Math.min(...columns), to: Math.max(...columns), marks };
}
