/** What the list of journeys is asked, and its rows; part of view.ts. */
import type { TimeRange } from './time-view.ts';

/** How a journey fared at one hop, for the strip of little cells. */
export const CELL = {
  notObserved: 0,
  /** Seen, no metadata and none before. */
  none: 1,
  present: 2,
  /** First metadata of this journey, or a TLV more than before. */
  written: 3,
  changed: 4,
  /** Had metadata before, has none now. */
  lost: 5,
  /** A length but no readable bytes. */
  unreadable: 6,
  /** The same bytes, moved along with the MAC header. */
  moved: 7,
  /** The MAC header moved and nothing moved the bytes: what is there is something else. */
  suspect: 8,
  /** The bytes differ and no program wrote them. */
  clobbered: 9,
} as const;
export type Cell = (typeof CELL)[keyof typeof CELL];

/** `count` rows of the list from `from`. Parallel arrays, transferred. */
export interface JourneyRows {
  readonly generation: number;
  readonly from: number;
  readonly count: number;
  /** Journey numbers (dense, 0-based, stable in a capture): the key for everything else. */
  readonly journey: Uint32Array;
  /** epb_packetid (or frame number from 1 when there is none), as two u32. */
  readonly idHi: Uint32Array;
  readonly idLo: Uint32Array;
  /** Names of the runs that the ids are unique within; '' when the capture names none. */
  readonly run: readonly string[];
  /** First event, Unix ns as two u32. */
  readonly timeHi: Uint32Array;
  readonly timeLo: Uint32Array;
  readonly events: Uint32Array;
  /** Index into PROTOCOL_NAMES. */
  readonly protocol: Uint8Array;
  readonly length: Uint32Array;
  /** `count × hops` cells (CELL), hop order as in the list of hops. */
  readonly cells: Uint8Array;
  readonly hops: number;
  /** Printed: `10.0.0.1:4000`, and TLV values of the last hop that had them, '' when absent. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly info: readonly string[];
  /** tlv[i] is the printed column of tlvNames[i]. */
  readonly tlv: readonly (readonly string[])[];
  /** Fields asked for with `setColumns`, and a printed column of each. */
  readonly fields: readonly string[];
  readonly columns: readonly (readonly string[])[];
}

/** What was clicked, and what was written. All parts must hold; null and '' = all. */
export interface ListFilter {
  /** Journeys seen at this hop. */
  readonly hop: number | null;
  /** With `hop`: with metadata there, or without. Without `hop`: anywhere, or nowhere. */
  readonly metadata: 'with' | 'without' | null;
  /** Journeys whose metadata came to this harm at `hop`, or at any hop. */
  readonly harm: Harm | null;
  /** Journeys with an event in this time (with `hop`: there); null = any. */
  readonly time: TimeRange | null;
  /** An expression of the filter language (docs/filter.md); '' = none. */
  readonly where: string;
}

/** Journeys that pass a filter, or with `rest` all the others. */
export interface JourneySet {
  readonly filter: ListFilter;
  readonly rest: boolean;
}

/** The order of the list: by a field of the filter language. null = by first event. */
export interface ListSort {
  readonly field: string;
  readonly down: boolean;
}

/** `lost`: had metadata before, has none now (CELL.lost). The others are states of an event (core/diagnosis). */
export const HARMS = ['lost', 'clobbered', 'suspect', 'unreadable'] as const;
export type Harm = (typeof HARMS)[number];
