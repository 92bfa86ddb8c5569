/** What the page shows, as far as a link to it carries it: docs/links.md. Its codec is link.ts. */
import { MAX_FILTER_CHARS } from '#core/query/limits.ts';
import { MAX_NAME_CHARS } from '#core/notes/limits.ts';
import type { Harm, ListSort, TimeRange } from '#workers/api.ts';

export type PartRef =
  | { readonly kind: 'sample'; readonly id: string }
  | { readonly kind: 'url'; readonly url: string };

export type SourceRef =
  | { readonly kind: 'live' }
  | PartRef
  /** Two or more, as one capture. */
  | { readonly kind: 'together'; readonly parts: readonly PartRef[] };

/** One of several files that are open together. */
export interface FileRef {
  readonly name: string;
  readonly digest: string;
  readonly bytes: number;
}

/** By what a capture that was read to its end is known again, whatever it came from. */
export interface CaptureRef {
  /** As core/share/digest.ts makes it. */
  readonly digest: string;
  /** null = the link does not say. */
  readonly bytes: number | null;
  /** Unix seconds of its first event; likewise. */
  readonly first: number | null;
}

export interface JourneyId {
  readonly hi: number;
  readonly lo: number;
}

/** What the path compares, as expressions. */
export interface Comparison {
  /** null = the journeys that the filter in force passes. */
  readonly a: string | null;
  /** null = all that are not in `a`. */
  readonly b: string | null;
}

export interface LinkState {
  readonly source: SourceRef | null;
  /** null = not named: live, not read to its end, or a link of an earlier version. */
  readonly capture: CaptureRef | null;
  /** Of several, each; [] = it is one. */
  readonly files: readonly FileRef[];
  readonly journey: JourneyId | null;
  /** Run of the probe that `journey` is of; '' = the newest that has one. */
  readonly run: string;
  /** Position of the chosen event in its journey; null = the page chooses. */
  readonly at: number | null;
  readonly hop: string | null;
  readonly metadata: 'with' | 'without' | null;
  readonly harm: Harm | null;
  readonly time: TimeRange | null;
  /** '' = none. Kept as it was written, also when this capture cannot be asked it. */
  readonly where: string;
  readonly compare: Comparison | null;
  /** null = those that the page begins with. */
  readonly columns: readonly ColumnRef[] | null;
  /** null = by first event. */
  readonly sort: ListSort | null;
  /** '' = journeys. */
  readonly group: string;
  /** In the order of OPEN_PARTS. */
  readonly open: readonly OpenPart[];
  /** '' = none. */
  readonly values: string;
  /** Names of the hops that times are between; null = the page chooses. */
  readonly pair: { readonly from: string; readonly to: string } | null;
  readonly marks: readonly MarkRef[];
  /** null = all of it. */
  readonly zoom: TimeRange | null;
  /** 1 (all of it is as wide as its pane) to MAX_PATH_SCALE; the link has it to a tenth. */
  readonly scale: number;
  /** Where the path is scrolled to; null = at its beginning. */
  readonly pan: PathPan | null;
  readonly paused: boolean;
}

/** What of the path is left of its pane, and above: shares in steps of PAN_STEPS, not both 0. */
export interface PathPan {
  readonly left: number;
  readonly top: number;
}
export const PAN_STEPS = 1000;

/** The table of damage, times between two hops, the cost, the matrix of all that is listed, the path as a table. */
export const OPEN_PARTS = ['losses', 'between', 'cost', 'matrix', 'table'] as const;
export type OpenPart = (typeof OPEN_PARTS)[number];

/** A marked journey. */
export interface MarkRef {
  readonly id: JourneyId;
  /** As `run`. */
  readonly run: string;
}
export const MAX_MARKS = 100;
export const MAX_PATH_SCALE = 4;
export const MIN_COLUMN_CHARS = 3;
export const MAX_COLUMN_CHARS = 120;
export const MAX_HOP_CHARS = MAX_NAME_CHARS;
export const MAX_WHERE_CHARS = MAX_FILTER_CHARS;
/** Captures that a link names one by one. */
export const MAX_FILES = 8;

export interface ColumnRef {
  readonly name: string;
  /** null = as wide as its values. */
  readonly chars: number | null;
}

export const EMPTY_LINK: LinkState = {
  source: null,
  capture: null,
  files: [],
  journey: null,
  run: '',
  at: null,
  hop: null,
  metadata: null,
  harm: null,
  time: null,
  where: '',
  compare: null,
  columns: null,
  sort: null,
  group: '',
  open: [],
  values: '',
  pair: null,
  marks: [],
  zoom: null,
  scale: 1,
  pan: null,
  paused: false,
};
