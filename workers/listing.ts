/**
 * The list of journeys as filtered and ordered, over one store after the other. A filter, an order or a schema makes another
 * list in slices, and until that is whole the one before is shown. Whatever is asked for last ends the making of what was asked for
 * before, and takes over how far that had come.
 */
import { JourneyList } from '#core/query/journey-list.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { ListFilter, ListSort } from '#core/store/view.ts';
import type { Language } from './language.ts';
import { Ordering, type Order } from './ordering.ts';
import { inSlices, type Clock } from './slices.ts';

/** Events that a list takes in at a time. */
const STEP_BUDGET = 4096;

export class Listing {
  /** The one that is shown. */
  list: JourneyList;
  readonly #clock: Clock;
  readonly #language: Language;
  readonly #ordering: Ordering;
  #store: CaptureStore;
  /** The one asked for last; `list` has it when it is made. */
  #filter: ListFilter;
  /** Journeys of `list` as sorted; null: as they came. Behind the list while events arrive. */
  #order: Order = null;
  /** The list that is being made; null: only its order is. */
  #next: JourneyList | null = null;
  /** Counts what was asked for. */
  #calls = 0;

  constructor(
    store: CaptureStore,
    filter: ListFilter,
    sort: ListSort | null,
    clock: Clock,
    language: Language,
  ) {
    this.#store = store;
    this.#filter = filter;
    this.#clock = clock;
    this.#language = language;
    this.#ordering = new Ordering(clock, language);
    this.#ordering.sort = sort;
    this.list = this.#newList();
  }

  /** Rows. */
  get length(): number {
    return this.#order?.length ?? this.list.length;
  }

  /** Journeys of at most `count` rows from row `from`. */
  slice(from: number, count: number): Uint32Array {
    return this.#order?.slice(Math.max(0, from), Math.max(0, from) + count) ?? this.list.slice(from, count);
  }

  /** The row of a journey; -1 when it is not in the list. */
  rowOf(journey: number): number {
    return this.#order?.indexOf(journey) ?? this.list.rowOf(journey);
  }

  /**
   * Why it cannot be asked, and then nothing changes, unless it `waits`: then its expression filters as soon as it can be asked. Else
   * resolves when the list is that of the filter, as `sort` does.
   */
  filter(filter: ListFilter, waits = false): FilterError | Promise<boolean> {
    const list = new JourneyList(this.#store, filter, this.#language.compile);
    if (list.error !== null && !waits) return list.error;
    this.#filter = filter;
    this.#next = list;
    return this.#make();
  }

  /** null: as they came. Resolves when the list is in this order; false when something else was asked for meanwhile. */
  sort(sort: ListSort | null): Promise<boolean> {
    this.#ordering.sort = sort;
    return this.#make();
  }

  /** Metadata reads otherwise now: the fields that the filter was compiled for are others, and so is what they say. */
  reread(): Promise<boolean> {
    if (this.#filter.where !== '') this.#next = this.#newList();
    return this.#make();
  }

  /** Another store in the place of the one before. */
  startAnew(store: CaptureStore): void {
    this.end();
    this.#store = store;
    this.#next = null;
    this.#order = null;
    this.list = this.#newList();
  }

  /**
   * Takes in the events that have come; `ordered` is called when they have found their place in the order. True when the rows
   * are others now: the expression that waited can be asked.
   */
  takeIn(ordered: () => void): boolean {
    const { list } = this;
    const waited = list.error !== null;
    while (!list.advance(STEP_BUDGET)) continue;
    const { error } = list;
    const isOther = waited && error === null;
    if (isOther) this.#order = null;
    const call = this.#calls;
    // A list that is being made is of the same call, and may come to its end meanwhile; one that waited is another then.
    const current = (): boolean => call === this.#calls && list === this.list && list.error === error;
    this.#ordering.again(this.#store, list, current, (order) => {
      if (!current()) return;
      this.#order = order;
      ordered();
    });
    return isOther;
  }

  /** No more events will come: brings the order up to the last. False: there is none, or something else was asked for. */
  settle(): Promise<boolean> {
    if (this.#ordering.sort === null) return Promise.resolve(false);
    // Who asked for the order has been told that its code cannot be had.
    return this.#make().catch(() => false);
  }

  /** Ends what is being made. */
  end(): void {
    this.#calls++;
  }

  #newList(): JourneyList {
    return new JourneyList(this.#store, this.#filter, this.#language.compile);
  }

  async #make(): Promise<boolean> {
    const call = ++this.#calls;
    const list = this.#next ?? this.list;
    const current = (): boolean => call === this.#calls;
    if (!(await inSlices(this.#clock, () => list.advance(STEP_BUDGET), current))) return false;
    const order = await this.#ordering.of(this.#store, list, current);
    if (order === false || !current()) return false;
    this.list = list;
    this.#next = null;
    this.#order = order;
    return true;
  }
}
