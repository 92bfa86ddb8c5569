/** What the store answers about time: the timeline, and how long packets take between hops; part of view.ts. */

/**
 * Events over time as they came, for the strip on top: at most TIMELINE_BUCKETS equal buckets from start to end. What
 * late events change of earlier ones (`lost`) is right in TimelineBins.
 */
export interface Timeline {
  readonly startNs: string;
  readonly endNs: string;
  readonly events: Uint32Array;
  readonly withMetadata: Uint32Array;
  /** Journeys that lost their metadata there. */
  readonly lost: Uint32Array;
  /** Packets that the kernel dropped. */
  readonly drops: Uint32Array;
}
export const TIMELINE_BUCKETS = 512;

/** An interval of Unix time in ns, decimal; both ends are in it. */
export interface TimeRange {
  readonly fromNs: string;
  readonly toNs: string;
}

/** What is asked of the timeline: a window of it, in how many bins. */
export interface TimelineAsk {
  readonly range: TimeRange;
  /** At most MAX_TIMELINE_BINS. */
  readonly bins: number;
  /** Name of a TLV (Update.tlvNames) whose values are counted; null = none. */
  readonly tlv: string | null;
}
export const MAX_TIMELINE_BINS = 2048;
/** Values of a TLV that are told apart over time: the most frequent. */
export const MAX_TIMELINE_VALUES = 6;

/** Exact counts: bin `i` is the time from `fromNs + i × widthNs` on, `widthNs` long. */
export interface TimelineBins {
  readonly fromNs: string;
  readonly widthNs: number;
  readonly events: Uint32Array;
  readonly withMetadata: Uint32Array;
  readonly lost: Uint32Array;
  readonly drops: Uint32Array;
  /** Events of journeys that pass the filter; null = there is no filter. */
  readonly listed: Uint32Array | null;
  readonly tlv: TlvOverTime | null;
}

/** Events that had a TLV, by its value, in the bins of the answer. */
export interface TlvOverTime {
  readonly name: string;
  /** Printed, the most frequent first; each with the expression that passes it. */
  readonly values: readonly {
    readonly value: string;
    readonly filter: string;
    readonly counts: Uint32Array;
  }[];
  /** All other values together. */
  readonly others: Uint32Array;
  /** How many those are at least. */
  readonly otherValues: number;
}

/** From which hop to which, of which journeys. */
export interface LatencyAsk {
  /** Indices of hops. */
  readonly from: number;
  readonly to: number;
  /** Journeys at `from` within it; null = all. */
  readonly range: TimeRange | null;
  /** Columns of the heat; at most MAX_LATENCY_COLUMNS. */
  readonly columns: number;
}
export const MAX_LATENCY_COLUMNS = 512;

/**
 * Time from the first event of a journey at one hop to the first at another that is not before it, of the journeys that
 * pass the filter. All in ns and exact: a time in the kernel is far below 2^53 ns.
 */
export interface Latency {
  readonly from: number;
  readonly to: number;
  readonly journeys: number;
  /** Seen at `from`, and at `to` not or only before. */
  readonly without: number;
  /** Of no meaning without journeys. */
  readonly minNs: number;
  readonly maxNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  /** The longest: number and id of its journey, as in JourneyRows; null = none. */
  readonly slowest: { readonly journey: number; readonly id: string } | null;
  /** Bin `i` of the histogram is from edgesNs[i] to below edgesNs[i + 1]; four of them double the time. */
  readonly edgesNs: Float64Array;
  readonly counts: Uint32Array;
  /** Column `c` is the time from `fromNs + c × widthNs` on, when journeys were at `from`. */
  readonly fromNs: string;
  readonly widthNs: number;
  readonly columns: number;
  /** columns × bins of the histogram: cell [c × counts.length + i]. */
  readonly heat: Uint32Array;
}
