/**
 * The journeys that pass a filter, in order of their numbers, kept up to date while events arrive: a
 * journey may come in or drop out with each event of its own. Membership is a bit per journey with a
 * count per block of bits, so that a change costs nothing and a row is found by skipping blocks.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { isNoFilter, passes } from './journey-filter.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK, MAX_HOPS } from './limits.ts';
import type { ListFilter } from './view.ts';

const BLOCK_SHIFT = 10;
const BLOCK_WORDS = 1 << (BLOCK_SHIFT - 5);
const FIRST_BLOCKS = 16;

export class JourneyList {
  readonly filter: ListFilter;
  private readonly store: CaptureStore;
  private readonly all: boolean;
  /** Events taken in so far. */
  private cursor = 0;
  private members = 0;
  private bits = new Uint32Array(FIRST_BLOCKS * BLOCK_WORDS);
  private blocks = new Uint32Array(FIRST_BLOCKS);
  private readonly events = new Float64Array(MAX_HOPS);
  private readonly withMetadata = new Float64Array(MAX_HOPS);

  constructor(store: CaptureStore, filter: ListFilter) {
    this.store = store;
    this.filter = filter;
    this.all = isNoFilter(filter);
  }

  /** Takes in at most `budget` events that have arrived since; true when there are no more. */
  advance(budget: number): boolean {
    if (this.all) return true;
    const { count } = this.store.events;
    const end = Math.min(count, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) this.take(this.cursor);
    return this.cursor === count;
  }

  /** Journeys in the list. */
  get length(): number {
    return this.all ? this.store.journeys.count : this.members;
  }

  /** Events at a hop of journeys in the list, and those of them with metadata. */
  eventsAt(hop: number): number {
    return this.all ? this.store.hops.events[hop]! : this.events[hop]!;
  }

  withMetadataAt(hop: number): number {
    return this.all ? this.store.hops.withMetadata[hop]! : this.withMetadata[hop]!;
  }

  /** Journeys of at most `count` rows from row `from`. */
  slice(from: number, count: number): Uint32Array {
    const start = Math.max(0, Math.min(from, this.length));
    const size = Math.max(0, Math.min(count, this.length - start));
    const out = new Uint32Array(size);
    if (this.all) {
      for (let i = 0; i < size; i++) out[i] = start + i;
      return out;
    }
    let block = 0;
    let skip = start;
    while (size > 0 && skip >= this.blocks[block]!) skip -= this.blocks[block++]!;
    let filled = 0;
    for (let word = block * BLOCK_WORDS; filled < size; word++) {
      let left = this.bits[word]!;
      for (; left !== 0 && filled < size; left &= left - 1) {
        if (skip > 0) skip--;
        else out[filled++] = word * 32 + lowestBit(left);
      }
    }
    return out;
  }

  /** The row of a journey; -1 when it is not in the list. */
  rowOf(journey: number): number {
    if (journey < 0 || journey >= this.store.journeys.count) return -1;
    if (this.all) return journey;
    if (!this.has(journey)) return -1;
    const block = journey >>> BLOCK_SHIFT;
    let row = 0;
    for (let i = 0; i < block; i++) row += this.blocks[i]!;
    const word = journey >>> 5;
    for (let i = block * BLOCK_WORDS; i < word; i++) row += bitCount(this.bits[i]!);
    return row + bitCount(this.bits[word]! & ((1 << (journey & 31)) - 1));
  }

  private has(journey: number): boolean {
    const word = journey >>> 5;
    return word < this.bits.length && (this.bits[word]! & (1 << (journey & 31))) !== 0;
  }

  private take(event: number): void {
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const journey = chunk.journey[row]!;
    const was = this.has(journey);
    const is = passes(this.store, journey, this.filter);
    if (was && is) this.count(event, 1);
    else if (is) this.change(journey, event, 1);
    else if (was) this.change(journey, event - 1, -1);
  }

  /** The journey comes in (1) or drops out (-1), and its events up to `last` with it. */
  private change(journey: number, last: number, by: 1 | -1): void {
    const { events, journeys } = this.store;
    const block = journey >>> BLOCK_SHIFT;
    while (block >= this.blocks.length) this.grow();
    this.bits[journey >>> 5]! ^= 1 << (journey & 31);
    this.blocks[block]! += by;
    this.members += by;
    let event = journeys.word(journey, JOURNEY.first);
    for (;;) {
      if (event > last) return;
      this.count(event, by);
      event = events.chunk(event).next[event & CHUNK_MASK]!;
      if (event === 0) return;
    }
  }

  private count(event: number, by: 1 | -1): void {
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const hop = chunk.hop[row]!;
    this.events[hop]! += by;
    if (chunk.metaState[row] === META_STATE.present) this.withMetadata[hop]! += by;
  }

  private grow(): void {
    const bits = new Uint32Array(this.bits.length * 2);
    bits.set(this.bits);
    this.bits = bits;
    const blocks = new Uint32Array(this.blocks.length * 2);
    blocks.set(this.blocks);
    this.blocks = blocks;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function bitCount(word: number): number {
  let n = 0;
  for (let left = word; left !== 0; left &= left - 1) n++;
  return n;
}
