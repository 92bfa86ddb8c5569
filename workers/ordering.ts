/**
 * The list in the order of a field. It is sorted in slices, from a copy, and takes the place of the order before it when it
 * is whole; while events arrive it is sorted again now and then.
 */
import type { JourneyList } from '#core/query/journey-list.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { ListSort } from '#core/store/view.ts';
import type { Language } from './language.ts';
import { inSlices, type Clock } from './slices.ts';

/** Rows that a step of sorting takes. */
const STEP_ROWS = 4096;
/** Sorting takes at most this share of the time, and begins at most once in MIN_AGAIN_MS. */
const TIME_SHARE = 0.2;
const MIN_AGAIN_MS = 1000;

/** null: as they came. */
export type Order = Uint32Array | null;

export class Ordering {
  /** The one asked for last. */
  sort: ListSort | null = null;
  readonly #clock: Clock;
  readonly #language: Language;
  #nextAt = 0;
  #busy = false;

  constructor(clock: Clock, language: Language) {
    this.#clock = clock;
    this.#language = language;
  }

  /** The order of the list now; false when `goOn` ended it. A field that this capture does not have (yet) orders nothing. */
  async of(store: CaptureStore, list: JourneyList, goOn: () => boolean): Promise<Order | false> {
    const { sort } = this;
    if (sort === null) return null;
    const { fieldNamed, isSortable, SortQuery } = await this.#language.loadQuestions();
    const field = fieldNamed(store, sort.field);
    if (field === null || !isSortable(store, field)) return null;
    const query = new SortQuery(store, list.slice(0, list.length), field, sort.down);
    const current = (): boolean => goOn() && sort === this.sort;
    const done = await inSlices(this.#clock, () => query.advance(STEP_ROWS), current);
    return done ? query.order : false;
  }

  /** Events came: sorts again when it is time to; calls back with the order. */
  again(store: CaptureStore, list: JourneyList, goOn: () => boolean, done: (order: Order) => void): void {
    const began = this.#clock.now();
    if (this.sort === null || this.#busy || began < this.#nextAt) return;
    this.#busy = true;
    // Who asked for the order has been told when its code cannot be had.
    const sorted = this.of(store, list, goOn).catch((): false => false);
    void sorted.then((order) => {
      const now = this.#clock.now();
      this.#busy = false;
      this.#nextAt = now + Math.max(MIN_AGAIN_MS, (now - began) / TIME_SHARE);
      if (order !== false) done(order);
    });
  }
}
