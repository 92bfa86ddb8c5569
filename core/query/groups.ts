/** Journeys grouped by a field, with how many and which share. Incremental, as all that looks at a whole capture. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { Tally } from './tally.ts';
import { valueFilter } from './complete.ts';
import type { Field } from './field.ts';

export interface Group {
  readonly value: string;
  readonly journeys: number;
  /** Of the journeys asked about, 0…1. Shares of a field with several values a journey sum to more. */
  readonly share: number;
  /** The expression that passes the group. */
  readonly filter: string;
}

export interface Groups {
  readonly field: string;
  readonly journeys: number;
  readonly groups: readonly Group[];
  /** Journeys with a value that found no place among MAX_TALLY_VALUES. */
  readonly others: number;
}

export class GroupQuery {
  private readonly tally: Tally | null;
  private readonly members: (journey: number) => boolean;
  private readonly store: CaptureStore;
  private readonly field: Field;
  private cursor = 0;
  private counted = 0;

  /** `members`: the journeys that are grouped. */
  constructor(store: CaptureStore, field: Field, members: (journey: number) => boolean) {
    this.store = store;
    this.field = field;
    this.members = members;
    this.tally = field.seen === null ? null : new Tally(store, field, field.seen);
  }

  /** Takes in at most `budget` journeys; true when there are no more. */
  advance(budget: number): boolean {
    const { count } = this.store.journeys;
    const end = Math.min(count, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) {
      if (!this.members(this.cursor)) continue;
      this.counted++;
      this.tally?.take(this.cursor, true);
    }
    return this.cursor === count;
  }

  /** The largest first, at most `limit`. */
  result(limit: number): Groups {
    const { tally, field, counted } = this;
    const groups = (tally?.values ?? [])
      .map((value, number) => ({
        value,
        journeys: tally!.inside[number]!,
        share: counted === 0 ? 0 : tally!.inside[number]! / counted,
        filter: valueFilter(this.store, field.name, value),
      }))
      .sort((a, b) => b.journeys - a.journeys || (a.value < b.value ? -1 : 1));
    const others = tally === null ? 0 : tally.inside.at(-1)!;
    return { field: field.name, journeys: counted, groups: groups.slice(0, limit), others };
  }
}
