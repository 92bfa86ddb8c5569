/**
 * What the worker does, without being a worker: one capture at a time, its queries, and Updates on a port.
 * `whither.worker.ts` exposes it; tests run it in Node.
 */
import { transfer } from 'comlink';
import { parseSchema } from '#core/metadata/schema.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { findJourney } from '#core/store/event-text.ts';
import { MAX_ROWS } from '#core/store/rows.ts';
import {
  UPDATE_DRAWN,
  UPDATE_INTERVAL_MS,
  type AreaPreview,
  type ArrivedShare,
  type Budget,
  type Completion,
  type FilterDoubt,
  type Contrast,
  type CostView,
  type EmittedKind,
  type EventBytes,
  type FieldInfo,
  type Fates,
  type FilterError,
  type Groups,
  type JourneyDetail,
  type JourneyRows,
  type JourneySet,
  type Latency,
  type LatencyAsk,
  type LatencyStats,
  type LintSummary,
  type ListFilter,
  type ListSort,
  type LossSummary,
  type MadeShare,
  type MatrixShares,
  type PathNumbers,
  type PathSide,
  type QuestionKind,
  type RowWatch,
  type SchemaDiff,
  type SchemaProposal,
  type SchemaResult,
  type ShareAsk,
  type SourceSpec,
  type TimelineAsk,
  type TimelineBins,
  type TypeList,
  type TypesOpened,
  type TypeSource,
  type WhitherWorker,
  type WholeCapture,
} from './api.ts';
import { Asking } from './asking.ts';
import { Capture, type CaptureClock } from './capture.ts';
import { assertIndex, inspectEvents, readEvent, readJourney } from './event-reader.ts';
import { Fault } from './fault.ts';
import { Language } from './language.ts';
import { ListQuestions } from './list-questions.ts';
import { RowWindow } from './row-window.ts';
import { SchemaDesk } from './schema/desk.ts';
import { ShareDesk, type ListedCapture } from './share/desk.ts';
import { sourceOf } from './sources/source-of.ts';
import type { ByteSource } from './sources/source.ts';
import { buffersOf } from './transferables.ts';
import { loadIntervalMs, UpdatePump } from './update-pump.ts';
import { updateOf } from './update.ts';
import { WholeQuestions } from './whole-questions.ts';

export interface SessionOptions {
  readonly clock: CaptureClock;
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Starts a thread that reads files (file-reader.worker.ts); null = there can be none. */
  readonly spawnFileReader: (() => Worker) | null;
  /** Tests put sources of their own in the place of the real ones. */
  readonly sourceOf?: (spec: SourceSpec) => ByteSource;
}

interface Opened {
  readonly source: ByteSource;
  readonly capture: Capture;
  readonly pump: UpdatePump;
  readonly port: MessagePort;
}

export class Session implements WhitherWorker {
  readonly #options: SessionOptions;
  readonly #language = new Language();
  readonly #desk: SchemaDesk;
  readonly #shares: ShareDesk;
  readonly #asking: Asking;
  readonly #ofList: ListQuestions;
  readonly #ofWhole: WholeQuestions;
  readonly #window = new RowWindow(this.#language);
  #opened: Opened | null = null;
  #captures = 0;
  #generation = 0;
  /** What outlives a capture, so that a page can set it before it opens one: filter, order, and whether the cost is looked at. */
  #filter = NO_FILTER;
  #sort: ListSort | null = null;
  #watchesCost = false;
  /** Counts filters: one may wait for the language while a later one is in force already. */
  #filterCalls = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#asking = new Asking(options.clock);
    this.#ofList = new ListQuestions(this.#asking, this.#language);
    this.#ofWhole = new WholeQuestions(this.#asking, this.#language);
    this.#desk = new SchemaDesk(options.clock, () => this.#whole());
    this.#shares = new ShareDesk(options.clock, () => this.#whole());
  }

  open(spec: SourceSpec, updates: MessagePort): Promise<number> {
    const source = this.#options.sourceOf?.(spec) ?? sourceOf(spec, this.#options.spawnFileReader);
    this.#close();
    const number = ++this.#captures;
    this.#generation++;
    const { now } = this.#options.clock;
    const startedAt = now();
    let shown = false;
    const capture = new Capture({
      source,
      live: spec.kind === 'live',
      from: spec.kind === 'live' ? spec.from : 'oldest',
      filter: this.#filter,
      sort: this.#sort,
      language: this.#language,
      clock: this.#options.clock,
      // The first rows are waited for; what comes after them is not.
      onChange: () => {
        const isFirst = !shown && capture.store.events.count > 0;
        if (isFirst) shown = true;
        if (isFirst || capture.ended) pump.flush();
        else pump.touch();
      },
      onReset: () => this.#generation++,
      onReorder: () => this.#generation++,
    });
    const pump = new UpdatePump({
      intervalMs: () => (spec.kind === 'live' ? UPDATE_INTERVAL_MS : loadIntervalMs(now() - startedAt)),
      now,
      setTimer: this.#options.setTimer,
      send: () => {
        const rows = this.#window.watched(capture, this.#generation);
        const update = updateOf(capture, number, this.#generation, rows);
        const buffers = buffersOf(update.timeline);
        if (rows) buffers.push(...buffersOf(rows));
        updates.postMessage(update, buffers);
        return update.bytesPerSecond > 0;
      },
    });
    updates.onmessage = ({ data }) => {
      if (data === UPDATE_DRAWN) pump.acknowledge();
    };
    this.#opened = { source, capture, pump, port: updates };
    // Of a file or a URL there will be rows soon: to make the page twice takes longer than to wait for them.
    if (spec.kind === 'live') pump.flush();
    else pump.begin();
    source.watchCost?.(this.#watchesCost);
    // `run` never rejects; what goes wrong is in the Updates.
    void capture.run();
    return Promise.resolve(number);
  }

  cancel(): Promise<void> {
    this.#opened?.capture.cancel();
    return Promise.resolve();
  }

  async heldCapture(): Promise<Blob> {
    const { source } = this.#current();
    const { heldBlob } = await import('./sources/held.ts');
    return heldBlob(source, this.#options.clock);
  }

  async fetchCode(): Promise<void> {
    await Promise.all([
      this.#language.fetchCode(),
      this.#ofWhole.fetchCode(),
      this.#desk.fetchCode(),
      this.#shares.fetchCode(),
      import('#core/store/event-bytes.ts'),
      import('#core/pcapng/file-section.ts'),
      import('./sources/held.ts'),
    ]);
  }

  async setFilter(filter: ListFilter, waits = false): Promise<FilterError | null> {
    const call = ++this.#filterCalls;
    if (filter.where !== '') await this.#language.load();
    // While the language came something else may have been asked.
    if (call !== this.#filterCalls) return null;
    const opened = this.#opened;
    const made = opened?.capture.listing.filter(filter, waits) ?? null;
    if (made !== null && !(made instanceof Promise)) return made;
    this.#filter = filter;
    if (made !== null && (await made)) this.#changed(opened);
    return null;
  }

  checkFilter(text: string): Promise<FilterError | null> {
    return this.#language.check(text, this.#capture().store);
  }

  async setSort(sort: ListSort | null): Promise<void> {
    this.#sort = sort;
    const opened = this.#opened;
    if ((await opened?.capture.listing.sort(sort)) === true) this.#changed(opened);
  }

  async setColumns(fields: readonly string[]): Promise<void> {
    // They are of whichever capture is open when their code is there.
    if (await this.#window.setColumns(fields)) this.#changed(this.#opened);
  }

  async setSchema(json: string): Promise<SchemaResult> {
    const opened = this.#current();
    const parsed = json.trim() === '' ? null : parseSchema(json);
    if (parsed?.ok === false) return { ok: false, errors: parsed.errors };
    // What they have read so far was read otherwise.
    this.#asking.endAll();
    const decoder = parsed === null ? null : compileSchema(parsed.schema);
    if (await opened.capture.setSchema(decoder)) this.#changed(opened);
    return { ok: true, errors: [] };
  }

  async fields(): Promise<readonly FieldInfo[]> {
    const { fieldInfos } = await this.#language.loadQuestions();
    return fieldInfos(this.#capture().store);
  }

  async filterOf(field: string, shown: string): Promise<string> {
    const { valueFilter } = await this.#language.loadQuestions();
    return valueFilter(this.#capture().store, field, shown);
  }

  completeFilter(text: string, at: number): Promise<Completion> {
    return this.#language.complete(text, at, this.#capture().store);
  }

  filterDoubts(text: string): Promise<readonly FilterDoubt[]> {
    return this.#language.doubts(text, this.#capture().store);
  }

  groups(field: string, limit: number): Promise<Groups | null> {
    return this.#ofList.groups(this.#capture(), field, limit);
  }

  async groupRows(where: string, count: number): Promise<JourneyRows | null> {
    const capture = this.#capture();
    const journeys = await this.#ofList.firstOf(capture, where, Math.min(count, MAX_ROWS));
    return journeys === null ? null : this.#window.rowsOf(capture, this.#generation, journeys, 0);
  }

  contrast(where: string, limit: number): Promise<Contrast | null> {
    return this.#ofList.contrast(this.#capture(), where, limit);
  }

  questionProgress(kind: QuestionKind): Promise<number | null> {
    return Promise.resolve(this.#asking.progress(kind));
  }

  endQuestion(kind: QuestionKind): Promise<void> {
    this.#asking.end(kind);
    return Promise.resolve();
  }

  openTypes(source: TypeSource): Promise<TypesOpened> {
    return this.#desk.openTypes(source);
  }

  findTypes(search: string): Promise<TypeList> {
    return this.#desk.findTypes(search);
  }

  schemaOfType(id: number): Promise<string> {
    return this.#desk.schemaOfType(id);
  }

  proposeSchema(progress: MessagePort): Promise<SchemaProposal | null> {
    return this.#desk.proposeSchema(progress);
  }

  previewAreas(): Promise<AreaPreview> {
    return this.#desk.previewAreas();
  }

  capturedSchema(): Promise<string> {
    return this.#desk.capturedSchema();
  }

  diffSchemas(before: string, after: string): Promise<SchemaDiff> {
    return this.#desk.diffSchemas(before, after);
  }

  emitSchema(json: string, as: EmittedKind): Promise<string> {
    return this.#desk.emitSchema(json, as);
  }

  exportForWireshark(capture: WholeCapture, hop: string | null, progress: MessagePort): Promise<Blob | null> {
    return this.#desk.exportForWireshark(capture, hop, progress);
  }

  makeShare(ask: ShareAsk, progress: MessagePort): Promise<MadeShare | null> {
    return this.#shares.makeShare(ask, progress);
  }

  packShare(blob: Blob, progress: MessagePort): Promise<Blob | null> {
    return this.#shares.packShare(blob, progress);
  }

  arrivedShare(): Promise<ArrivedShare> {
    return this.#shares.arrivedShare();
  }

  rows(from: number, count: number): Promise<JourneyRows> {
    const rows = this.#window.rows(this.#capture(), this.#generation, from, count);
    return Promise.resolve(transfer(rows, buffersOf(rows)));
  }

  watchRows(watch: RowWatch | null): Promise<void> {
    this.#window.watch(watch);
    return Promise.resolve();
  }

  rowOf(journey: number): Promise<number> {
    return Promise.resolve(this.#capture().listing.rowOf(journey));
  }

  journeyOf(idHi: number, idLo: number, run = ''): Promise<number> {
    return Promise.resolve(findJourney(this.#capture().store, idHi, idLo, run));
  }

  journey(journey: number): Promise<JourneyDetail> {
    return readJourney(this.#capture(), journey);
  }

  eventBytes(event: number): Promise<EventBytes> {
    return readEvent(this.#capture(), event);
  }

  inspect(from: number, count: number): Promise<readonly unknown[]> {
    return inspectEvents(this.#capture(), from, count);
  }

  watchCost(on: boolean): Promise<void> {
    this.#watchesCost = on;
    this.#opened?.source.watchCost?.(on);
    return Promise.resolve();
  }

  cost(): Promise<CostView> {
    return Promise.resolve(this.#capture().store.cost.view());
  }

  lossSummary(): Promise<LossSummary | null> {
    return this.#ofWhole.lossSummary(this.#capture());
  }

  lintSummary(): Promise<LintSummary | null> {
    return this.#ofWhole.lintSummary(this.#capture());
  }

  budget(): Promise<Budget | null> {
    return this.#ofWhole.budget(this.#capture());
  }

  pathOf(set: JourneySet, side: PathSide): Promise<PathNumbers | FilterError | null> {
    return this.#ofWhole.path(this.#capture(), set, side);
  }

  fatesOf(set: JourneySet): Promise<Fates | FilterError | null> {
    return this.#ofWhole.fates(this.#capture(), set);
  }

  matrixOf(set: JourneySet, side: PathSide): Promise<MatrixShares | FilterError | null> {
    return this.#ofWhole.matrix(this.#capture(), set, side);
  }

  async timelineBins(ask: TimelineAsk): Promise<TimelineBins | null> {
    const bins = await this.#ofWhole.timeline(this.#capture(), ask);
    return bins === null ? null : transfer(bins, buffersOf(bins));
  }

  async hopLatency(ask: LatencyAsk): Promise<Latency | null> {
    const capture = this.#capture();
    for (const hop of [ask.from, ask.to]) assertIndex('hop', hop, capture.store.hops.hops.length);
    const latency = await this.#ofWhole.latency(capture, ask);
    return latency === null ? null : transfer(latency, buffersOf(latency));
  }

  streamStats(): Promise<LatencyStats> {
    return Promise.resolve(this.#capture().latency.take());
  }

  #current(): Opened {
    if (this.#opened) return this.#opened;
    throw new Fault('nothing-open', 'No capture is open.', 'Open one first.');
  }

  #whole(): ListedCapture {
    const { capture, source } = this.#current();
    return { store: capture.store, listing: capture.listing, source };
  }

  #capture(): Capture {
    return this.#current().capture;
  }

  /** Rows of before are stale, and a person waits for the new ones. */
  #changed(opened: Opened | null): void {
    this.#generation++;
    opened?.pump.flush();
  }

  #close(): void {
    this.#asking.endAll();
    this.#opened?.pump.stop();
    this.#opened?.capture.dispose();
    this.#opened?.port.close();
    this.#opened = null;
  }
}
