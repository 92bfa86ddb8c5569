/**
 * How many journeys have which value of a field, of two kinds of journeys: those that are asked about, and the others. A
 * journey with a value at several hops counts once for it. Counted twice over: wherever it has the value, and where it has it
 * early on (turn.ts).
 */
import type { JourneyValues } from './journey-values.ts';

/** Different values that are told apart; those beyond are counted as one. */
export const MAX_TALLY_VALUES = 1 << 12;
/** Keys whose value is remembered: several may read the same. */
const MAX_KEYS = 1 << 16;

export class Tally {
  /** By number of the value; the last is of all that found no place. */
  readonly inside = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly outside = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly insideEarly = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly outsideEarly = new Float64Array(MAX_TALLY_VALUES + 1);
  readonly values: string[] = [];
  readonly of: JourneyValues;
  private readonly byText = new Map<string, number>();
  /** Number of the value for each key of the field. */
  private readonly byKey = new Map<number, number>();
  /** Journey that a value was counted for last, + 1. */
  private readonly lastJourney = new Uint32Array(MAX_TALLY_VALUES + 1);
  private readonly lastEarly = new Uint32Array(MAX_TALLY_VALUES + 1);
  private current: Float64Array = this.inside;
  private currentEarly: Float64Array = this.insideEarly;
  /** Numbers of events below this are early. */
  private early = Infinity;
  private journey = 0;
  private hasValue = false;

  constructor(of: JourneyValues) {
    this.of = of;
  }

  /** Counts a journey; each at most once. Its events below number `early` count as early. False: it has no value. */
  take(journey: number, inside: boolean, early = Infinity): boolean {
    this.early = early;
    this.currentEarly = inside ? this.insideEarly : this.outsideEarly;
    this.current = inside ? this.inside : this.outside;
    this.journey = journey + 1;
    this.hasValue = false;
    this.of.each(journey, this.add);
    return this.hasValue;
  }

  private readonly add = (key: number, at: number): void => {
    this.hasValue = true;
    let value = this.byKey.get(key);
    if (value === undefined) value = this.number(key);
    if (at < this.early && this.lastEarly[value] !== this.journey) {
      this.lastEarly[value] = this.journey;
      this.currentEarly[value]!++;
    }
    if (this.lastJourney[value] === this.journey) return;
    this.lastJourney[value] = this.journey;
    this.current[value]!++;
  };

  private number(key: number): number {
    // With no place left, a text that costs a decoding would be made for every packet.
    if (this.values.length === MAX_TALLY_VALUES && this.byKey.size >= MAX_KEYS) return MAX_TALLY_VALUES;
    const text = this.of.text(key);
    let value = this.byText.get(text);
    if (value === undefined) {
      value = this.values.length;
      if (value < MAX_TALLY_VALUES) {
        this.values.push(text);
        this.byText.set(text, value);
      }
    }
    if (this.byKey.size < MAX_KEYS) this.byKey.set(key, value);
    return value;
  }
}
