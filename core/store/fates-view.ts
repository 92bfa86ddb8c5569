/** What the store answers about how some journeys ended; part of view.ts. */
import type { LossSummary } from './loss-view.ts';

/** Journeys that were dropped for the same reason at the same place. */
export interface DropRow {
  /** Index of the hop that saw the drop. */
  readonly hop: number;
  /** Of the one where the journey was seen last before; null = it was not. */
  readonly after: number | null;
  /** As the kernel names it. */
  readonly reason: string;
  readonly journeys: number;
  /** Unix time of the first and the last drop, '' = their time is not known. */
  readonly firstNs: string;
  readonly lastNs: string;
  /** The first of them: number and id, as in JourneyRows. */
  readonly example: number;
  readonly exampleId: string;
}

/** What became of some journeys. */
export interface Fates {
  readonly journeys: number;
  /** Unix time of their first and last event, '' = there is none whose time is known. */
  readonly firstNs: string;
  readonly lastNs: string;
  /** Of them. A packet that is dropped as a copy of another may be so more than once. */
  readonly dropped: number;
  /** The most frequent first. */
  readonly drops: readonly DropRow[];
  /** Drops that found no row: there are MAX_DROP_ROWS at most; and journeys of which so many events were looked at before the first drop. */
  readonly omittedDrops: number;
  readonly losses: LossSummary;
}
export const MAX_DROP_ROWS = 1024;
