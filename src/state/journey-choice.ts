/** Which journey and which of its hops is on screen: chosen, walked to, found by a link, kept up to date. */
import type { JourneyRows, Update } from '#workers/api.ts';
import { asFault } from '#workers/fault.ts';
import type { WorkerSlot } from './connection.ts';
import { firstHop } from './first-hop.ts';
import type { JourneyId, LinkState } from './link-state.ts';
import { isFiltered } from './list-filter.ts';
import type { PageState, PageStore } from './store.ts';
import { viewed } from './viewed.ts';

/** The journey on screen grows while packets arrive; asking more often than this is not seen. */
const DETAIL_INTERVAL_MS = 400;
/** How far the page looks for a first journey worth showing. */
const FIRST_LOOK_ROWS = 64;

export const NO_CHOICE = { selection: null, detail: null, at: 0, bytes: null, unread: null } as const;

export class JourneyChoice {
  readonly #store: PageStore;
  readonly #worker: WorkerSlot;
  /** Counts captures: what an older one still answers is dropped. */
  #capture = 0;
  /** Counts journeys that were chosen: likewise. */
  #request = 0;
  #lookingFor = false;
  /** The search under way, or the last. */
  #searching: Promise<void> = Promise.resolve();
  #detailAt = 0;
  #detailGeneration = -1;
  /** For which the journey that the page chose was last looked for in the list. */
  #lookedGeneration = -1;
  #walking: Promise<void> = Promise.resolve();

  constructor(store: PageStore, worker: WorkerSlot) {
    this.#store = store;
    this.#worker = worker;
  }

  /** What was asked of the capture before is no longer waited for. */
  forget(): void {
    this.#capture++;
    this.#request++;
    this.#lookingFor = false;
    this.#searching = Promise.resolve();
    this.#detailGeneration = -1;
    this.#lookedGeneration = -1;
  }

  /** `at`: which of its events; null = the one that says most. */
  select(journey: number, id: JourneyId, at: number | null = null): void {
    const { selection, link } = this.#store.getState();
    if (selection?.journey === journey && link.journey !== null) return;
    this.#store.setState({
      selection: { journey, id },
      follow: false,
      link: { ...link, journey: id, run: '', at },
    });
    void this.#loadDetail(true);
  }

  /**
   * Moves the selection by rows of the list as filtered; ±Infinity to its ends. Steps wait for each other, so
   * a held key ends where it was let go.
   */
  walk(rows: number): void {
    this.#walking = this.#walking
      .then(() => this.#step(rows))
      .catch((error: unknown) => this.#worker.failed(error, 'The next journey could not be read'));
  }

  async #step(rows: number): Promise<void> {
    const state = this.#store.getState();
    const { selection, link } = state;
    const { api } = this.#worker;
    const listed = viewed(state)?.listed ?? 0;
    if (listed === 0) return;
    const row = selection === null ? -1 : await api.rowOf(selection.journey);
    const next = Math.min(listed - 1, Math.max(0, row + rows));
    // What the page chose by itself is chosen by a person now, also where there is no further one.
    if (next === row && link.journey !== null) return;
    const found = await api.rows(next, 1);
    const journey = found.journey[0];
    if (journey === undefined) return;
    this.select(journey, { hi: found.idHi[0] ?? 0, lo: found.idLo[0] ?? 0 });
  }

  /** Moves along the hops of the journey on screen. */
  walkHops(by: number): void {
    const { at, detail } = this.#store.getState();
    if (detail === null) return;
    this.selectAt(Math.min(detail.hops.length - 1, Math.max(0, at + by)));
  }

  /** Chooses an event of the journey on screen; its bytes follow. */
  selectAt(at: number): void {
    const { detail, link, selection } = this.#store.getState();
    if (detail === null || detail.hops[at] === undefined) return;
    this.#store.setState({
      at,
      link: { ...link, journey: selection?.id ?? link.journey, run: detail.run, at },
    });
    void this.#loadBytes();
  }

  /** The link was changed by Back, Forward or by hand; `before` is what the page showed until then. */
  async follow(link: LinkState, before: PageState): Promise<void> {
    if (link.journey === null) return;
    const same =
      before.selection?.id.hi === link.journey.hi &&
      before.selection.id.lo === link.journey.lo &&
      (link.run === '' || link.run === before.detail?.run);
    if (same) {
      if (link.at !== null && before.detail?.hops[link.at] !== undefined)
        this.#store.setState({ at: link.at });
      await this.#loadBytes();
    } else {
      this.#store.setState({ selection: null });
      // One search at a time: this one begins behind the one under way, and on a capture that is read nothing else would ask again.
      while (this.#lookingFor) await this.#searching;
      if (this.#store.getState().link.journey === link.journey) await this.#find(link.journey, link.run);
    }
  }

  /** An Update came: `frozen` when the view stands still; `returned` when the agent answers again. */
  onUpdate(update: Update, frozen: boolean, returned: boolean): void {
    const { link, selection } = this.#store.getState();
    if (selection !== null) {
      const fresh = update.generation !== this.#detailGeneration || returned;
      const due = performance.now() - this.#detailAt > DETAIL_INTERVAL_MS;
      if (returned) this.#detailGeneration = -1;
      if (fresh || (due && !frozen)) void this.#loadDetail(false);
    } else if (link.journey !== null) void this.#find(link.journey, link.run);
  }

  /** An Update has been drawn, list and path: a first journey has frames of its own, for nobody waits for it. */
  onDrawn(): void {
    const { newest, selection, link } = this.#store.getState();
    if (link.journey !== null || newest === null || newest.listed === 0) return;
    if (selection === null) void this.#firstLook();
    else if (!this.#lookingFor && newest.generation !== this.#lookedGeneration && isFiltered(link)) {
      this.#lookedGeneration = newest.generation;
      void this.#lookAgain(selection.journey);
    }
  }

  /** One search at a time, of one capture. */
  #look(search: (stale: () => boolean) => Promise<void>, what: string): Promise<void> {
    if (!this.#lookingFor) this.#searching = this.#search(search, what);
    return this.#searching;
  }

  async #search(search: (stale: () => boolean) => Promise<void>, what: string): Promise<void> {
    this.#lookingFor = true;
    const capture = this.#capture;
    const stale = () => capture !== this.#capture;
    try {
      await search(stale);
    } catch (error) {
      this.#worker.failed(error, what);
    } finally {
      if (!stale()) this.#lookingFor = false;
    }
  }

  #find(id: JourneyId, run: string): Promise<void> {
    return this.#look(async (stale) => {
      const journey = await this.#worker.api.journeyOf(id.hi, id.lo, run);
      if (journey < 0 || stale()) return;
      this.#store.setState({ selection: { journey, id } });
      await this.#loadDetail(true);
    }, 'The journey of this link could not be looked up');
  }

  /** A journey that nobody chose makes way when a filter leaves it out. */
  #lookAgain(journey: number): Promise<void> {
    return this.#look(async (stale) => {
      if ((await this.#worker.api.rowOf(journey)) >= 0 || stale()) return;
      const { selection, link } = this.#store.getState();
      if (selection?.journey === journey && link.journey === null) await this.#firstRows(stale, journey);
    }, 'The first rows of the filter could not be read');
  }

  /** Nothing is chosen yet: show the journey that carries most metadata, without putting it in the link. */
  #firstLook(): Promise<void> {
    return this.#look((stale) => this.#firstRows(stale, null), 'The first rows could not be read');
  }

  /** Shows the best of the first rows, in the place of `before` and of nothing that was chosen meanwhile. */
  async #firstRows(stale: () => boolean, before: number | null): Promise<void> {
    const rows = await this.#worker.api.rows(0, FIRST_LOOK_ROWS);
    const { selection, link } = this.#store.getState();
    const best = richestRow(rows);
    if (stale() || best < 0 || (selection?.journey ?? null) !== before || link.journey !== null) return;
    const id = { hi: rows.idHi[best] ?? 0, lo: rows.idLo[best] ?? 0 };
    this.#store.setState({ selection: { journey: rows.journey[best] ?? 0, id } });
    await this.#loadDetail(true);
  }

  /** `chosen`: a person (or a link) chose this journey, so the event is chosen anew as well. */
  async #loadDetail(chosen: boolean): Promise<void> {
    const { selection, newest: before } = this.#store.getState();
    if (selection === null) return;
    this.#detailAt = performance.now();
    const request = chosen ? ++this.#request : this.#request;
    const generation = before?.generation ?? -1;
    try {
      const detail = await this.#worker.api.journey(selection.journey);
      if (request !== this.#request) return;
      const regenerated = generation !== this.#detailGeneration;
      this.#detailGeneration = generation;
      const { at, link, newest, detail: old } = this.#store.getState();
      const same =
        old?.journey === detail.journey &&
        old.hops.length === detail.hops.length &&
        old.links.length === detail.links.length &&
        old.locations.length === detail.locations.length &&
        old.diagnosis === detail.diagnosis;
      if (!chosen && same && !regenerated) return;
      const next = chosen ? (link.at ?? firstHop(detail, link, newest?.hops ?? [])) : at;
      this.#store.setState({
        detail,
        unread: null,
        at: Math.min(next, Math.max(0, detail.hops.length - 1)),
        ...(link.journey === null || link.run === detail.run ? {} : { link: { ...link, run: detail.run } }),
      });
      if (chosen || regenerated) await this.#loadBytes();
    } catch (error) {
      if (request === this.#request) this.#unread(error, { detail: null, bytes: null }, 'journey');
    }
  }

  async #loadBytes(): Promise<void> {
    const { detail, at } = this.#store.getState();
    const hop = detail?.hops[at];
    if (hop === undefined) {
      this.#store.setState({ bytes: null });
      return;
    }
    const current = () => {
      const now = this.#store.getState();
      return now.detail?.hops[now.at]?.event === hop.event;
    };
    try {
      const bytes = await this.#worker.api.eventBytes(hop.event);
      if (current()) this.#store.setState({ bytes, unread: null });
    } catch (error) {
      if (current()) this.#unread(error, { bytes: null }, 'bytes');
    }
  }

  /** What was chosen could not be read: said where it would be, and nothing older stands in its place. */
  #unread(error: unknown, gone: Partial<PageState>, what: 'journey' | 'bytes'): void {
    if (this.#store.getState().dead !== null) return;
    const { cause, remedy } = asFault(error);
    this.#store.setState({ ...gone, unread: { what, cause, remedy } });
  }
}

/** The row with most TLVs, the first of several; -1 = there is none. */
function richestRow(rows: JourneyRows): number {
  let best = -1;
  let most = -1;
  for (let row = 0; row < rows.count; row++) {
    const filled = rows.tlv.filter((column) => (column[row] ?? '') !== '').length;
    if (filled > most) {
      most = filled;
      best = row;
    }
  }
  return best;
}
