/**
 * A WhitherWorker for component tests: what it was asked is in `calls`, Updates are sent by hand. Never part of the
 * page: nothing outside of tests imports this folder.
 */
import type {
  ArrivedShare,
  Contrast,
  EmittedKind,
  Fates,
  FieldInfo,
  FilterDoubt,
  FilterError,
  Groups,
  JourneySet,
  ListFilter,
  ListSort,
  QuestionKind,
  RowWatch,
  SourceSpec,
  TypeSource,
  Update,
  WhitherWorker,
  WholeCapture,
} from '#workers/api.ts';
import type { Connection } from '#src/state/connection.ts';
import { fakeBytes } from './bytes.ts';
import { fakeDetail } from './detail.ts';
import { edgeHops } from './hops.ts';
import { FAKE_START_NS, fakeRows } from './rows.ts';

export function fakeUpdate(part: Partial<Update> = {}): Update {
  const journeys = part.journeys ?? 100;
  return {
    capture: 1,
    state: 'live',
    bytesRead: 1000,
    bytesTotal: null,
    digest: null,
    files: [],
    bytesPerSecond: 0,
    eventsPerSecond: 0,
    catchUp: null,
    kept: null,
    events: journeys * 5,
    journeys,
    listed: journeys,
    filterError: null,
    generation: 1,
    lost: 0,
    leftOut: 0,
    hops: edgeHops(),
    edges: [],
    gaps: [],
    missingHooks: [],
    filter: null,
    fired: null,
    told: 0,
    timeline: {
      startNs: String(FAKE_START_NS),
      endNs: String(FAKE_START_NS + 1_000_000_000n),
      events: Uint32Array.of(1, 2, 3),
      withMetadata: Uint32Array.of(0, 1, 2),
      lost: Uint32Array.of(0, 0, 1),
      drops: Uint32Array.of(0, 0, 0),
    },
    rows: null,
    schema: null,
    tlvNames: ['trace_id'],
    problems: [],
    sourceText: '',
    joined: [],
    title: 'fake',
    ...part,
  };
}

const FAKE_FIELDS: readonly FieldInfo[] = [
  { name: 'tlv.trace_id', text: 'TLV trace_id, uint', values: 'a number', sortable: true, groupable: true },
  { name: 'mark', text: 'skb->mark', values: 'a number', sortable: true, groupable: true },
  { name: 'cause', text: 'why', values: 'a name', sortable: true, groupable: true },
  { name: 'time', text: 'when', values: 'a time', sortable: true, groupable: false },
];

export class FakeWorker implements WhitherWorker {
  /** What `setFilter` answers. */
  refusal: FilterError | null = null;
  /** What `filterDoubts` answers. */
  doubts: readonly FilterDoubt[] = [];
  groupsAnswer: Groups | null = null;
  contrastAnswer: Contrast | null = null;
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  generation = 1;
  #port: MessagePort | null = null;

  /** Names of the calls so far, in order. */
  get names(): readonly string[] {
    return this.calls.map((call) => call.name);
  }

  send(update: Update): void {
    this.generation = update.generation;
    this.#port?.postMessage(update);
  }

  #note<T>(name: string, args: readonly unknown[], answer: T): Promise<T> {
    this.calls.push({ name, args });
    return Promise.resolve(answer);
  }

  open(source: SourceSpec, updates: MessagePort) {
    this.#port?.close();
    this.#port = updates;
    return this.#note('open', [source], 1);
  }
  cancel() {
    return this.#note('cancel', [], undefined);
  }
  heldCapture() {
    return this.#note('heldCapture', [], new Blob([]));
  }
  fetchCode() {
    return this.#note('fetchCode', [], undefined);
  }
  setFilter(filter: ListFilter, waits = false) {
    return this.#note('setFilter', [filter, waits], this.refusal);
  }
  checkFilter(text: string) {
    return this.#note('checkFilter', [text], this.refusal);
  }
  setSort(sort: ListSort | null) {
    return this.#note('setSort', [sort], undefined);
  }
  setColumns(fields: readonly string[]) {
    return this.#note('setColumns', [fields], undefined);
  }
  fields() {
    return this.#note('fields', [], FAKE_FIELDS);
  }
  filterOf(field: string, shown: string) {
    return this.#note('filterOf', [field, shown], `${field} == ${shown}`);
  }
  groups(field: string, limit: number) {
    return this.#note('groups', [field, limit], this.groupsAnswer);
  }
  groupRows(where: string, count: number) {
    return this.#note('groupRows', [where, count], fakeRows({ from: 0, count, generation: this.generation }));
  }
  contrast(where: string, limit: number) {
    return this.#note('contrast', [where, limit], this.contrastAnswer);
  }
  questionProgress(kind: QuestionKind) {
    return this.#note('questionProgress', [kind], null);
  }
  endQuestion(kind: QuestionKind) {
    return this.#note('endQuestion', [kind], undefined);
  }
  completeFilter(text: string, at: number) {
    return this.#note('completeFilter', [text, at], { from: at, to: at, options: [] });
  }
  filterDoubts(text: string) {
    return this.#note('filterDoubts', [text], this.doubts);
  }
  setSchema(json: string) {
    return this.#note('setSchema', [json], { ok: true, errors: [] });
  }
  openTypes(source: TypeSource) {
    return this.#note('openTypes', [source], { title: 'fake.o', count: 0 });
  }
  findTypes(search: string) {
    return this.#note('findTypes', [search], { types: [], isCut: false });
  }
  schemaOfType(id: number) {
    return this.#note('schemaOfType', [id], '{}');
  }
  proposeSchema() {
    return this.#note('proposeSchema', [], null);
  }
  previewAreas() {
    return this.#note('previewAreas', [], { areas: [], sampled: 0, exact: 0, unread: 0 });
  }
  capturedSchema() {
    return this.#note('capturedSchema', [], '');
  }
  diffSchemas(before: string, after: string) {
    return this.#note('diffSchemas', [before, after], { changes: [], error: '' });
  }
  emitSchema(json: string, as: EmittedKind) {
    return this.#note('emitSchema', [json, as], '');
  }
  exportForWireshark(capture: WholeCapture, hop: string | null) {
    return this.#note('exportForWireshark', [capture, hop], null);
  }
  makeShare() {
    return this.#note('makeShare', [], null);
  }
  packShare() {
    return this.#note('packShare', [], new Blob([]));
  }
  arrivedShare(): Promise<ArrivedShare> {
    return this.#note('arrivedShare', [], { manifest: null, line: '', notes: null, faults: [] });
  }
  rows(from: number, count: number) {
    return this.#note('rows', [from, count], fakeRows({ from, count, generation: this.generation }));
  }
  watchRows(watch: RowWatch | null) {
    return this.#note('watchRows', [watch], undefined);
  }
  rowOf(journey: number) {
    return this.#note('rowOf', [journey], journey);
  }
  journeyOf(idHi: number, idLo: number, run = '') {
    return this.#note('journeyOf', [idHi, idLo, run], idLo - 1);
  }
  journey(journey: number) {
    return this.#note('journey', [journey], fakeDetail(journey));
  }
  eventBytes(event: number) {
    return this.#note('eventBytes', [event], fakeBytes({ event }));
  }
  watchCost(on: boolean) {
    return this.#note('watchCost', [on], undefined);
  }
  cost() {
    return this.#note('cost', [], { latest: null, programs: [], history: [] });
  }
  lossSummary() {
    return this.#note('lossSummary', [], { rows: [], omitted: 0 });
  }
  pathOf(set: JourneySet) {
    return this.#note('pathOf', [set], { journeys: 0, hops: [], edges: [] });
  }
  fatesOf(set: JourneySet): Promise<Fates> {
    const none = { journeys: 0, firstNs: '', lastNs: '', dropped: 0, drops: [], omittedDrops: 0 };
    return this.#note('fatesOf', [set], { ...none, losses: { rows: [], omitted: 0 } });
  }
  matrixOf(set: JourneySet) {
    return this.#note('matrixOf', [set], { journeys: 0, hops: [], rows: [], omitted: 0 });
  }
  lintSummary() {
    return this.#note('lintSummary', [], { rows: [], omitted: 0, events: 0, flawed: 0 });
  }
  budget() {
    return this.#note('budget', [], { hops: [], types: [], advice: [], packets: 0 });
  }
  timelineBins() {
    return this.#note('timelineBins', [], null);
  }
  hopLatency() {
    return this.#note('hopLatency', [], null);
  }
  inspect() {
    return this.#note('inspect', [], []);
  }
  streamStats() {
    return this.#note('streamStats', [], { events: 0, p50Ms: null, p99Ms: null, maxMs: null });
  }
}

/** A connection to `worker` that can be made to die. */
export function fakeConnection(worker: WhitherWorker): Connection & { die(cause: string): void } {
  let die: (cause: string) => void = () => undefined;
  const died = new Promise<string>((resolve) => {
    die = resolve;
  });
  return { api: worker, died, close: () => undefined, die: (cause) => die(cause) };
}
