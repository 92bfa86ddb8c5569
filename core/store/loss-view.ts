/** What the store answers about damage to metadata; part of view.ts. */
import type { HopState, Known } from '#core/diagnosis/types.ts';

/**
 * What came to metadata at one hop, by one cause: the answer to "which hop loses how much, by which cause, for which
 * TLV". Lost, suspect, clobbered and unreadable each have rows of their own, and so has what a program removed
 * (state `changed`). One row with `tlv` null for the area, and one more for each TLV that was in it and is affected.
 */
export interface LossRow {
  /** Index of the hop where it was found: it happened between the hop before and this one. */
  readonly hop: number;
  readonly state: HopState;
  /** Name in the catalogue of causes; the kernel operation or program. */
  readonly cause: string;
  readonly operation: string;
  readonly known: Known;
  /** null = the area as a whole, of which the other rows with this hop, state and cause are parts. `name` '' = not in the schema. */
  readonly tlv: { readonly type: number; readonly name: string } | null;
  /** Journeys it happened to. */
  readonly journeys: number;
  /** How often journeys came to this hop with metadata at the hop before: what `journeys` is a part of. */
  readonly arrived: number;
  /** Unix time of the first and the last of them. */
  readonly firstNs: string;
  readonly lastNs: string;
  /** The first of them: number and id, as in JourneyRows. */
  readonly example: number;
  readonly exampleId: string;
}

export interface LossSummary {
  /** The most frequent first, the row of an area in front of those of its TLVs. */
  readonly rows: readonly LossRow[];
  /** Journeys' losses that found no row: there are MAX_LOSS_ROWS at most. */
  readonly omitted: number;
}
export const MAX_LOSS_ROWS = 4096;
