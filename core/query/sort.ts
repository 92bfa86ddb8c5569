/**
 * A list of journeys in the order of a field: a key for each, 53 bits of it, sorted by radix in steps that each take a
 * part of the list, so that ten million rows keep nobody waiting. Equal keys keep the order of the list; journeys without a
 * value are at the end, whichever way it is sorted.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { Field } from './field.ts';
import { eachEvent, journeyValues, type JourneyValues } from './journey-values.ts';
import { isJourneyField, type JourneyField } from './journeys.ts';
import { TextOrder } from './text-order.ts';
import { THEN } from './then.ts';

const DIGIT_BITS = 11;
const DIGITS = 6;
const BUCKETS = 1 << DIGIT_BITS;
const DIGIT_MASK = BUCKETS - 1;
/** Different texts that a list is sorted by; a journey beyond them has none. */
const MAX_TEXTS = 1 << 20;
const SIGN = 0x8000_0000;
/** Keys are made, texts among them put in order, keys become bits; then the steps are the digits that are sorted by. */
const KEYS = -3;
const TEXTS = -2;
const BITS = -1;

type KeyOf = (journey: number) => number;

/** How `field` puts journeys in order; null = it cannot. */
interface Keys {
  readonly of: KeyOf;
  /** What the keys made so far are places in; null: they are numbers. */
  readonly texts: (() => readonly string[]) | null;
}

function keysOf(store: CaptureStore, field: Field | JourneyField): Keys | null {
  if (isJourneyField(field)) return { of: (journey) => field.number(store, journey), texts: null };
  const { number, latest = false } = field;
  if (number !== undefined) {
    let found = NaN;
    const visit: Parameters<typeof eachEvent>[2] = (chunk, row) => {
      if (!latest && !Number.isNaN(found)) return;
      const value = number(store, chunk, row);
      if (!Number.isNaN(value)) found = value;
    };
    return {
      of: (journey) => {
        found = NaN;
        eachEvent(store, journey, visit);
        return found;
      },
      texts: null,
    };
  }
  const values = journeyValues(store, field);
  return values === null ? null : textKeys(values, latest);
}

/** By all that a journey says, as its row says it. */
function textKeys(values: JourneyValues, latest: boolean): Keys {
  const printer = new ValuePrinter(values, latest);
  const codes = new Map<string, number>();
  return {
    of: (journey) => {
      const text = printer.print(journey);
      if (text === '') return NaN;
      let code = codes.get(text);
      if (code === undefined) {
        if (codes.size === MAX_TEXTS) return NaN;
        codes.set(text, (code = codes.size));
      }
      return code;
    },
    texts: () => [...codes.keys()],
  };
}

/** Values of one journey that are told. */
const MAX_VALUES = 8;
/** Sequences of values whose text is remembered. */
const MAX_REMEMBERED = 1 << 14;

/** What a row says of a field: every value once, in order of arrival; or the last alone. '' = none. */
export class ValuePrinter {
  private readonly values: JourneyValues;
  private readonly latest: boolean;
  private readonly keys: number[] = [];
  private readonly texts = new Map<number | string, string>();

  constructor(values: JourneyValues, latest: boolean) {
    this.values = values;
    this.latest = latest;
  }

  print(journey: number): string {
    const { keys, texts } = this;
    keys.length = 0;
    this.values.each(journey, this.add);
    if (keys.length === 0) return '';
    const sequence = keys.length === 1 ? keys[0]! : keys.join();
    let text = texts.get(sequence);
    if (text === undefined) {
      const all = [...new Set(keys.slice(0, MAX_VALUES).map((key) => this.values.text(key)))];
      text = all.join(THEN) + (keys.length > MAX_VALUES ? `${THEN}…` : '');
      if (texts.size >= MAX_REMEMBERED) texts.clear();
      texts.set(sequence, text);
    }
    return text;
  }

  private readonly add = (key: number): void => {
    if (this.latest) this.keys[0] = key;
    else if (this.keys.length <= MAX_VALUES && !this.keys.includes(key)) this.keys.push(key);
  };
}

/** Whether lists can be put in order by it. */
export function isSortable(store: CaptureStore, field: Field | JourneyField): boolean {
  return keysOf(store, field) !== null;
}

export class SortQuery {
  /** Journeys in their order, when `advance` has said that it is done. */
  order: Uint32Array;
  private readonly journeys: Uint32Array;
  private readonly keys: Keys;
  private readonly down: boolean;
  /** The sortable bits of each key, by place in `journeys`: low word, high word. */
  private readonly words: Uint32Array;
  private readonly doubles: Float64Array;
  /** Places in `journeys`. */
  private from: Uint32Array;
  private to: Uint32Array;
  private readonly counts = Array.from({ length: DIGITS }, () => new Uint32Array(BUCKETS));
  private sorted = 0;
  private step = KEYS;
  private cursor = 0;
  private texts: TextOrder | null = null;
  private ranks: Float64Array | null = null;

  /** `journeys`: those of the list, in its order; kept. Throws RangeError for a field that is no order. */
  constructor(store: CaptureStore, journeys: Uint32Array, field: Field | JourneyField, down: boolean) {
    const keys = keysOf(store, field);
    if (keys === null) throw new RangeError(`${field.name} is no order`);
    this.keys = keys;
    this.journeys = journeys;
    this.down = down;
    this.doubles = new Float64Array(journeys.length);
    this.words = new Uint32Array(this.doubles.buffer);
    this.from = new Uint32Array(journeys.length);
    this.to = new Uint32Array(journeys.length);
    this.order = journeys;
  }

  /** 0…1 */
  get progress(): number {
    const done = this.step === TEXTS ? this.texts!.progress : this.cursor / Math.max(1, this.journeys.length);
    return (this.step - KEYS + done) / (DIGITS - KEYS);
  }

  /** Takes a step over at most `budget` rows or texts; true when `order` is there. */
  advance(budget: number): boolean {
    const { length } = this.journeys;
    const end = Math.min(length, this.cursor + Math.max(1, budget));
    let done: boolean;
    if (this.step === KEYS) {
      this.makeKeys(end);
      done = this.cursor === length;
    } else if (this.step === TEXTS) done = this.texts!.advance(Math.max(1, budget));
    else if (this.step === BITS) {
      this.makeBits(end);
      done = this.cursor === length;
    } else if (this.step < DIGITS) {
      this.sortDigit(end);
      done = this.cursor >= this.sorted;
    } else return true;
    if (done) this.nextStep();
    return this.step === DIGITS;
  }

  private makeKeys(end: number): void {
    const { doubles, journeys, keys } = this;
    for (; this.cursor < end; this.cursor++) doubles[this.cursor] = keys.of(journeys[this.cursor]!);
  }

  /** A double as 64 bits in its order: those of a negative one all turned, of another the sign alone. */
  private makeBits(end: number): void {
    const { doubles, words, from, counts, ranks, down } = this;
    for (; this.cursor < end; this.cursor++) {
      const at = this.cursor;
      let value = doubles[at]!;
      if (Number.isNaN(value)) continue;
      if (ranks !== null) value = ranks[value]!;
      doubles[at] = down ? -value : value;
      let hi = words[2 * at + 1]!;
      let lo = words[2 * at]!;
      // -0 and 0 are one.
      if (value === 0) hi = lo = 0;
      if (hi >= SIGN) {
        hi = ~hi;
        lo = ~lo;
      } else hi ^= SIGN;
      words[2 * at + 1] = hi;
      words[2 * at] = lo;
      from[this.sorted++] = at;
      for (let digit = 0; digit < DIGITS; digit++) counts[digit]![digitOf(lo, hi, digit)]!++;
    }
  }

  private sortDigit(end: number): void {
    const { from, to, words, step } = this;
    const places = this.counts[step]!;
    const last = Math.min(end, this.sorted);
    for (; this.cursor < last; this.cursor++) {
      const at = from[this.cursor]!;
      to[places[digitOf(words[2 * at]!, words[2 * at + 1]!, step)]!++] = at;
    }
  }

  private nextStep(): void {
    if (this.step === KEYS) {
      const texts = this.keys.texts?.() ?? null;
      if (texts === null) this.step++;
      else this.texts = new TextOrder(texts);
    } else if (this.step === TEXTS) this.ranks = this.texts!.ranks();
    if (this.step >= 0) [this.from, this.to] = [this.to, this.from];
    this.cursor = 0;
    for (this.step++; this.step >= 0 && this.step < DIGITS; this.step++) {
      // A digit that is the same in all sorts nothing.
      if (startsOf(this.counts[this.step]!, this.sorted)) return;
    }
    if (this.step === DIGITS) this.finish();
  }

  private finish(): void {
    const { journeys, from, to } = this;
    for (let i = 0; i < this.sorted; i++) to[i] = journeys[from[i]!]!;
    if (this.sorted < journeys.length) {
      const has = new Uint32Array((journeys.length + 31) >>> 5);
      for (let i = 0; i < this.sorted; i++) has[from[i]! >>> 5]! |= 1 << (from[i]! & 31);
      let next = this.sorted;
      for (let at = 0; at < journeys.length; at++) {
        if ((has[at >>> 5]! & (1 << (at & 31))) === 0) to[next++] = journeys[at]!;
      }
    }
    this.order = to;
  }
}

function digitOf(lo: number, hi: number, digit: number): number {
  const shift = digit * DIGIT_BITS;
  if (shift >= 32) return (hi >>> (shift - 32)) & DIGIT_MASK;
  const part = lo >>> shift;
  return (shift + DIGIT_BITS <= 32 ? part : part | (hi << (32 - shift))) & DIGIT_MASK;
}

/** Counts become places; false when all are in one bucket. */
function startsOf(counts: Uint32Array, total: number): boolean {
  let start = 0;
  let single = false;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket]!;
    if (count === total) single = true;
    counts[bucket] = start;
    start += count;
  }
  return !single;
}
