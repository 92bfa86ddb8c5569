/** Journeys grouped by a field, with how many, which share, and how many came to harm. Incremental, as all that looks at a whole capture. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { Tally } from './tally.ts';
import { fieldText, valueFilter } from './complete.ts';
import { isHarmed } from './harmed.ts';
import type { JourneyValues } from './journey-values.ts';

export interface Group {
  readonly value: string;
  readonly journeys: number;
  /** Of the journeys asked about, 0…1. Shares of a field with several values a journey sum to more. */
  readonly share: number;
  /** Of its journeys, those whose metadata was lost, clobbered, suspect or unreadable at some hop. */
  readonly harmed: number;
  /** The expression that passes the group. */
  readonly filter: string;
}

export interface Groups {
  readonly field: string;
  /** Journeys asked about, and those of them that came to harm. */
  readonly journeys: number;
  readonly harmed: number;
  /** The largest first. */
  readonly groups: readonly Group[];
  /** Groups beyond those listed. */
  readonly omitted: number;
  /** Journeys without any value, and the expression that passes them. */
  readonly without: number;
  readonly withoutFilter: string;
  /** Journeys with a value that found no place among MAX_TALLY_VALUES. */
  readonly others: number;
}

export class GroupQuery {
  private readonly tally: Tally;
  private readonly members: (journey: number) => boolean;
  private readonly store: CaptureStore;
  private cursor = 0;
  private counted = 0;
  private harmed = 0;
  private without = 0;

  /** `members`: the journeys that are grouped. */
  constructor(store: CaptureStore, values: JourneyValues, members: (journey: number) => boolean) {
    this.store = store;
    this.members = members;
    this.tally = new Tally(values);
  }

  /** 0…1 */
  get progress(): number {
    return this.cursor / Math.max(1, this.store.journeys.count);
  }

  /** Takes in at most `budget` journeys; true when there are no more. */
  advance(budget: number): boolean {
    const { count } = this.store.journeys;
    const end = Math.min(count, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) {
      if (!this.members(this.cursor)) continue;
      const harmed = isHarmed(this.store, this.cursor);
      this.counted++;
      if (harmed) this.harmed++;
      if (!this.tally.take(this.cursor, harmed)) this.without++;
    }
    return this.cursor === count;
  }

  /** The largest first, at most `limit`. */
  result(limit: number): Groups {
    const { tally, counted, harmed, without } = this;
    const { inside, outside, of, values } = tally;
    const all = values
      .map((value, number) => ({
        value,
        journeys: inside[number]! + outside[number]!,
        harmed: inside[number]!,
      }))
      .sort((a, b) => b.journeys - a.journeys || (a.value < b.value ? -1 : 1));
    const groups = all.slice(0, limit).map((group) => ({
      ...group,
      share: counted === 0 ? 0 : group.journeys / counted,
      filter: valueFilter(this.store, of.name, group.value),
    }));
    const others = inside.at(-1)! + outside.at(-1)!;
    return {
      field: of.name,
      journeys: counted,
      harmed,
      groups,
      omitted: all.length - groups.length,
      without,
      withoutFilter: `!${fieldText(of.name)}`,
      others,
    };
  }
}
