/**
 * One opened capture: its source, the reader between, and what the store has of it. Bytes come in slices;
 * between two of them the store answers queries about everything up to there.
 */
import { GAP_CAUSE } from '#core/format/structs.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { TimelineBuilder } from '#core/store/timeline.ts';
import type { ListFilter, ListSort } from '#core/store/view.ts';
import type { JoinedAgent, Status } from '#core/protocol/messages.ts';
import type { NamedFile, SourceState } from './api.ts';
import { ByteGap } from './byte-gap.ts';
import { asFault } from './fault.ts';
import { FileDigests } from './file-digests.ts';
import type { Language } from './language.ts';
import { LatencyProbe } from './latency.ts';
import { Listing } from './listing.ts';
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
/** Events or areas that the timeline or a schema takes in at a time. */
const STEP_BUDGET = 4096;

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
  readonly listing: Listing;
  timeline = new TimelineBuilder(this.store);
  state: SourceState;
  /** Why it is reconnecting, or the agent's own line. */
  sourceText = '';
  /** Why nothing comes although it is tried again and again. */
  sourceProblem: Problem | null = null;
  /** The agent captures nothing, or not all that was asked for. */
  captureProblem: Problem | null = null;
  /** Agents whose streams come with this one's. */
  joined: readonly JoinedAgent[] = [];
  bytesRead = 0;
  /** By which a link names it (core/share/digest.ts), when all of it has been read; null: it is not, or it grows. */
  digest: string | null = null;
  /** Likewise each of several files. */
  files: readonly NamedFile[] = [];
  readonly latency = new LatencyProbe();
  readonly #options: CaptureOptions;
  #rates: RateMeter;
  /** What comes is backlog: its speed is that of the decoder, not of the link. */
  #catchingUp = false;
  readonly #slices: Slices;
  #reader = new CaptureReader(this.store);
  #offsets = new OffsetMap();
  #userSchema: AreaDecoder | null = null;
  /** Counts schemas: a later one ends the reading with an earlier. */
  #schemas = 0;
  #agentText = '';
  /** The agent has captured since this page came. */
  #captured = false;
  /** Events over all stores of this capture, for the rate. */
  #eventsBefore = 0;
  readonly #gap = new ByteGap();
  /** null: live. */
  readonly #digests: FileDigests | null;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.state = 'loading';
    this.#digests = options.live ? null : new FileDigests();
    const { filter, sort, clock, language } = options;
    this.listing = new Listing(this.store, filter, sort, clock, language);
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
    this.#endBacklog();
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
    let isWhole = false;
    try {
      await this.#options.source.start(this);
      if (this.ended) return;
      this.#reader.end();
      isWhole = true;
      this.#takeIn();
      await this.#settle();
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
    if (isWhole) await this.#name();
  }

  cancel(): void {
    if (this.ended) return;
    this.state = 'cancelled';
    this.#options.source.cancel();
    this.#options.onChange();
    void this.#settle();
  }

  dispose(): void {
    if (!this.ended) this.state = 'cancelled';
    this.#schemas++;
    this.listing.end();
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

  /** null = back to the capture's own. Resolves when everything loaded is decoded by it; false when something else was asked for. */
  async setSchema(schema: AreaDecoder | null): Promise<boolean> {
    const call = ++this.#schemas;
    this.#userSchema = schema;
    const { store } = this;
    store.rereading.begin(schema);
    const current = (): boolean => call === this.#schemas && store === this.store;
    const step = (): boolean => store.rereading.advance(STEP_BUDGET);
    return (await inSlices(this.#options.clock, step, current)) && current() && this.listing.reread();
  }

  begin({ offset, reset, missedBytes, file }: Beginning): void {
    if (file !== undefined) this.#digests?.begin(file);
    if (reset) this.#startAnew();
    this.#offsets.add(this.#reader.bytesRead, offset);
    if (missedBytes === null) return;
    const first = this.bytesRead === 0 && this.#options.from === 'live';
    this.#gap.open(first ? GAP_CAUSE.skippedToLive : GAP_CAUSE.retention, this.store);
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    const { clock } = this.#options;
    this.#endBacklog();
    this.#slices.begin();
    for (let at = 0; at < bytes.length && !this.ended; at += PUSH_BYTES) {
      const part = bytes.subarray(at, at + PUSH_BYTES);
      const before = this.store.events.count;
      this.#reader.push(part);
      this.#digests?.add(part);
      this.bytesRead += part.length;
      this.#takeIn();
      const after = this.store.events.count;
      if (after > before) this.#gap.close(this.store, before);
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

  cutOff(bytes: Uint8Array, problem: Problem): void {
    // A link names the file as it is.
    this.#digests?.add(bytes);
    this.store.problem(problem);
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

  agents(agents: readonly JoinedAgent[]): void {
    if (this.ended) return;
    this.joined = agents;
    this.#options.onChange();
  }

  /** Brings list and timeline up to what has been read. */
  #takeIn(): void {
    const isOther = this.listing.takeIn(() => {
      if (!this.ended) this.#options.onChange();
    });
    if (isOther) this.#options.onReorder();
    while (!this.timeline.advance(STEP_BUDGET)) continue;
  }

  /** Puts the last events into their order. */
  async #settle(): Promise<void> {
    if (!(await this.listing.settle())) return;
    this.#options.onReorder();
    this.#options.onChange();
  }

  /** Nobody waits for it: what is read is shown before. Where its code cannot be had the capture has no name. */
  async #name(): Promise<void> {
    if (this.#digests === null) return;
    const code = await import('#core/share/digest.ts').catch(() => null);
    if (code === null) return;
    const { digest, files } = this.#digests.names(code.digestOf);
    this.digest = digest;
    this.files = files;
    this.#options.onChange();
  }

  /** When the backlog is done the rate begins anew, without it. */
  #endBacklog(): void {
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
    this.store.rereading.begin(this.#userSchema);
    this.#reader = new CaptureReader(this.store);
    this.#offsets = new OffsetMap();
    this.listing.startAnew(this.store);
    this.timeline = new TimelineBuilder(this.store);
    this.#gap.forget();
    this.#options.onReset();
  }
}
