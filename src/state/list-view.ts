/** How the capture is looked at: columns of the list, their widths, its order, its groups, and what is open beside it. What the link says, told to the worker. */
import { MAX_COLUMNS } from '#core/query/limits.ts';
import type { ListSort, TimeRange } from '#workers/api.ts';
import type { WorkerSlot } from './connection.ts';
import { OPEN_PARTS, type ColumnRef, type LinkState, type OpenPart, type PathPan } from './link-state.ts';
import { firstColumns } from './first-columns.ts';
import type { PageStore } from './store.ts';

/** Columns that every row comes with; all others are asked for. */
const ALWAYS: ReadonlySet<string> = new Set([
  'time',
  'journey',
  'path',
  'proto',
  'source',
  'destination',
  'info',
]);

export class ListView {
  readonly #store: PageStore;
  readonly #worker: WorkerSlot;
  /** As the worker was told it last. */
  #columns = '[]';
  #sort = 'null';

  constructor(store: PageStore, worker: WorkerSlot) {
    this.#store = store;
    this.#worker = worker;
  }

  /** Of a worker that knows nothing yet, or before another capture is opened. */
  async begin(): Promise<void> {
    const { sort } = this.#store.getState().link;
    const columns = this.#wanted();
    this.#columns = JSON.stringify(columns);
    this.#sort = JSON.stringify(sort);
    await Promise.all([this.#worker.api.setSort(sort), this.#worker.api.setColumns(columns)]);
  }

  /** null: those that the page begins with. */
  setColumns(columns: readonly ColumnRef[] | null): void {
    this.#set({ columns });
  }

  /** Behind those that are there; `tlvNames` are of the columns that the page begins with. */
  addColumn(name: string, tlvNames: readonly string[]): void {
    const { columns } = this.#store.getState().link;
    const before = columns ?? firstColumns(tlvNames);
    if (before.length >= MAX_COLUMNS || before.some((one) => one.name === name)) return;
    // What is at the end takes the rest of the line.
    const last = before.at(-1)?.name === 'info' ? before.slice(-1) : [];
    this.setColumns([...before.slice(0, before.length - last.length), { name, chars: null }, ...last]);
  }

  /** null: by first event. */
  setSort(sort: ListSort | null): void {
    this.#set({ sort });
  }

  /** Upwards, downwards, not at all. */
  turnSort(field: string): void {
    const { sort } = this.#store.getState().link;
    if (sort?.field !== field) this.setSort({ field, down: false });
    else this.setSort(sort.down ? null : { field, down: true });
  }

  /** '' = journeys. */
  setGroup(group: string): void {
    this.#set({ group });
  }

  open(part: OpenPart, on: boolean): void {
    const { open } = this.#store.getState().link;
    this.#set({ open: OPEN_PARTS.filter((one) => (one === part ? on : open.includes(one))) });
  }

  /** TLV whose values are counted over time, '' = none. */
  setValues(values: string): void {
    this.#set({ values });
  }

  /** Names of the hops that times are between; null = the page chooses. */
  setPair(pair: LinkState['pair']): void {
    this.#set({ pair });
  }

  /** What the timeline shows; null = all of it. */
  setZoom(zoom: TimeRange | null): void {
    this.#set({ zoom });
  }

  /** By how much the path is wider than its pane: 1 to MAX_PATH_SCALE. */
  setScale(scale: number): void {
    this.#set({ scale });
  }

  /** Where the path is scrolled to; null = at its beginning. */
  setPan(pan: PathPan | null): void {
    this.#set({ pan });
  }

  /** Tells the worker what the link says, when that is another than before. */
  apply(): void {
    const { sort } = this.#store.getState().link;
    const columns = this.#wanted();
    if (JSON.stringify(columns) !== this.#columns) {
      this.#columns = JSON.stringify(columns);
      this.#worker.guard(this.#worker.api.setColumns(columns), 'The columns could not be changed');
    }
    if (JSON.stringify(sort) !== this.#sort) {
      this.#sort = JSON.stringify(sort);
      this.#worker.guard(this.#worker.api.setSort(sort), 'The list could not be sorted');
    }
  }

  #set(
    part: Partial<
      Pick<LinkState, 'columns' | 'sort' | 'group' | 'open' | 'values' | 'pair' | 'zoom' | 'scale' | 'pan'>
    >,
  ): void {
    this.#store.setState({ link: { ...this.#store.getState().link, ...part } });
    this.apply();
  }

  #wanted(): readonly string[] {
    const { columns } = this.#store.getState().link;
    return (columns ?? [])
      .map(({ name }) => name)
      .filter((name) => !ALWAYS.has(name) && !name.startsWith('tlv.'));
  }
}
