/** What the store answers about the TLVs of many journeys; part of view.ts. */

/** One TLV at one hop, over many journeys; all counts are events. */
export interface SharesCell {
  /** Events that have it. */
  readonly present: number;
  /** Different values among them; MAX_SHARES_VALUES = as many or more. */
  readonly distinct: number;
  /** The most frequent one as printed, and how many events have it; '' and 0 = none. */
  readonly value: string;
  readonly valueEvents: number;
  /** Of the events: it was not there before, was another one, was there and is not any more. */
  readonly written: number;
  readonly changed: number;
  readonly lost: number;
}

/** The matrix of many journeys. */
export interface MatrixShares {
  readonly journeys: number;
  /** Indices of the hops that saw any of them, columns of the matrix in the order of the list of hops. */
  readonly hops: readonly { readonly hop: number; readonly events: number; readonly withMetadata: number }[];
  /** cells[i] belongs to hops[i]. */
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    readonly cells: readonly SharesCell[];
  }[];
  /** Values at a hop that found no place: there are MAX_SHARES_CELLS cells at most. */
  readonly omitted: number;
}
export const MAX_SHARES_VALUES = 1024;
export const MAX_SHARES_CELLS = 4096;
