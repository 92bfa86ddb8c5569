/**
 * What the worker does, without being a worker: one capture at a time, its queries, and Updates on a port.
 * `whither.worker.ts` exposes it; tests run it in Node.
 */
import { transfer } from 'comlink';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { edgeList } from '#core/store/edges.ts';
import { findJourney } from '#core/store/event-text.ts';
import { hopList } from '#core/store/hops.ts';
import { blocksWanted, readJourneyBlocks } from '#core/store/journey-blocks.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import type { ColumnPrinter } from '#core/query/columns.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { Completion } from '#core/query/complete.ts';
import type { FilterError } from '#core/query/syntax.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { MAX_ROWS, journeyRows } from '#core/store/rows.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import {
  UPDATE_DRAWN,
  UPDATE_INTERVAL_MS,
  type Contrast,
  type CostView,
  type EventBytes,
  type FieldInfo,
  type Groups,
  type JourneyDetail,
  type JourneyRows,
  type Latency,
  type LatencyAsk,
  type JourneySet,
  type LatencyStats,
  type ListFilter,
  type ListSort,
  type LossSummary,
  type MatrixShares,
  type PathNumbers,
  type QuestionKind,
  type RowWatch,
  type SchemaResult,
  type SourceSpec,
  type TimelineAsk,
  type TimelineBins,
  type Update,
  type WhitherWorker,
  type AreaPreview,
  type Budget,
  type EmittedKind,
  type LintSummary,
  type SchemaDiff,
  type SchemaProposal,
  type TypeList,
  type TypesOpened,
  type TypeSource,
  type WholeCapture,
} from './api.ts';
import { Asking } from './asking.ts';
import { Language } from './language.ts';
import { SchemaDesk } from './schema/desk.ts';
import { Capture, type CaptureClock } from './capture.ts';
import { Fault } from './fault.ts';
import { buffersOf } from './transferables.ts';
import { UpdatePump } from './update-pump.ts';
import { FileSource } from './sources/file.ts';
import { LiveSource } from './sources/live.ts';
import type { ByteSource } from './sources/source.ts';
import { UrlSource } from './sources/url.ts';

/** `inspect` makes objects, so it is bounded like rows. */
export const MAX_INSPECT_EVENTS = MAX_ROWS;
/** Rows of the first Update of a page, as many as a large window shows. */
const FIRST_ROWS = 64;

export interface SessionOptions {
  readonly clock: CaptureClock;
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Tests put sources of their own in the place of the real ones. */
  readonly sourceOf?: (spec: SourceSpec) => ByteSource;
}

interface Opened {
  readonly number: number;
  readonly source: ByteSource;
  readonly capture: Capture;
  readonly pump: UpdatePump;
  readonly port: MessagePort;
}

export class Session implements WhitherWorker {
  readonly #options: SessionOptions;
  #opened: Opened | null = null;
  #captures = 0;
  #generation = 0;
  /** Outlives a capture, so that a page can set it before it opens one and the first list is filtered. */
  #filter = NO_FILTER;
  readonly #language = new Language();
  readonly #desk: SchemaDesk;
  /** Outlives a capture like the filter: it is what the page has room for. */
  #watch: RowWatch | null = null;
  #hasWatched = false;
  /** Likewise: it is what is open on the page. */
  #watchesCost = false;
  /** Counts calls of setFilter and setSchema: a later one ends the work of an earlier. */
  #filterCalls = 0;
  #schemaCalls = 0;
  #timelineCalls = 0;
  #latencyCalls = 0;
  #sortCalls = 0;
  /** Likewise outliving a capture. */
  #sort: ListSort | null = null;
  #columns: readonly string[] = [];
  #printer: { readonly key: string; readonly printer: ColumnPrinter } | null = null;
  readonly #asking: Asking;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#asking = new Asking(options.clock, this.#language);
    this.#desk = new SchemaDesk(options.clock, () => this.#current().capture.store);
  }

  open(spec: SourceSpec, updates: MessagePort): Promise<number> {
    const source = (this.#options.sourceOf ?? sourceOf)(spec);
    this.#close();
    const number = ++this.#captures;
    this.#generation++;
    let shown = false;
    const capture = new Capture({
      source,
      live: spec.kind === 'live',
      from: spec.kind === 'live' ? spec.from : 'oldest',
      filter: this.#filter,
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
      sort: this.#sort,
    });
    const pump = new UpdatePump({
      intervalMs: UPDATE_INTERVAL_MS,
      now: this.#options.clock.now,
      setTimer: this.#options.setTimer,
      send: () => {
        const update = this.#update(number, capture);
        const buffers = buffersOf(update.timeline);
        if (update.rows) buffers.push(...buffersOf(update.rows));
        updates.postMessage(update, buffers);
        return update.bytesPerSecond > 0;
      },
    });
    updates.onmessage = ({ data }) => {
      if (data === UPDATE_DRAWN) pump.acknowledge();
    };
    this.#opened = { number, source, capture, pump, port: updates };
    pump.flush();
    source.watchCost?.(this.#watchesCost);
    // `run` never rejects; what goes wrong is in the Updates.
    void capture.run();
    return Promise.resolve(number);
  }

  cancel(): Promise<void> {
    this.#opened?.capture.cancel();
    return Promise.resolve();
  }

  async setFilter(filter: ListFilter): Promise<FilterError | null> {
    const call = ++this.#filterCalls;
    if (filter.where !== '') await this.#language.load();
    // While the language came something else may have been asked.
    if (call !== this.#filterCalls) return null;
    const opened = this.#opened;
    if (!opened) {
      this.#filter = filter;
      return null;
    }
    const goOn = (): boolean => call === this.#filterCalls && opened === this.#opened;
    const done = await opened.capture.setFilter(filter, goOn);
    if (typeof done === 'object') return done;
    if (done) {
      this.#filter = filter;
      this.#changed(opened);
    }
    return null;
  }

  async setSort(sort: ListSort | null): Promise<void> {
    const call = ++this.#sortCalls;
    this.#sort = sort;
    const opened = this.#opened;
    if (!opened) return;
    const goOn = (): boolean => call === this.#sortCalls && opened === this.#opened;
    if (await opened.capture.setSort(sort, goOn)) this.#changed(opened);
  }

  async setColumns(fields: readonly string[]): Promise<void> {
    this.#columns = fields;
    this.#printer = null;
    if (fields.length > 0) await this.#language.loadQuestions();
    // Others may have been asked for meanwhile; then those come.
    if (this.#opened && fields === this.#columns) this.#changed(this.#opened);
  }

  async fields(): Promise<readonly FieldInfo[]> {
    const { fieldInfos } = await this.#language.loadQuestions();
    return fieldInfos(this.#current().capture.store);
  }

  async filterOf(field: string, shown: string): Promise<string> {
    const { valueFilter } = await this.#language.loadQuestions();
    return valueFilter(this.#current().capture.store, field, shown);
  }

  groups(field: string, limit: number): Promise<Groups | null> {
    return this.#asking.groups(this.#current().capture, field, limit);
  }

  async groupRows(where: string, count: number): Promise<JourneyRows | null> {
    const { capture } = this.#current();
    const journeys = await this.#asking.firstOf(capture, where, Math.min(count, MAX_ROWS));
    return journeys === null ? null : this.#rowsOf(capture, journeys, 0);
  }

  contrast(where: string, limit: number): Promise<Contrast | null> {
    return this.#asking.contrast(this.#current().capture, where, limit);
  }

  questionProgress(kind: QuestionKind): Promise<number | null> {
    return Promise.resolve(this.#asking.progress(kind));
  }

  endQuestion(kind: QuestionKind): Promise<void> {
    this.#asking.end(kind);
    return Promise.resolve();
  }

  completeFilter(text: string, at: number): Promise<Completion> {
    return this.#language.complete(text, at, this.#current().capture.store);
  }

  async setSchema(json: string): Promise<SchemaResult> {
    const opened = this.#current();
    const call = ++this.#schemaCalls;
    let decoder: AreaDecoder | null = null;
    if (json.trim() !== '') {
      const parsed = parseSchema(json);
      if (!parsed.ok) return { ok: false, errors: parsed.errors };
      decoder = compileSchema(parsed.schema);
    }
    const goOn = (): boolean => call === this.#schemaCalls && opened === this.#opened;
    if (await opened.capture.setSchema(decoder, goOn)) this.#changed(opened);
    return { ok: true, errors: [] };
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

  exportForWireshark(capture: WholeCapture, progress: MessagePort): Promise<Blob | null> {
    return this.#desk.exportForWireshark(capture, progress);
  }

  rows(from: number, count: number): Promise<JourneyRows> {
    const rows = this.#rows(this.#current().capture, from, count);
    return Promise.resolve(transfer(rows, buffersOf(rows)));
  }

  watchRows(watch: RowWatch | null): Promise<void> {
    this.#watch = watch;
    this.#hasWatched ||= watch !== null;
    return Promise.resolve();
  }

  rowOf(journey: number): Promise<number> {
    return Promise.resolve(this.#current().capture.rowOf(journey));
  }

  journeyOf(idHi: number, idLo: number, run = ''): Promise<number> {
    return Promise.resolve(findJourney(this.#current().capture.store, idHi, idLo, run));
  }

  journey(journey: number): Promise<JourneyDetail> {
    const { capture } = this.#current();
    assertIndex('journey', journey, capture.store.journeys.count);
    return this.#detail(capture, journey);
  }

  async #detail(capture: Capture, journey: number): Promise<JourneyDetail> {
    const { store } = capture;
    const blocks = new Map<number, Uint8Array | null>();
    for (const event of blocksWanted(store, journey)) {
      blocks.set(event, await this.#blockInReach(capture, event));
    }
    return journeyDetail(store, journey, readJourneyBlocks(store, blocks));
  }

  async eventBytes(event: number): Promise<EventBytes> {
    const { capture } = this.#current();
    const { store } = capture;
    assertIndex('event', event, store.events.count);
    // With the dissectors of all protocols: nothing else needs them, and nobody waits for them to open a capture.
    const { eventBytes } = await import('#core/store/event-bytes.ts');
    const bytes = eventBytes(store, event, await this.#blockInReach(capture, event));
    return { ...bytes, blockOffset: capture.sourceOffset(bytes.blockOffset) };
  }

  watchCost(on: boolean): Promise<void> {
    this.#watchesCost = on;
    this.#opened?.source.watchCost?.(on);
    return Promise.resolve();
  }

  cost(): Promise<CostView> {
    return Promise.resolve(this.#current().capture.store.cost.view());
  }

  lossSummary(): Promise<LossSummary> {
    return this.#current().capture.lossSummary();
  }

  async pathOf(set: JourneySet): Promise<PathNumbers | FilterError> {
    if (set.filter.where !== '') await this.#language.load();
    return this.#current().capture.pathOf(set);
  }

  async matrixOf(set: JourneySet): Promise<MatrixShares | FilterError> {
    if (set.filter.where !== '') await this.#language.load();
    return this.#current().capture.matrixOf(set);
  }

  lintSummary(): Promise<LintSummary> {
    return this.#current().capture.lintSummary();
  }

  budget(): Promise<Budget> {
    return this.#current().capture.budget();
  }

  async timelineBins(ask: TimelineAsk): Promise<TimelineBins | null> {
    const opened = this.#current();
    const call = ++this.#timelineCalls;
    const goOn = (): boolean => call === this.#timelineCalls && opened === this.#opened;
    const bins = await opened.capture.timelineBins(ask, goOn);
    return bins === null ? null : transfer(bins, buffersOf(bins));
  }

  async hopLatency(ask: LatencyAsk): Promise<Latency | null> {
    const opened = this.#current();
    const call = ++this.#latencyCalls;
    const hops = opened.capture.store.hops.hops.length;
    assertIndex('hop', ask.from, hops);
    assertIndex('hop', ask.to, hops);
    const goOn = (): boolean => call === this.#latencyCalls && opened === this.#opened;
    const latency = await opened.capture.hopLatency(ask, goOn);
    return latency === null ? null : transfer(latency, buffersOf(latency));
  }

  async inspect(from: number, count: number): Promise<readonly InspectedEvent[]> {
    const { capture } = this.#current();
    const { store } = capture;
    const end = Math.min(from + Math.min(count, MAX_INSPECT_EVENTS), store.events.count);
    const { inspectStoredEvent } = await import('#core/inspect/stored.ts');
    const found: InspectedEvent[] = [];
    for (let event = Math.max(from, 0); event < end; event++) {
      found.push(inspectStoredEvent(store, event, await this.#block(capture, event)));
    }
    return found;
  }

  streamStats(): Promise<LatencyStats> {
    return Promise.resolve(this.#current().capture.latency.take());
  }

  /** The block of an event; null when it is out of reach, for its metadata is still in the store. */
  #blockInReach(capture: Capture, event: number): Promise<Uint8Array | null> {
    return this.#block(capture, event).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'live-unreachable') return null;
      throw thrown;
    });
  }

  /** The block of an event; null when retention took it. */
  #block(capture: Capture, event: number): Promise<Uint8Array | null> {
    const chunk = capture.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    return capture.block(chunk.blockOffset(row), chunk.blockLength[row]!).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'live-gone') return null;
      throw thrown;
    });
  }

  #current(): Opened {
    if (this.#opened) return this.#opened;
    throw new Fault('nothing-open', 'No capture is open.', 'Open one first.');
  }

  #rows(capture: Capture, from: number, count: number): JourneyRows {
    return this.#rowsOf(capture, capture.slice(from, Math.min(count, MAX_ROWS)), from);
  }

  #rowsOf({ store }: Capture, journeys: Uint32Array, from: number): JourneyRows {
    const rows = journeyRows(store, journeys, from, this.#generation);
    const printer = this.#columnPrinter(store);
    return printer === null ? rows : { ...rows, fields: printer.names, columns: printer.print(rows.journey) };
  }

  /** Fields are those of a store and its schemas: another printer when these are others. */
  #columnPrinter(store: CaptureStore): ColumnPrinter | null {
    const { questions } = this.#language;
    if (this.#columns.length === 0 || questions === null) return null;
    const key = `${this.#captures} ${this.#generation} ${store.tlvs.names.length}`;
    if (this.#printer?.key !== key)
      this.#printer = { key, printer: new questions.ColumnPrinter(store, this.#columns) };
    return this.#printer.printer;
  }

  #watched(capture: Capture): JourneyRows | null {
    // The page that has not said yet what it has room for needs some to begin with.
    if (this.#watch === null) return this.#hasWatched ? null : this.#rows(capture, 0, FIRST_ROWS);
    const { from, count } = this.#watch;
    return this.#rows(capture, from === 'newest' ? Math.max(0, capture.listed - count) : from, count);
  }

  /** Rows of before are stale, and a person waits for the new ones. */
  #changed(opened: Opened): void {
    this.#generation++;
    opened.pump.flush();
  }

  #close(): void {
    this.#opened?.pump.stop();
    this.#opened?.capture.dispose();
    this.#opened?.port.close();
    this.#opened = null;
  }

  #update(number: number, capture: Capture): Update {
    const { store, list, timeline } = capture;
    const rates = capture.rates;
    return {
      capture: number,
      state: capture.state,
      bytesRead: capture.bytesRead,
      bytesTotal: capture.bytesTotal,
      bytesPerSecond: rates.bytes,
      eventsPerSecond: rates.events,
      catchUp: capture.catchUp,
      kept: capture.kept,
      events: store.events.count,
      journeys: store.journeys.count,
      listed: capture.listed,
      filterError: list.error,
      generation: this.#generation,
      lost: store.gaps.lost,
      leftOut: store.gaps.leftOut,
      hops: hopList(store, list),
      edges: edgeList(store),
      gaps: store.gaps.list(),
      missingHooks: store.facts.missingHooks,
      filter: store.facts.filter,
      fired: store.lastFiring === null ? null : { count: store.firingCount, last: store.lastFiring },
      timeline: timeline.timeline(),
      rows: this.#watched(capture),
      schema: store.tlvs.current?.schema ?? null,
      tlvNames: [...store.tlvs.names],
      problems: problemsOf(capture),
      sourceText: capture.sourceText,
      title: capture.title,
    };
  }
}

/** A cancelled or failed capture is not tried again: what kept it from connecting is past. */
function problemsOf({ store, sourceProblem, captureProblem, ended }: Capture): readonly Problem[] {
  // Of an agent that does not answer, the last it said of its capture is no news.
  const first = ended ? null : (sourceProblem ?? captureProblem);
  return first === null ? [...store.problems] : [first, ...store.problems];
}

function sourceOf(spec: SourceSpec): ByteSource {
  switch (spec.kind) {
    case 'file':
      return new FileSource(spec.file);
    case 'url':
      return new UrlSource(spec.url, spec.title);
    case 'live':
      return new LiveSource(spec.url, spec.from);
  }
}

function assertIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new Fault(
    `no-such-${what}`,
    `There is no ${what} number ${index} in this capture.`,
    'Choose one from the list; the capture may have started anew.',
  );
}
