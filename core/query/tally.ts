/**
 * How many journeys have which value of a field, of two kinds of journeys: those that are asked about, and the others. A
 * journey with a value at several hops counts once for it.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import type { Field, Seen } from './field.ts';

/** Different values that are told apart; those beyond are counted as one. */
export const MAX_TALLY_VALUES = 1 << 12;
/** Events of a journey that are looked at. */
const MAX_EVENTS_A_JOURNEY = 256;

export class Tally {
  /** By number of the value; the last is of all that found no place. */
  readonly inside = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly outside = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly values: string[] = [];
  readonly field: Field;
  private readonly store: CaptureStore;
  private readonly seen: Seen;
  private readonly byText = new Map<string, number>();
  /** Number of the value for each key of the field: several keys may read the same. */
  private readonly byKey = new Map<number, number>();
  /** Journey that a value was counted for last, + 1. */
  private readonly lastJourney = new Uint32Array(MAX_TALLY_VALUES + 1);
  private current: Float64Array = this.inside;
  private journey = 0;

  /** `field.seen` is not null. */
  constructor(store: CaptureStore, field: Field, seen: Seen) {
    this.store = store;
    this.field = field;
    this.seen = seen;
  }

  /** Counts a journey; each at most once. */
  take(journey: number, inside: boolean): void {
    const { events, journeys } = this.store;
    this.current = inside ? this.inside : this.outside;
    this.journey = journey + 1;
    let event = journeys.word(journey, JOURNEY.first);
    const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_EVENTS_A_JOURNEY);
    for (let i = 0; i < count; i++) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      this.seen.visit(this.store, chunk, row, this.add);
      event = chunk.next[row]!;
    }
  }

  private readonly add = (key: number): void => {
    let value = this.byKey.get(key);
    if (value === undefined) value = this.number(key);
    if (this.lastJourney[value] === this.journey) return;
    this.lastJourney[value] = this.journey;
    this.current[value]!++;
  };

  private number(key: number): number {
    const text = this.seen.text(this.store, key);
    let value = this.byText.get(text);
    if (value === undefined) {
      if (this.values.length === MAX_TALLY_VALUES) return MAX_TALLY_VALUES;
      value = this.values.push(text) - 1;
      this.byText.set(text, value);
    }
    if (this.byKey.size < 4 * MAX_TALLY_VALUES) this.byKey.set(key, value);
    return value;
  }
}
