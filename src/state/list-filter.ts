/** The filter of the list: what the link says, told to the worker once its hop is known. */
import type { Completion, FilterError, Hop, ListFilter } from '#workers/api.ts';
import type { WorkerSlot } from './connection.ts';
import { joined, type Joint } from './joined.ts';
import { hopKey, hopOfKey } from './hop-key.ts';
import type { LinkState } from './link-state.ts';
import type { PageStore } from './store.ts';

export type FilterPart = Pick<LinkState, 'hop' | 'metadata' | 'harm' | 'time' | 'where'>;

export const NO_FILTER = {
  hop: null,
  metadata: null,
  harm: null,
  time: null,
  where: '',
} as const satisfies ListFilter;

/** Whether a link, or what is told of it to the worker, filters at all, by hop or otherwise. */
export function isFiltered({ hop, metadata, harm, time, where }: FilterPart | ListFilter): boolean {
  return hop !== null || metadata !== null || harm !== null || time !== null || where !== '';
}

/** A hop that this capture does not have (yet) cannot filter: the path says so, and the rest is in force. */
export function listFilterOf(
  { hop, metadata, harm, time, where }: FilterPart,
  hops: readonly Hop[],
): ListFilter {
  return { hop: hop === null ? null : hopOfKey(hops, hop), metadata, harm, time, where };
}

export class FilterControl {
  readonly #store: PageStore;
  readonly #worker: WorkerSlot;
  /** As the worker was told it last; '' = what it was told has come to nothing, and it has to be told again. */
  #applied = '';
  /** Counts expressions that were asked: the answer to an older one changes nothing. */
  #written = 0;
  /** Expressions that the worker was told and has not answered to. */
  #unanswered = 0;

  constructor(store: PageStore, worker: WorkerSlot) {
    this.#store = store;
    this.#worker = worker;
  }

  /**
   * For a capture that is about to be opened: a filter outlives a capture in the worker, so it is always set. One with
   * a hop waits until the hop is known.
   */
  async begin(): Promise<void> {
    const { hop, metadata, harm, time, where } = this.#store.getState().link;
    const filter: ListFilter = hop === null ? { hop, metadata, harm, time, where } : NO_FILTER;
    this.#applied = JSON.stringify(filter);
    await this.#worker.api.setFilter(filter, true);
  }

  /** What is being asked comes too late: another link, or another capture, came before its answer. */
  forget(): void {
    this.#written++;
    // The worker has been told it all the same.
    if (this.#unanswered > 0) this.#applied = '';
    this.#store.setState({ filterDropped: this.#store.getState().filterDropped + 1 });
  }

  set(part: Partial<FilterPart>): void {
    if (part.where !== undefined) this.forget();
    // A step of its own, whatever was typed before.
    this.#store.setState({ link: { ...this.#store.getState().link, ...part }, typing: false });
    this.apply();
  }

  /**
   * Puts an expression in force, '' = none. Resolves to why it cannot be; then the filter before it stays, in the
   * worker and in the link. `typing`: more of it will come.
   */
  async write(where: string, typing = false): Promise<FilterError | null> {
    const { link, newest } = this.#store.getState();
    const filter = listFilterOf({ ...link, where }, newest?.hops ?? []);
    const written = ++this.#written;
    this.#unanswered++;
    const error = await this.#worker.api.setFilter(filter).finally(() => this.#unanswered--);
    if (written !== this.#written) return error;
    if (error === null) {
      this.#applied = JSON.stringify(filter);
      this.#store.setState({ link: { ...this.#store.getState().link, where }, typing, prepared: null });
    } else if (this.#unanswered > 0) {
      // An earlier expression is what the worker goes by then, and its answer changes nothing here.
      this.#applied = '';
    }
    // A hop may have been chosen meanwhile.
    this.apply();
    return error;
  }

  /** Puts the filter in force with an expression that is known to be one. */
  join(expression: string, how: Joint): void {
    const { where } = this.#store.getState().link;
    this.#worker.guard(this.#tell(joined(where, expression, how)), 'The list could not be filtered');
  }

  /** Writes it into the filter line, where it waits for Enter. */
  prepare(expression: string, how: Joint): void {
    this.#store.setState({ prepared: joined(this.#store.getState().link.where, expression, how) });
  }

  /** As `write`; what cannot be is told as a problem of the page. */
  async #tell(where: string): Promise<void> {
    const error = await this.write(where);
    if (error === null) return;
    this.#worker.report({
      code: 'filter',
      offset: 0,
      cause: error.cause,
      remedy: error.remedy,
      fatal: false,
    });
  }

  /** What can stand at a place of an expression. */
  complete(text: string, at: number): Promise<Completion> {
    return this.#worker.api.completeFilter(text, at);
  }

  clear(): void {
    this.set(NO_FILTER);
  }

  /** Filter on a hop; the same hop again takes it away. */
  toggleHop(index: number): void {
    const { link, newest } = this.#store.getState();
    const key = hopKey(newest?.hops ?? [], index);
    this.set({ hop: link.hop === key ? null : key });
  }

  /** Tells the worker what the link says, when that is another than before. What cannot be asked waits there: the field says why. */
  apply(): void {
    const { link, newest } = this.#store.getState();
    const hops = newest?.hops ?? [];
    if (link.hop !== null && hops.length === 0) return;
    const filter = listFilterOf(link, hops);
    const text = JSON.stringify(filter);
    if (text === this.#applied) return;
    this.#applied = text;
    this.#worker.guard(this.#worker.api.setFilter(filter, true), 'The list could not be filtered');
  }
}
