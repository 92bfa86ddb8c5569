/**
 * The list of journeys under a filter, in order of their first event, kept up to date as events arrive, with the counts
 * by hop of the journeys in it.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { CHUNK_MASK, MAX_HOPS } from '#core/store/limits.ts';
import type { ListFilter } from '#core/store/view.ts';
import { compileList, type CompileWritten } from './list-filter.ts';
import { Query } from './query.ts';
import type { FilterError } from './syntax.ts';

const BLOCK_SHIFT = 10;
const BLOCK_WORDS = 1 << (BLOCK_SHIFT - 5);
const FIRST_BLOCKS = 16;

export class JourneyList {
  readonly filter: ListFilter;
  /** Why what was written cannot be asked of this capture (yet): a TLV may still come with its schema. Until then it does not filter. */
  error: FilterError | null = null;
  private readonly store: CaptureStore;
  private readonly written: CompileWritten | null;
  /** null: every journey passes. */
  private query: Query | null = null;
  /** TLV columns that the expression was compiled with. */
  private columns = -1;
  /** Events counted by hop so far: not before the query has seen all that were there. */
  private counted = 0;
  private members = 0;
  private blocks = new Uint32Array(FIRST_BLOCKS);
  private readonly events = new Float64Array(MAX_HOPS);
  private readonly withMetadata = new Float64Array(MAX_HOPS);

  /** `written`: needed only where something is written. */
  constructor(store: CaptureStore, filter: ListFilter, written: CompileWritten | null = null) {
    this.store = store;
    this.filter = filter;
    this.written = written;
    this.compile();
  }

  /** Whether a journey is in the list; null: every one is. */
  get member(): ((journey: number) => boolean) | null {
    if (this.all) return null;
    const { query } = this;
    return (journey) => query?.has(journey) === true;
  }

  private get all(): boolean {
    return this.query === null;
  }

  private compile(): void {
    const { store } = this;
    if (this.columns === store.tlvs.names.length) return;
    const isFirst = this.columns < 0;
    this.columns = store.tlvs.names.length;
    let compiled = compileList(this.filter, store, this.written);
    this.error = compiled.ok ? null : compiled.error;
    if (!compiled.ok) {
      if (!isFirst) return;
      // What was clicked holds all the same.
      compiled = compileList({ ...this.filter, where: '' }, store, null);
    }
    this.query = compiled.ok && compiled.question !== null ? new Query(store, compiled.question) : null;
    this.counted = 0;
    this.members = 0;
    for (const counts of [this.blocks, this.events, this.withMetadata]) counts.fill(0);
  }

  /** Looks at no more than `budget` events twice; true when all that have arrived are taken in. */
  advance(budget: number): boolean {
    if (this.error !== null) this.compile();
    const { query } = this;
    if (query === null) return true;
    if (!query.advance(budget, this.changed)) return false;
    const end = Math.min(query.cursor, this.counted + Math.max(1, budget));
    for (; this.counted < end; this.counted++) {
      if (query.has(this.journeyOf(this.counted))) this.count(this.counted, 1);
    }
    return this.counted === this.store.events.count;
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
    const { query } = this;
    if (query === null) {
      for (let i = 0; i < size; i++) out[i] = start + i;
      return out;
    }
    let block = 0;
    let skip = start;
    while (size > 0 && skip >= this.blocks[block]!) skip -= this.blocks[block++]!;
    let filled = 0;
    for (let word = block * BLOCK_WORDS; filled < size; word++) {
      let left = query.members[word]!;
      for (; left !== 0 && filled < size; left &= left - 1) {
        if (skip > 0) skip--;
        else out[filled++] = word * 32 + lowestBit(left);
      }
    }
    return out;
  }

  /** Whether a journey is in the list. */
  includes(journey: number): boolean {
    return this.all || this.query?.has(journey) === true;
  }

  /** The row of a journey; -1 when it is not in the list. */
  rowOf(journey: number): number {
    if (journey < 0 || journey >= this.store.journeys.count) return -1;
    if (this.all) return journey;
    const { query } = this;
    if (query?.has(journey) !== true) return -1;
    const block = journey >>> BLOCK_SHIFT;
    let row = 0;
    for (let i = 0; i < block; i++) row += this.blocks[i]!;
    const word = journey >>> 5;
    for (let i = block * BLOCK_WORDS; i < word; i++) row += bitCount(query.members[i]!);
    return row + bitCount(query.members[word]! & ((1 << (journey & 31)) - 1));
  }

  /** 32 journeys, some of which came in or dropped out, and their events that were counted with them. */
  private readonly changed = (word: number, before: number): void => {
    const now = this.query!.members[word]!;
    const block = word >>> (BLOCK_SHIFT - 5);
    if (block >= this.blocks.length) {
      const blocks = new Uint32Array(2 * (block + 1));
      blocks.set(this.blocks);
      this.blocks = blocks;
    }
    const by = bitCount(now) - bitCount(before);
    this.blocks[block]! += by;
    this.members += by;
    if (this.counted === 0) return;
    for (let left = now ^ before; left !== 0; left &= left - 1) {
      const bit = lowestBit(left);
      this.recount(word * 32 + bit, (now & (1 << bit)) !== 0 ? 1 : -1);
    }
  };

  private recount(journey: number, by: 1 | -1): void {
    const { events, journeys } = this.store;
    let event = journeys.word(journey, JOURNEY.first);
    while (event < this.counted) {
      this.count(event, by);
      event = events.chunk(event).next[event & CHUNK_MASK]!;
      if (event === 0) return;
    }
  }

  private journeyOf(event: number): number {
    return this.store.events.chunk(event).journey[event & CHUNK_MASK]!;
  }

  private count(event: number, by: 1 | -1): void {
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const hop = chunk.hop[row]!;
    this.events[hop]! += by;
    if (chunk.metaState[row] === META_STATE.present) this.withMetadata[hop]! += by;
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
