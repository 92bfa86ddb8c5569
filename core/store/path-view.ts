/** What the store answers about the path: hops, and the ways between them; part of view.ts. */
import type { HopState, Known } from '#core/diagnosis/types.ts';
import type { Lane, Layer } from '#core/format/hooks.ts';

/** Events at a hop with the same state and cause (core/diagnosis); `present` without a cause and `none` are not among them. */
export interface HopCause {
  readonly state: HopState;
  /** Name in the catalogue of causes. */
  readonly cause: string;
  /** The kernel operation or program. */
  readonly operation: string;
  readonly known: Known;
  readonly count: number;
  /** Unix time of the first of them. */
  readonly firstNs: string;
}

/** Packets of one kind that a hook counted and was not shown. No filter is asked of them. */
export interface Counted {
  readonly count: number;
  /** Id of the XDP program; 0 = of several kinds. */
  readonly program: number;
  /** '' = not known. */
  readonly programName: string;
  /** Id of the map with the target; 0 = none, and `index` is an ifindex. */
  readonly map: number;
  readonly index: number;
  /** An errno or XDP action, by the hook (counted-text.ts). */
  readonly value: number;
}

/** What does not change about a place that events happen at. */
export interface HopIdentity {
  /** `eth0:tcx/ingress@first`; unique within the capture together with netns, host and file. */
  readonly name: string;
  readonly hook: number;
  readonly label: string;
  readonly lane: Lane | 'none';
  readonly layer: Layer | 'none';
  readonly order: number;
  readonly device: string;
  readonly netns: number;
  /** Name of the host; '' = the capture does not say. */
  readonly host: string;
  /** Name of the file that it was recorded in, of captures that were opened together; '' = there is one. */
  readonly file: string;
}

/** Such a place, with what was seen there. */
export interface Hop extends HopIdentity {
  /** Index into the list of hops; stable within one capture. */
  readonly index: number;
  readonly events: number;
  /** Of them, with metadata bytes (state present). */
  readonly withMetadata: number;
  /** Sum of their metadata bytes. */
  readonly metadataBytes: number;
  /** Of them, with a length but no readable bytes. */
  readonly unreadable: number;
  /** Journeys that had metadata before this hop and have none at it (CELL.lost here): the red of the path. */
  readonly metadataLost: number;
  /** What became of metadata at this hop and why, the most frequent first; at most MAX_HOP_CAUSES. */
  readonly causes: readonly HopCause[];
  /** Known lost at this hop (gap ledger, or epb_dropcount in foreign captures). */
  readonly lost: number;
  /** What was counted here instead of seen, the most frequent kind first; never among `events` or `lost`. */
  readonly counted: readonly Counted[];
  /** The same counts within the filter in force. */
  readonly filteredEvents: number;
  readonly filteredWithMetadata: number;
}

/**
 * Journeys that went from one hop straight to another, in order of time. A hop that many events lead to and few
 * leave is where journeys end: events less the `count`s that leave.
 */
export interface Edge {
  /** Indices of hops. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of them, with metadata bytes at `from`, and at `to`. */
  readonly hadMetadata: number;
  readonly withMetadata: number;
}

/** What a hop saw of some journeys; meanings as in `Hop`. */
export type HopNumbers = Pick<
  Hop,
  'events' | 'withMetadata' | 'metadataBytes' | 'unreadable' | 'metadataLost' | 'causes'
>;

/** The path of some journeys. */
export interface PathNumbers {
  readonly journeys: number;
  /** By index of the hop. */
  readonly hops: readonly HopNumbers[];
  readonly edges: readonly Edge[];
}
