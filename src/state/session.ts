/**
 * What a person can do, as functions: each changes the store and tells the worker. Components call these
 * and nothing else; they never talk to the worker except to fetch the rows they draw.
 */
import { asFault } from '#workers/fault.ts';
import type { Problem } from '#core/pcapng/types.ts';
import {
  UPDATE_DRAWN,
  type ListFilter,
  type LossRow,
  type SchemaResult,
  type Update,
  type WhitherWorker,
} from '#workers/api.ts';
import { keepCalm } from './calm.ts';
import { afterFrame } from './frame.ts';
import { hopKey, hopOfKey } from './hop-key.ts';
import { EMPTY_LINK, parseJourneyId, sameSource, type JourneyId, type LinkState } from './link.ts';
import { firstHop } from './first-hop.ts';
import { specOf, titleOf } from './origin.ts';
import { refusalOf } from './trial.ts';
import type { Origin, PageStore } from './store.ts';

/** One living worker. `died` resolves with the cause when it dies; `close` ends it on purpose. */
export interface Connection {
  readonly api: WhitherWorker;
  readonly died: Promise<string>;
  close(): void;
}

/** The journey on screen grows while packets arrive; asking more often than this is not seen. */
const DETAIL_INTERVAL_MS = 400;
/** How far the page looks for a first journey worth showing. */
const FIRST_LOOK_ROWS = 64;

const NO_FILTER: ListFilter = { hop: null, metadata: null, lost: false };

export class Session {
  readonly store: PageStore;
  readonly #connect: () => Connection;
  #connection: Connection | null = null;
  #port: MessagePort | null = null;
  /** Counts openings: what an older one still answers is dropped. */
  #opening = 0;
  /** Counts files that were tried before they took the place of what is open. */
  #attempt = 0;
  #appliedFilter = '';
  #lookingFor = false;
  #detailAt = 0;
  #detailGeneration = -1;
  #request = 0;
  #walking: Promise<void> = Promise.resolve();

  constructor(store: PageStore, connect: () => Connection) {
    this.store = store;
    this.#connect = connect;
    keepCalm(store);
  }

  /** The worker, started on first use. */
  get api(): WhitherWorker {
    return this.#worker().api;
  }

  #worker(): Connection {
    if (this.#connection !== null) return this.#connection;
    const connection = this.#connect();
    this.#connection = connection;
    void connection.died.then((cause) => {
      if (this.#connection === connection) this.store.setState({ dead: cause });
    });
    return connection;
  }

  /** Opens a source. With `keepView` the link's journey and filters are applied to it (a link, a dropped file). */
  async open(origin: Origin, keepView = false): Promise<void> {
    if (origin.kind === 'file' && this.store.getState().capture !== null) {
      const attempt = ++this.#attempt;
      const refusal = await refusalOf(this.#connect(), origin.file);
      if (attempt !== this.#attempt) return;
      if (refusal !== null) {
        this.report(refusal);
        return;
      }
    }
    this.#attempt++;
    if (this.store.getState().dead !== null) this.#bury();
    const opening = this.#forget();
    const { link } = this.store.getState();
    this.#port?.close();
    this.#detailGeneration = -1;
    const source = origin.kind === 'file' ? null : origin;
    this.store.setState({
      link: keepView ? { ...link, source } : { ...EMPTY_LINK, source },
      capture: { origin, title: titleOf(origin) },
      newest: null,
      shown: null,
      calm: null,
      follow: true,
      selection: null,
      detail: null,
      at: 0,
      bytes: null,
      problems: [],
      schemaDraft: null,
    });
    try {
      const spec = await specOf(origin);
      if (opening !== this.#opening) return;
      if ('problem' in spec) {
        this.store.setState({ capture: null, problems: [spec.problem] });
        return;
      }
      const channel = new MessageChannel();
      this.#port = channel.port1;
      channel.port1.onmessage = (event: MessageEvent<Update>) => {
        if (opening !== this.#opening) return;
        this.#onUpdate(event.data);
        afterFrame(() => channel.port1.postMessage(UPDATE_DRAWN));
      };
      this.store.setState({ capture: { origin, title: spec.title } });
      const { hop, metadata, lost } = this.store.getState().link;
      // A filter outlives a capture in the worker, so it is always set. One with a hop waits until the hop is known.
      const filter: ListFilter = hop === null ? { hop, metadata, lost } : NO_FILTER;
      this.#appliedFilter = JSON.stringify(filter);
      await this.api.setFilter(filter);
      await this.api.open(spec.source, channel.port2);
    } catch (error) {
      if (opening === this.#opening) this.failed(error, 'The capture could not be opened');
    }
  }

  /** Back to the start screen. */
  leave(): void {
    this.#attempt++;
    this.#forget();
    this.#port?.close();
    this.#guard(this.#connection?.api.cancel());
    this.store.setState({
      link: EMPTY_LINK,
      capture: null,
      newest: null,
      shown: null,
      calm: null,
      selection: null,
      detail: null,
      bytes: null,
      problems: [],
      schemaDraft: null,
    });
  }

  /** What was asked of the capture before is no longer waited for. Returns the number of the one to come. */
  #forget(): number {
    this.#request++;
    this.#lookingFor = false;
    return ++this.#opening;
  }

  /** Ends the connection to a dead worker: the next call starts another. */
  #bury(): void {
    this.#connection?.close();
    this.#connection = null;
    this.store.setState({ dead: null });
  }

  /** After the worker died: a new worker, the same source and view. */
  async reopen(): Promise<void> {
    this.#bury();
    const { capture } = this.store.getState();
    if (capture !== null) await this.open(capture.origin, true);
  }

  cancel(): void {
    this.#guard(this.api.cancel());
  }

  setPaused(paused: boolean): void {
    const { link, newest } = this.store.getState();
    this.store.setState({ link: { ...link, paused }, ...(paused ? {} : { shown: newest }) });
  }

  setFollow(follow: boolean): void {
    if (this.store.getState().follow !== follow) this.store.setState({ follow });
  }

  /** Filter on a hop; the same hop again takes it away. */
  toggleHop(index: number): void {
    const { link, newest } = this.store.getState();
    const key = hopKey(newest?.hops ?? [], index);
    this.#setFilter({ hop: link.hop === key ? null : key });
  }

  setFilter(part: Partial<Pick<LinkState, 'hop' | 'metadata' | 'lost'>>): void {
    this.#setFilter(part);
  }

  #setFilter(part: Partial<Pick<LinkState, 'hop' | 'metadata' | 'lost'>>): void {
    this.store.setState({ link: { ...this.store.getState().link, ...part } });
    this.#applyFilter();
  }

  #applyFilter(): void {
    const { link, newest } = this.store.getState();
    const hops = newest?.hops ?? [];
    if (link.hop !== null && hops.length === 0) return;
    // A hop that this capture does not have (yet) cannot filter: the path says so, and the rest is in force.
    const hop = link.hop === null ? null : hopOfKey(hops, link.hop);
    const filter: ListFilter = { hop, metadata: link.metadata, lost: link.lost };
    const text = JSON.stringify(filter);
    if (text === this.#appliedFilter) return;
    this.#appliedFilter = text;
    this.#guard(this.api.setFilter(filter));
  }

  /** The journeys that a row of the losses is about, and the first of them. */
  showLoss({ hop, state, example, exampleId }: LossRow): void {
    const id = parseJourneyId(exampleId);
    const key = hopKey(this.store.getState().newest?.hops ?? [], hop);
    this.#setFilter({ hop: key, metadata: null, lost: state === 'lost' });
    if (id !== null) this.select(example, id);
  }

  select(journey: number, id: JourneyId): void {
    const { selection, link } = this.store.getState();
    if (selection?.journey === journey && link.journey !== null) return;
    this.store.setState({
      selection: { journey, id },
      follow: false,
      link: { ...link, journey: id, run: '', at: null },
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
      .catch((error: unknown) => this.failed(error, 'The next journey could not be read'));
  }

  async #step(rows: number): Promise<void> {
    const { selection, newest, link, shown } = this.store.getState();
    const listed = (link.paused ? shown : newest)?.listed ?? 0;
    if (listed === 0) return;
    const row = selection === null ? -1 : await this.api.rowOf(selection.journey);
    const next = Math.min(listed - 1, Math.max(0, row + rows));
    if (next === row) return;
    const found = await this.api.rows(next, 1);
    const journey = found.journey[0];
    if (journey === undefined) return;
    this.select(journey, { hi: found.idHi[0] ?? 0, lo: found.idLo[0] ?? 0 });
  }

  /** Moves along the hops of the journey on screen. */
  walkHops(by: number): void {
    const { at, detail } = this.store.getState();
    if (detail === null) return;
    this.selectAt(Math.min(detail.hops.length - 1, Math.max(0, at + by)));
  }

  /** Chooses an event of the journey on screen; its bytes follow. */
  selectAt(at: number): void {
    const { detail, link } = this.store.getState();
    if (detail === null || detail.hops[at] === undefined) return;
    const { selection } = this.store.getState();
    this.store.setState({
      at,
      link: { ...link, journey: selection?.id ?? link.journey, run: detail.run, at },
    });
    void this.#loadBytes();
  }

  async setSchema(json: string): Promise<SchemaResult> {
    return this.api.setSchema(json);
  }

  report(problem: Problem): void {
    this.store.setState({ problems: [...this.store.getState().problems.slice(-4), problem] });
  }

  dismissProblems(): void {
    this.store.setState({ problems: [] });
  }

  /** The address changed under the page (back, forward, an edited link). */
  async navigate(link: LinkState): Promise<void> {
    const before = this.store.getState();
    if (!sameSource(before.link.source, link.source)) {
      this.store.setState({ link });
      if (link.source === null) this.leave();
      else await this.open(link.source, true);
      return;
    }
    this.store.setState({ link });
    if (before.link.paused && !link.paused) this.store.setState({ shown: before.newest });
    this.#applyFilter();
    if (link.journey === null) return;
    const same =
      before.selection?.id.hi === link.journey.hi &&
      before.selection.id.lo === link.journey.lo &&
      (link.run === '' || link.run === before.detail?.run);
    if (same) {
      if (link.at !== null && before.detail?.hops[link.at] !== undefined)
        this.store.setState({ at: link.at });
      await this.#loadBytes();
    } else {
      this.store.setState({ selection: null });
      await this.#findJourney(link.journey, link.run);
    }
  }

  #onUpdate(update: Update): void {
    const { link, shown, selection } = this.store.getState();
    const frozen =
      link.paused && shown !== null && shown.events > 0 && shown.generation === update.generation;
    this.store.setState(frozen ? { newest: update } : { newest: update, shown: update });
    this.#applyFilter();
    if (selection !== null) {
      const fresh = update.generation !== this.#detailGeneration;
      const due = performance.now() - this.#detailAt > DETAIL_INTERVAL_MS;
      if (fresh || (due && !frozen)) void this.#loadDetail(false);
    } else if (link.journey !== null) void this.#findJourney(link.journey, link.run);
    else if (update.listed > 0) void this.#firstLook();
  }

  async #findJourney(id: JourneyId, run: string): Promise<void> {
    if (this.#lookingFor) return;
    this.#lookingFor = true;
    const opening = this.#opening;
    try {
      const journey = await this.api.journeyOf(id.hi, id.lo, run);
      if (journey >= 0 && opening === this.#opening) {
        this.store.setState({ selection: { journey, id } });
        await this.#loadDetail(true);
      }
    } catch (error) {
      this.failed(error, 'The journey of this link could not be looked up');
    } finally {
      if (opening === this.#opening) this.#lookingFor = false;
    }
  }

  /** Nothing is chosen yet: show the journey that carries most metadata, without putting it in the link. */
  async #firstLook(): Promise<void> {
    if (this.#lookingFor) return;
    this.#lookingFor = true;
    const opening = this.#opening;
    try {
      const rows = await this.api.rows(0, FIRST_LOOK_ROWS);
      if (opening !== this.#opening) return;
      let best = -1;
      let most = -1;
      for (let row = 0; row < rows.count; row++) {
        const filled = rows.tlv.filter((column) => (column[row] ?? '') !== '').length;
        if (filled > most) {
          most = filled;
          best = row;
        }
      }
      const { selection, link } = this.store.getState();
      if (best < 0 || selection !== null || link.journey !== null) return;
      const id = { hi: rows.idHi[best] ?? 0, lo: rows.idLo[best] ?? 0 };
      this.store.setState({ selection: { journey: rows.journey[best] ?? 0, id } });
      await this.#loadDetail(true);
    } catch (error) {
      this.failed(error, 'The first rows could not be read');
    } finally {
      if (opening === this.#opening) this.#lookingFor = false;
    }
  }

  /** `chosen`: a person (or a link) chose this journey, so the event is chosen anew as well. */
  async #loadDetail(chosen: boolean): Promise<void> {
    const { selection, newest: before } = this.store.getState();
    if (selection === null) return;
    this.#detailAt = performance.now();
    const request = chosen ? ++this.#request : this.#request;
    const generation = before?.generation ?? -1;
    try {
      const detail = await this.api.journey(selection.journey);
      if (request !== this.#request) return;
      const regenerated = generation !== this.#detailGeneration;
      this.#detailGeneration = generation;
      const { at, link, newest, detail: old } = this.store.getState();
      const same =
        old?.journey === detail.journey &&
        old.hops.length === detail.hops.length &&
        old.links.length === detail.links.length &&
        old.diagnosis === detail.diagnosis;
      if (!chosen && same && !regenerated) return;
      const next = chosen ? (link.at ?? firstHop(detail, link, newest?.hops ?? [])) : at;
      this.store.setState({
        detail,
        at: Math.min(next, Math.max(0, detail.hops.length - 1)),
        ...(link.journey === null || link.run === detail.run ? {} : { link: { ...link, run: detail.run } }),
      });
      if (chosen || regenerated) await this.#loadBytes();
    } catch (error) {
      this.failed(error, 'The journey could not be read');
    }
  }

  async #loadBytes(): Promise<void> {
    const { detail, at } = this.store.getState();
    const hop = detail?.hops[at];
    if (hop === undefined) {
      this.store.setState({ bytes: null });
      return;
    }
    try {
      const bytes = await this.api.eventBytes(hop.event);
      const now = this.store.getState();
      if (now.detail?.hops[now.at]?.event === hop.event) this.store.setState({ bytes });
    } catch (error) {
      this.failed(error, 'The bytes of this event could not be read');
    }
  }

  #guard(call: Promise<unknown> | undefined): void {
    call?.catch((error: unknown) => this.failed(error, 'The worker refused'));
  }

  /** One error surface for every call that did not work out. */
  failed(error: unknown, what: string): void {
    // A dead worker rejects everything at once; its banner says so better than ten errors.
    if (this.store.getState().dead !== null) return;
    const fault = asFault(error);
    this.report({
      code: fault.code,
      offset: 0,
      cause: `${what}: ${fault.cause}`,
      remedy: fault.remedy,
      fatal: false,
    });
  }
}
