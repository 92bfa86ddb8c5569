/**
 * What a person can do, as functions: each changes the store and tells the worker. Components call these
 * and nothing else; they never talk to the worker except to fetch the rows they draw. Here: which capture is open,
 * and what its Updates change; `filter`, `journey`, `view` and `marks` are the rest.
 */
import type { Problem } from '#core/pcapng/types.ts';
import { rememberGuide } from '#src/guide/seen.ts';
import { GUIDE_SAMPLE } from './sources.ts';
import {
  UPDATE_DRAWN,
  type LossRow,
  type SchemaResult,
  type Update,
  type WhitherWorker,
} from '#workers/api.ts';
import { keepCalm, type Calm } from './calm.ts';
import { WorkerSlot, type Connection } from './connection.ts';
import { afterFrame } from './frame.ts';
import { hopKey } from './hop-key.ts';
import { JourneyChoice, NO_CHOICE } from './journey-choice.ts';
import { captureRefOf, fileRefsOf, sameFiles } from './named-capture.ts';
import { parseJourneyId } from './link-journeys.ts';
import { sameSource } from './link-source.ts';
import { EMPTY_LINK, type Comparison, type LinkState } from './link-state.ts';
import { FilterControl } from './list-filter.ts';
import { ListView } from './list-view.ts';
import { MarkControl } from './mark-control.ts';
import { withMarks } from './marks.ts';
import { refOf, specOf, titleOf } from './origin.ts';
import { samePlaces } from './places.ts';
import { isHarm } from './harm.ts';
import { headOf, kindOf } from './file-kind.ts';
import { refusalOf } from './trial.ts';
import type { Origin, PageState, PageStore } from './store.ts';

/** As before anything was opened. */
const NOTHING_OPEN = {
  newest: null,
  shown: null,
  calm: null,
  places: [],
  problems: [],
  schemaDraft: null,
  valueMenu: null,
  prepared: null,
  marks: [],
  pins: [],
  noteDrafts: {},
  report: '',
  drafted: '',
  notesKept: null,
  arrived: null,
  schemaFile: null,
  ...NO_CHOICE,
} as const satisfies Partial<PageState>;

export class Session {
  readonly store: PageStore;
  readonly filter: FilterControl;
  readonly journey: JourneyChoice;
  readonly view: ListView;
  readonly marks: MarkControl;
  readonly #worker: WorkerSlot;
  readonly #calm: Calm;
  #port: MessagePort | null = null;
  /** Counts openings: what an older one still answers is dropped. */
  #opening = 0;
  /** Counts files that were tried before they took the place of what is open. */
  #attempt = 0;
  /** Times that something was dropped or chosen. */
  #drops = 0;

  constructor(store: PageStore, connect: () => Connection) {
    this.store = store;
    this.#worker = new WorkerSlot(store, connect);
    this.filter = new FilterControl(store, this.#worker);
    this.journey = new JourneyChoice(store, this.#worker);
    this.view = new ListView(store, this.#worker);
    this.marks = new MarkControl(store, this.#worker);
    this.#calm = keepCalm(store);
  }

  /** The worker, started on first use. */
  get api(): WhitherWorker {
    return this.#worker.api;
  }

  /** What was dropped on the page or chosen there: a capture, several to be seen together, or a file for the schema of the one that is open. */
  async take(files: readonly File[], keepView: boolean): Promise<void> {
    const [file] = files;
    if (file === undefined) return;
    if (this.store.getState().dialog === 'compare') {
      const { compareWithFiles } = await import('#src/compare/compare-with.ts');
      return compareWithFiles(this, files);
    }
    if (files.length > 1) {
      this.#drops++;
      const { link } = this.store.getState();
      return this.#takeSlowly(
        async () => (await import('./together.ts')).fromFiles(files, keepView ? link.files : []),
        keepView,
        'The files could not be opened together',
      );
    }
    const drop = ++this.#drops;
    const head = await headOf(file);
    // Another was dropped meanwhile: the later one counts, whichever is read first.
    if (drop !== this.#drops) return;
    const kind = kindOf(head);
    if (kind === 'capture') return this.open({ kind: 'file', file }, keepView, head);
    if (kind === 'page') {
      return this.#takeSlowly(
        async () => (await import('#src/compare/other.ts')).ofFile(file),
        keepView,
        'The page could not be read',
      );
    }
    if (this.store.getState().capture !== null) {
      this.store.setState({ schemaFile: { kind, file }, dialog: 'schema' });
      return;
    }
    this.report({
      code: 'no-capture',
      offset: 0,
      cause: `${file.name} is ${kind === 'types' ? 'a BPF object' : 'a metadata schema'}: it says how the metadata of a capture reads.`,
      remedy: 'Open the capture first, then drop it again.',
      fatal: false,
    });
  }

  /** Opens what takes its time to be read, unless something else was opened meanwhile. */
  async #takeSlowly(read: () => Promise<Origin | Problem>, keepView: boolean, failed: string): Promise<void> {
    const attempt = ++this.#attempt;
    try {
      const origin = await read();
      if (attempt !== this.#attempt) return;
      if ('cause' in origin) this.report(origin);
      else await this.open(origin, keepView);
    } catch (error) {
      if (attempt === this.#attempt) this.failed(error, failed);
    }
  }

  /** Starts the worker, which takes a tenth of a second that a person would wait for its first rows. */
  prepare(): void {
    this.#worker.start();
  }

  /**
   * Opens a source. `view`: what is applied to it of a link; true = of the one in force (a link, a dropped file), false = nothing.
   * `head`: what has been read of a file already.
   */
  async open(origin: Origin, view: boolean | LinkState = false, head?: Uint8Array): Promise<void> {
    if (origin.kind === 'file' && this.store.getState().capture !== null) {
      const attempt = ++this.#attempt;
      const refusal = await refusalOf(this.#worker.another(), origin.file);
      if (attempt !== this.#attempt) return;
      if (refusal !== null) {
        this.report(refusal);
        return;
      }
    }
    this.#attempt++;
    if (this.store.getState().dead !== null) this.#worker.bury();
    const opening = this.#forget();
    const { link } = this.store.getState();
    const shown = typeof view === 'boolean' ? (view ? link : EMPTY_LINK) : view;
    this.store.setState({
      ...NOTHING_OPEN,
      link: { ...shown, source: refOf(origin) },
      capture: { origin, title: titleOf(origin) },
      follow: true,
    });
    try {
      // The worker is told before React draws the panes, in the next microtask: each takes its time, and so they do at once.
      const found = specOf(origin, head, shown.compare);
      const spec = found instanceof Promise ? await found : found;
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
        afterFrame(() =>
          this.#calm.behind(() => {
            channel.port1.postMessage(UPDATE_DRAWN);
            if (opening === this.#opening) this.journey.onDrawn();
          }),
        );
      };
      this.store.setState({ capture: { origin, title: spec.title } });
      const asked = Promise.all([this.filter.begin(), this.view.begin()]);
      // Calls keep their order. Only an expression is waited for, whose language has to come: the first rows are to be those it asks for.
      if (this.store.getState().link.where !== '') await asked;
      if (opening !== this.#opening) return;
      await Promise.all([asked, this.api.open(spec.source, channel.port2)]);
    } catch (error) {
      if (opening === this.#opening) this.failed(error, 'The capture could not be opened');
    }
  }

  /** For somebody who is new to the page: on what is open, or on a sample. */
  showAround(): void {
    rememberGuide();
    if (this.store.getState().capture === null) void this.open({ kind: 'sample', id: GUIDE_SAMPLE });
    this.store.setState({ dialog: 'guide' });
  }

  /** Back to the start screen. */
  leave(): void {
    this.#attempt++;
    this.#forget();
    this.#worker.guard(this.#worker.started?.cancel(), 'Reading could not be stopped');
    this.store.setState({ ...NOTHING_OPEN, link: EMPTY_LINK, capture: null });
  }

  /** What was asked of the capture before is no longer waited for. Returns the number of the one to come. */
  #forget(): number {
    this.journey.forget();
    this.filter.forget();
    this.#port?.close();
    return ++this.#opening;
  }

  /** After the worker died: a new worker, the same source and view. */
  async reopen(): Promise<void> {
    this.#worker.bury();
    const { capture } = this.store.getState();
    if (capture !== null) await this.open(capture.origin, true);
  }

  cancel(): void {
    this.#worker.guard(this.api.cancel(), 'Reading could not be stopped');
  }

  setPaused(paused: boolean): void {
    const { link, newest } = this.store.getState();
    this.store.setState({ link: { ...link, paused }, ...(paused ? {} : { shown: newest }) });
  }

  setFollow(follow: boolean): void {
    if (this.store.getState().follow !== follow) this.store.setState({ follow });
  }

  /** The journeys that a row of the losses is about, and the first of them. */
  showLoss({ hop, state, example, exampleId }: LossRow): void {
    const id = parseJourneyId(exampleId);
    const key = hopKey(this.store.getState().places, hop);
    this.filter.set({ hop: key, metadata: null, harm: isHarm(state) ? state : null });
    if (id !== null) this.journey.select(example, id);
  }

  /** What the path compares; null = nothing any more. `typing`: more of it will come. */
  compare(compare: Comparison | null, typing = false): void {
    this.store.setState({ link: { ...this.store.getState().link, compare }, typing });
  }

  async setSchema(json: string): Promise<SchemaResult> {
    return this.api.setSchema(json);
  }

  report(problem: Problem): void {
    this.#worker.report(problem);
  }

  failed(error: unknown, what: string): void {
    this.#worker.failed(error, what);
  }

  dismissProblems(): void {
    this.store.setState({ problems: [] });
  }

  /** The address changed under the page (back, forward, an edited link). */
  async navigate(link: LinkState): Promise<void> {
    const before = this.store.getState();
    this.filter.forget();
    this.store.setState({ link });
    if (!sameSource(before.link.source, link.source)) {
      if (link.source === null) this.leave();
      else await this.open(link.source, true);
      return;
    }
    // Marks are what people wrote, and no step undoes them.
    this.store.setState({ link: withMarks(link, before.marks) });
    this.marks.find();
    this.#nameCapture();
    if (before.link.paused && !link.paused) this.store.setState({ shown: before.newest });
    this.filter.apply();
    this.view.apply();
    await this.journey.follow(this.store.getState().link, before);
  }

  /** The link names what is open once that is read; one that was made for another says so, and holds as far as it can. */
  #nameCapture(): void {
    const { newest, link } = this.store.getState();
    const named = newest === null ? null : captureRefOf(newest);
    if (newest === null || named === null) return;
    const files = fileRefsOf(newest);
    const isSame = named.digest === link.capture?.digest;
    if (isSame && sameFiles(link.files, files)) return;
    this.store.setState({ link: { ...link, capture: isSame ? link.capture : named, files } });
    // What was made before files had names, or for one that is among them, is of the same bytes.
    if (link.capture === null || (isSame && link.files.length === 0)) return;
    const opening = this.#opening;
    const { capture: meant } = link;
    const held = import('./other-capture.ts').then(({ otherCapture }) =>
      otherCapture(this.api, link, meant, newest),
    );
    held.then(
      (problem) => {
        if (opening === this.#opening) this.report(problem);
      },
      (error: unknown) => this.failed(error, 'The link could not be held against this capture'),
    );
  }

  /** Notes, or a manifest. */
  #arrived(): void {
    import('#src/notes/arrive.ts')
      .then(({ takeIn }) => takeIn(this))
      .catch((error: unknown) => this.failed(error, 'Its notes could not be read'));
  }

  #onUpdate(update: Update): void {
    const { link, shown, newest, places } = this.store.getState();
    const frozen =
      link.paused && shown !== null && shown.events > 0 && shown.generation === update.generation;
    this.store.setState({
      newest: update,
      ...(frozen ? {} : { shown: update }),
      ...(samePlaces(places, update.hops) ? {} : { places: update.hops }),
    });
    if (update.told > 0 && update.told !== newest?.told) this.#arrived();
    this.#nameCapture();
    this.filter.apply();
    this.marks.find();
    this.journey.onUpdate(update, frozen, newest?.state === 'reconnecting' && update.state === 'live');
  }
}
