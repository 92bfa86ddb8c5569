/**
 * The journeys that a question is true of, kept up to date as events arrive: for each `any` of the question one bit a
 * journey that some event passed it, and the question itself worked out for 32 journeys at a time.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { CHUNK_EVENTS, CHUNK_MASK } from '#core/store/limits.ts';
import { PASS_WORDS } from './atom.ts';
import type { Question } from './compile.ts';
import { passTest, refreshTest, type EventTest } from './events.ts';
import type { JourneyTest } from './journeys.ts';

type Leaf =
  | { readonly kind: 'any'; readonly test: EventTest }
  | { readonly kind: 'journey'; readonly test: JourneyTest };

interface Slot {
  readonly leaf: Leaf;
  /** One bit a journey. */
  bits: Uint32Array;
}

const pass = new Uint32Array(PASS_WORDS);

export class Query {
  /** Journeys that pass, one bit each; those that came behind the last `advance` are not in it. */
  members = new Uint32Array(32);
  /** Events taken in. */
  cursor = 0;
  private readonly store: CaptureStore;
  private readonly question: Question;
  private readonly slots: Slot[] = [];
  private readonly asksJourneys: boolean;
  /** Words of `members` to settle, one bit each. */
  private touched = new Uint32Array(1);
  private slot = 0;
  /** Of what the store told anew of earlier events: how much is taken in. Before the first event there is nothing to look at again. */
  private retold = -1;

  constructor(store: CaptureStore, question: Question) {
    this.store = store;
    this.question = question;
    this.collect(question);
    this.asksJourneys = this.slots.some(({ leaf }) => leaf.kind === 'journey');
  }

  has(journey: number): boolean {
    const word = journey >>> 5;
    return word < this.members.length && (this.members[word]! & (1 << (journey & 31))) !== 0;
  }

  /**
   * Takes in at most `budget` of the events that have arrived since; true when there are no more. `changed` is told of
   * each word of `members` (32 journeys) that may have become another one, with what it was.
   */
  advance(budget: number, changed?: (word: number, before: number) => void): boolean {
    const { events } = this.store;
    const end = Math.min(events.count, this.cursor + budget);
    if (this.cursor < end) this.prepare();
    this.askRetold(changed);
    while (this.cursor < end) {
      const first = this.cursor & CHUNK_MASK;
      const rows = Math.min(end - this.cursor, CHUNK_EVENTS - first);
      this.take(this.cursor, first, first + rows, changed);
      this.cursor += rows;
    }
    return this.cursor === events.count;
  }

  private collect(question: Question): void {
    switch (question.kind) {
      case 'and':
      case 'or':
        this.collect(question.left);
        this.collect(question.right);
        return;
      case 'not':
        this.collect(question.operand);
        return;
      case 'any':
      case 'journey':
        this.slots.push({ leaf: question, bits: new Uint32Array(32) });
    }
  }

  private prepare(): void {
    const words = (this.store.journeys.count + 31) >>> 5;
    if (words > this.members.length) {
      this.members = enlarged(this.members, 2 * words);
      for (const slot of this.slots) slot.bits = enlarged(slot.bits, 2 * words);
      this.touched = new Uint32Array((this.members.length + 31) >>> 5);
    }
    for (const { leaf } of this.slots) if (leaf.kind === 'any') refreshTest(leaf.test);
  }

  private take(
    event: number,
    first: number,
    end: number,
    changed: ((word: number, before: number) => void) | undefined,
  ): void {
    const chunk = this.store.events.chunk(event);
    const journeyOf = chunk.journey;
    for (const { leaf, bits } of this.slots) {
      if (leaf.kind !== 'any') continue;
      passTest(leaf.test, chunk, first, end, pass);
      for (let row = first; row < end; row = (row | 31) + 1) {
        let word = pass[row >>> 5]! & wholeWord(row, first, end);
        const base = row & ~31;
        for (; word !== 0; word &= word - 1) {
          const journey = journeyOf[base + 31 - Math.clz32(word & -word)]!;
          bits[journey >>> 5]! |= 1 << (journey & 31);
        }
      }
    }
    if (this.asksJourneys || this.store.journeys.unordered > 0) {
      for (let row = first; row < end; row++) this.askJourney(journeyOf[row]!, event - first + row);
    }
    this.settle(journeyOf, first, end, changed);
  }

  /** Asks again of journeys whose earlier events are told anew without an event of their own (coalesced.ts). */
  private askRetold(changed: ((word: number, before: number) => void) | undefined): void {
    const { retold } = this.store.coalesced;
    const asked = this.retold < 0 ? [] : retold.slice(this.retold);
    this.retold = retold.length;
    for (const journey of new Set(asked)) {
      if (journey >>> 5 >= this.members.length) continue;
      this.ask(journey, true);
      this.settleWord(journey >>> 5, changed);
    }
  }

  /** What an event may change about the journey as a whole, and about its earlier events: asked at the latest one only. */
  private askJourney(journey: number, event: number): void {
    const { journeys } = this.store;
    if (journeys.word(journey, JOURNEY.last) !== event) return;
    this.ask(journey, (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0);
  }

  /** `anew`: of its events too. */
  private ask(journey: number, anew: boolean): void {
    for (const { leaf, bits } of this.slots) {
      if (leaf.kind === 'any' && !anew) continue;
      const is = leaf.kind === 'any' ? this.anyEvent(leaf.test, journey) : leaf.test(this.store, journey);
      if (is) bits[journey >>> 5]! |= 1 << (journey & 31);
      else bits[journey >>> 5]! &= ~(1 << (journey & 31));
    }
  }

  /** An event that came late has changed what is told of those behind it. */
  private anyEvent(test: EventTest, journey: number): boolean {
    const { events, journeys } = this.store;
    let event = journeys.word(journey, JOURNEY.first);
    for (;;) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      passTest(test, chunk, row, row + 1, pass);
      if ((pass[row >>> 5]! & (1 << (row & 31))) !== 0) return true;
      event = chunk.next[row]!;
      if (event === 0) return false;
    }
  }

  /** Asks the question again of the words that rows `first` to `end` belong to, each once. */
  private settle(
    journeyOf: Uint32Array,
    first: number,
    end: number,
    changed: ((word: number, before: number) => void) | undefined,
  ): void {
    const { touched } = this;
    let low = touched.length;
    let high = -1;
    for (let row = first; row < end; row++) {
      const word = journeyOf[row]! >>> 5;
      const at = word >>> 5;
      touched[at]! |= 1 << (word & 31);
      if (at < low) low = at;
      if (at > high) high = at;
    }
    for (let at = low; at <= high; at++) {
      for (let left = touched[at]!; left !== 0; left &= left - 1) {
        this.settleWord(32 * at + 31 - Math.clz32(left & -left), changed);
      }
      touched[at] = 0;
    }
  }

  private settleWord(word: number, changed: ((word: number, before: number) => void) | undefined): void {
    this.slot = 0;
    const now = this.answer(this.question, word) & this.known(word);
    const before = this.members[word]!;
    this.members[word] = now;
    if (changed !== undefined && now !== (before | 0)) changed(word, before);
  }

  /** The question of 32 journeys; `slot` counts its leaves, which are asked in the order they were collected in. */
  private answer(question: Question, word: number): number {
    switch (question.kind) {
      case 'and': {
        const left = this.answer(question.left, word);
        return left & this.answer(question.right, word);
      }
      case 'or': {
        const left = this.answer(question.left, word);
        return left | this.answer(question.right, word);
      }
      case 'not':
        return ~this.answer(question.operand, word);
      case 'any':
      case 'journey':
        return this.slots[this.slot++]!.bits[word]!;
    }
  }

  /** Journeys of a word that exist: of others `not` would say that they pass. */
  private known(word: number): number {
    const count = this.store.journeys.count - 32 * word;
    return count >= 32 ? -1 : (1 << count) - 1;
  }
}

/** Bits of the word of `row` that are rows `first` to `end`. */
function wholeWord(row: number, first: number, end: number): number {
  let mask = -1;
  if (row === first) mask &= -1 << (row & 31);
  const base = row & ~31;
  if (end - base < 32) mask &= (1 << (end - base)) - 1;
  return mask;
}

function enlarged(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length);
  to.set(from);
  return to;
}
