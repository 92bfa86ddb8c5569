/**
 * One opened capture: its source, the reader between, and what the store has of it. Bytes come in slices;
 * between two of them the store answers queries about everything up to there.
 */
import type { Budget } from '#core/budget/types.ts';
import { GAP_CAUSE } from '#core/format/structs.ts';
import type { LintSummary } from '#core/lint/lint-summary.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { causeName } from '#core/store/gap-ledger.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { compileList } from '#core/query/list-filter.ts';
import { Query } from '#core/query/query.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { TimelineBuilder } from '#core/store/timeline.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type {
  JourneySet,
  Latency,
  LatencyAsk,
  ListFilter,
  ListSort,
  LossSummary,
  MatrixShares,
  PathNumbers,
  TimelineAsk,
  TimelineBins,
} from '#core/store/view.ts';
import type { Status } from '#core/protocol/messages.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';
import type { SourceState } from './api.ts';
import { asFault } from './fault.ts';
import type { Language } from './language.ts';
import { LatencyProbe } from './latency.ts';
import { Ordering, type Order } from './ordering.ts';
import { OffsetMap } from './offset-map.ts';
import { RateMeter } from './rates.ts';
import { inSlices, Slices, type Clock } from './slices.ts';
import {
  MAX_READ_BYTES,
  type Beginning,
  type ByteSource,
  type Kept,
  type SourceSink,
} from './sources/source.ts';

/** About 1 200 events: some hundred µs, so that a slice ends near its time. */
const PUSH_BYTES = 256 * 1024;
/** Events or areas that a list, the timeline or a schema takes in at a time. */
const STEP_BUDGET = 4096;
/** The same of events whose areas are looked at byte by byte. */
const AREA_STEP_BUDGET = 512;
/** Events that a question about time looks at: some 100 µs. */
const TIME_STEP_BUDGET = 16_384;

/** Of the agent's capture, not of a place in the bytes. */
export const CAPTURE_PROBLEM = 'live-capture';

export interface CaptureClock extends Clock {
  /** Unix time in ms, with its fraction. */
  readonly unixNow: () => number;
}

export interface CaptureOptions {
  readonly source: ByteSource;
  readonly live: boolean;
  /** Why there are bytes missing in front of a live capture. */
  readonly from: 'oldest' | 'live';
  readonly filter: ListFilter;
  readonly language: Language;
  readonly clock: CaptureClock;
  /** Something to show has changed. */
  readonly onChange: () => void;
  /** What was there is void: another capture in the place of this one. */
  readonly onReset: () => void;
  /** The rows are others, without anybody having asked. */
  readonly onReorder: () => void;
  readonly sort: ListSort | null;
}

export class Capture implements SourceSink {
  store = new CaptureStore();
  list: JourneyList;
  /** Journeys of the list as sorted; null: as they came. Behind the list while events arrive. */
  #order: Order = null;
  readonly #ordering: Ordering;
  timeline = new TimelineBuilder(this.store);
  state: SourceState;
  /** Why it is reconnecting, or the agent's own line. */
  sourceText = '';
  /** Why nothing comes although it is tried again and again. */
  sourceProblem: Problem | null = null;
  /** The agent captures nothing, or not all that was asked for. */
  captureProblem: Problem | null = null;
  bytesRead = 0;
  readonly latency = new LatencyProbe();
  readonly #options: CaptureOptions;
  #rates: RateMeter;
  /** What comes is backlog: its speed is that of the decoder, not of the link. */
  #catchingUp = false;
  readonly #slices: Slices;
  #reader = new CaptureReader(this.store);
  #offsets = new OffsetMap();
  #userSchema: AreaDecoder | null = null;
  /** The one asked for last; `list` follows when it is done. */
  #filter: ListFilter;
  #agentText = '';
  /** The agent has captured since this page came. */
  #captured = false;
  /** Events over all stores of this capture, for the rate. */
  #eventsBefore = 0;
  /** Bytes were missed and the first event behind them has not come yet. */
  #openGap: { readonly cause: number; readonly from: Ns | null } | null = null;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.state = 'loading';
    this.#filter = options.filter;
    this.list = new JourneyList(this.store, options.filter, options.language.compile);
    this.#ordering = new Ordering(options.clock, options.language);
    this.#ordering.sort = options.sort;
    this.#rates = new RateMeter(options.clock.now());
    this.#slices = new Slices(options.clock);
  }

  get title(): string {
    return this.#options.source.title;
  }

  get bytesTotal(): number | null {
    return this.#options.source.totalBytes;
  }

  /** A second; 0 when it is not reading. */
  get rates(): { readonly bytes: number; readonly events: number } {
    if (this.ended) return { bytes: 0, events: 0 };
    this.#settle();
    const { bytes, events } = this.#rates.rates(this.#options.clock.now());
    return { bytes, events: this.#catchingUp ? 0 : events };
  }

  get kept(): Kept | null {
    return this.#options.source.kept ?? null;
  }

  /** As in `Update`. */
  get catchUp(): number | null {
    return this.ended ? null : (this.#options.source.catchUp ?? null);
  }

  get ended(): boolean {
    return this.state === 'done' || this.state === 'cancelled' || this.state === 'failed';
  }

  /** A method, because `cancel` may come while something is waited for and the compiler cannot see that. */
  #isEnded(): boolean {
    return this.ended;
  }

  /** Reads to the end. Never rejects: what went wrong is a problem in the store, and the state says so. */
  async run(): Promise<void> {
    try {
      await this.#options.source.start(this);
      if (this.ended) return;
      this.#reader.end();
      this.#takeIn();
      await this.#settleOrder();
      if (this.#isEnded()) return;
      this.state = this.store.problems.some((problem) => problem.fatal) ? 'failed' : 'done';
    } catch (thrown) {
      if (this.ended) return;
      const { code, cause, remedy } = asFault(thrown);
      this.store.problem({ code, offset: this.bytesRead, cause, remedy, fatal: true });
      this.state = 'failed';
      this.sourceText = '';
    }
    this.#options.onChange();
  }

  cancel(): void {
    if (this.ended) return;
    this.state = 'cancelled';
    this.#options.source.cancel();
    this.#options.onChange();
    void this.#settleOrder();
  }

  dispose(): void {
    if (!this.ended) this.state = 'cancelled';
    this.#options.source.dispose();
  }

  /** Bytes of one block as the store knows it. Rejects with a Fault when they are gone. */
  block(blockOffset: number, blockLength: number): Promise<Uint8Array> {
    if (blockLength > MAX_READ_BYTES) throw new RangeError(`a block of ${blockLength} bytes`);
    return this.#options.source.read(this.#offsets.toSource(blockOffset), blockLength);
  }

  /** Where a block is in the source: for a live capture its offset in the agent's log. */
  sourceOffset(blockOffset: number): number {
    return this.#offsets.toSource(blockOffset);
  }

  /** Resolves when the list is that of the filter; false when a later filter took its place, an error when it cannot be. */
  async setFilter(filter: ListFilter, goOn: () => boolean): Promise<boolean | FilterError> {
    const list = new JourneyList(this.store, filter, this.#options.language.compile);
    if (list.error !== null) return list.error;
    this.#filter = filter;
    const { store } = this;
    const current = (): boolean => goOn() && store === this.store;
    if (!(await inSlices(this.#options.clock, () => list.advance(STEP_BUDGET), current))) return false;
    let order = await this.#ordering.of(store, list, current);
    // Another order was asked for meanwhile: the list is to be in that one.
    while (order === false && current()) order = await this.#ordering.of(store, list, current);
    if (order === false) return false;
    this.list = list;
    this.#order = order;
    return true;
  }

  /** null: as they came. Resolves when the list is in this order; false as above. */
  async setSort(sort: ListSort | null, goOn: () => boolean): Promise<boolean> {
    this.#ordering.sort = sort;
    const { store, list } = this;
    const current = (): boolean => goOn() && store === this.store;
    const order = await this.#ordering.of(store, list, current);
    // A filter that came meanwhile has sorted its own list.
    if (order === false || !current() || list !== this.list) return false;
    this.#order = order;
    return true;
  }

  /** Rows of the list. */
  get listed(): number {
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

  /** What the last events changed about the order. */
  async #settleOrder(): Promise<void> {
    if (this.#ordering.sort === null) return;
    const { store, list } = this;
    const order = await this.#ordering.of(store, list, () => store === this.store && list === this.list);
    if (order === false) return;
    this.#order = order;
    this.#options.onReorder();
    this.#options.onChange();
  }

  /** null = back to the capture's own. Resolves when everything loaded is decoded by it; false as above. */
  async setSchema(schema: AreaDecoder | null, goOn: () => boolean): Promise<boolean> {
    this.#userSchema = schema;
    const { store } = this;
    store.tlvs.setUser(schema);
    const filter = this.#filter;
    // A filter that came meanwhile has made its own list, of what this schema reads.
    const current = (): boolean => goOn() && store === this.store && filter === this.#filter;
    if (!(await inSlices(this.#options.clock, () => store.tlvs.advance(STEP_BUDGET), current))) return false;
    if (this.#filter.where !== '') {
      // The columns that it was compiled for are others now; what it asks for may be gone.
      const list = new JourneyList(store, this.#filter, this.#options.language.compile);
      if (!(await inSlices(this.#options.clock, () => list.advance(STEP_BUDGET), current))) return false;
      this.list = list;
    }
    const order = await this.#ordering.of(store, this.list, current);
    if (order === false) return false;
    this.#order = order;
    return true;
  }

  /** Of all that was read up to now; so are the next ones. Their code comes when they are asked for. */
  async lossSummary(): Promise<LossSummary> {
    const { LossSummaryQuery } = await import('#core/store/loss-summary.ts');
    return (await this.#whole(new LossSummaryQuery(this.store), STEP_BUDGET)).summary();
  }

  async lintSummary(): Promise<LintSummary> {
    const { LintSummaryQuery } = await import('#core/lint/lint-summary.ts');
    return (await this.#whole(new LintSummaryQuery(this.store), AREA_STEP_BUDGET)).summary();
  }

  async budget(): Promise<Budget> {
    const { BudgetQuery } = await import('#core/budget/budget-query.ts');
    return (await this.#whole(new BudgetQuery(this.store), AREA_STEP_BUDGET)).budget();
  }

  /** null: `goOn` said that nobody wants it any more; so is that of `hopLatency`. */
  async timelineBins(ask: TimelineAsk, goOn: () => boolean): Promise<TimelineBins | null> {
    const { store, timeline, list } = this;
    const query = await this.#options.language.timeline(store, timeline, ask, list.member);
    const step = (): boolean => query.advance(TIME_STEP_BUDGET);
    return (await inSlices(this.#options.clock, step, goOn)) ? query.result() : null;
  }

  async hopLatency(ask: LatencyAsk, goOn: () => boolean): Promise<Latency | null> {
    const { startNs, endNs } = this.timeline.timeline();
    const whole = { fromNs: startNs || '0', toNs: endNs || '0' };
    const query = await this.#options.language.latency(this.store, ask, whole, this.list.member);
    const step = (): boolean => query.advance(STEP_BUDGET);
    return (await inSlices(this.#options.clock, step, goOn)) ? query.result() : null;
  }

  async pathOf(set: JourneySet): Promise<PathNumbers | FilterError> {
    const members = await this.#members(set);
    if (typeof members !== 'function') return members;
    const { PathQuery } = await import('#core/store/path-query.ts');
    return (await this.#whole(new PathQuery(this.store, members), STEP_BUDGET)).numbers();
  }

  async matrixOf(set: JourneySet): Promise<MatrixShares | FilterError> {
    const members = await this.#members(set);
    if (typeof members !== 'function') return members;
    const { MatrixQuery } = await import('#core/store/matrix-query.ts');
    return (await this.#whole(new MatrixQuery(this.store, members), STEP_BUDGET)).shares();
  }

  /** Which journeys are in a set, of those that there are now. */
  async #members({ filter, rest }: JourneySet): Promise<((journey: number) => boolean) | FilterError> {
    const compiled = compileList(filter, this.store, this.#options.language.compile);
    if (!compiled.ok) return compiled.error;
    if (compiled.question === null) return () => !rest;
    const query = await this.#whole(new Query(this.store, compiled.question), STEP_BUDGET);
    return (journey) => query.has(journey) !== rest;
  }

  async #whole<T extends { advance(budget: number): boolean }>(query: T, step: number): Promise<T> {
    await inSlices(
      this.#options.clock,
      () => query.advance(step),
      () => true,
    );
    return query;
  }

  begin({ offset, reset, missedBytes }: Beginning): void {
    if (reset) this.#startAnew();
    this.#offsets.add(this.#reader.bytesRead, offset);
    if (missedBytes === null) return;
    const first = this.bytesRead === 0 && this.#options.from === 'live';
    this.#openGap = {
      cause: first ? GAP_CAUSE.skippedToLive : GAP_CAUSE.retention,
      from: this.#lastTime(),
    };
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    const { clock } = this.#options;
    this.#settle();
    this.#slices.begin();
    for (let at = 0; at < bytes.length && !this.ended; at += PUSH_BYTES) {
      const part = bytes.subarray(at, at + PUSH_BYTES);
      const before = this.store.events.count;
      this.#reader.push(part);
      this.bytesRead += part.length;
      this.#takeIn();
      const after = this.store.events.count;
      if (after > before) this.#closeGap(before);
      if (this.#options.live) this.latency.record(this.store.events, before, after, clock.unixNow());
      this.#rates.count(clock.now(), this.bytesRead, this.#eventsBefore + after);
      if (this.#reader.stopped) {
        // The store has the problem that stopped it; what came before stays.
        this.state = 'failed';
        this.#options.source.cancel();
      }
      this.#options.onChange();
      await this.#slices.pause();
    }
  }

  connection(state: 'live' | 'reconnecting', text: string, problem?: Problem): void {
    if (this.ended) return;
    if (state === 'live') this.sourceProblem = null;
    else if (problem !== undefined) this.sourceProblem = problem;
    this.state = state;
    this.sourceText = text === '' ? this.#agentText : text;
    this.#options.onChange();
  }

  status({ capture, text }: Status): void {
    if (this.ended) return;
    this.#agentText = text;
    this.sourceText = text;
    this.#captured ||= capture === 'running' || capture === 'partly';
    // What is starting for the first time is no news.
    const quiet = capture === 'running' || (capture === 'restarting' && !this.#captured);
    this.captureProblem = quiet
      ? null
      : { code: CAPTURE_PROBLEM, offset: 0, cause: text, remedy: '', fatal: false };
    this.#options.onChange();
  }

  /** Brings list and timeline up to what has been read. */
  #takeIn(): void {
    while (!this.list.advance(STEP_BUDGET)) continue;
    while (!this.timeline.advance(STEP_BUDGET)) continue;
    const { store, list } = this;
    const current = (): boolean => store === this.store && list === this.list && !this.ended;
    this.#ordering.again(store, list, current, (order) => {
      if (!current()) return;
      this.#order = order;
      this.#options.onChange();
    });
  }

  /** The backlog is done: the rate begins anew, without it. */
  #settle(): void {
    const now = this.catchUp !== null;
    if (this.#catchingUp && !now) {
      const events = this.#eventsBefore + this.store.events.count;
      this.#rates = new RateMeter(this.#options.clock.now(), this.bytesRead, events);
    }
    this.#catchingUp = now;
  }

  #startAnew(): void {
    this.#eventsBefore += this.store.events.count;
    this.store = new CaptureStore();
    this.store.tlvs.setUser(this.#userSchema);
    this.#reader = new CaptureReader(this.store);
    this.#offsets = new OffsetMap();
    this.list = new JourneyList(this.store, this.#filter, this.#options.language.compile);
    this.#order = null;
    this.timeline = new TimelineBuilder(this.store);
    this.#openGap = null;
    this.#options.onReset();
  }

  /** A gap in bytes becomes one in time when the first event behind it is known. How many were in it nobody knows. */
  #closeGap(event: number): void {
    if (!this.#openGap) return;
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const to = nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!);
    this.store.gaps.add(null, causeName(this.#openGap.cause), null, this.#openGap.from ?? to, to);
    this.#openGap = null;
  }

  #lastTime(): Ns | null {
    const last = this.store.events.count - 1;
    if (last < 0) return null;
    const chunk = this.store.events.chunk(last);
    return nsFromParts(chunk.tsHi[last & CHUNK_MASK]!, chunk.tsLo[last & CHUNK_MASK]!);
  }
}
