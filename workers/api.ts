/**
 * The surface between page and worker. Comlink carries control (open, query, cancel); large rows come
 * back as transferred typed arrays; `Update`s come on a MessagePort of their own, at most every
 * UPDATE_INTERVAL_MS, and the newest replaces the older. The vocabulary is that of core/store/view.ts.
 */
import type { Budget } from '#core/budget/types.ts';
import type { LintSummary } from '#core/lint/lint-summary.ts';
import type { Completion } from '#core/query/complete.ts';
import type { FilterDoubt } from '#core/query/doubts.ts';
import type { FieldInfo } from '#core/query/columns.ts';
import type { Difference } from '#core/query/contrast.ts';
import type { Group, Groups } from '#core/query/groups.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { Problem } from '#core/pcapng/types.ts';
import type { JoinedAgent } from '#core/protocol/messages.ts';
import type {
  CostView,
  Edge,
  EventBytes,
  Fates,
  Gap,
  Hop,
  JourneyDetail,
  JourneyRows,
  Latency,
  LatencyAsk,
  JourneySet,
  ListFilter,
  ListSort,
  LossSummary,
  MatrixShares,
  PathNumbers,
  CaptureFilter,
  Firing,
  MissingHook,
  Timeline,
  TimelineAsk,
  TimelineBins,
} from '#core/store/view.ts';
import type { LatencyStats } from './latency.ts';
import type { SchemaWork } from './schema/api.ts';
import type { ShareWork } from './share/api.ts';
import type { Kept } from './sources/source.ts';

export * from '#core/store/view.ts';
export type { Completion, Difference, FieldInfo, FilterDoubt, FilterError, Group, Groups };
export * from './schema/api.ts';
export * from './share/api.ts';
export type { Budget, Kept, LatencyStats, LintSummary };

/** What takes its time over a whole capture: one of each kind at a time. */
export type QuestionKind = 'groups' | 'groupRows' | 'contrast';

/** Of a comparison; without one there is `a` alone. */
export type PathSide = 'a' | 'b';

export interface Contrast {
  /** Journeys asked about, and the others. */
  readonly inside: number;
  readonly outside: number;
  /** The most telling first. */
  readonly differences: readonly Difference[];
}

export const UPDATE_INTERVAL_MS = 100;

/** What came inside of a page or a link. */
export interface PackedCapture {
  readonly kind: 'packed';
  readonly within: 'page' | 'link';
  /** base64 of deflate (core/share/html.ts). */
  readonly text: string;
  readonly title: string;
  /** Of bytes that come out of it. */
  readonly limit: number;
}

export type SingleSpec =
  /** `head`: its first bytes, where they have been read already. */
  | { readonly kind: 'file'; readonly file: File; readonly head?: Uint8Array }
  | PackedCapture
  | { readonly kind: 'url'; readonly url: string; readonly title: string };

export type SourceSpec =
  | SingleSpec
  /** One behind the other, as one capture. Each has a name of its own, and may be on a side of a comparison, from 1 on. */
  | {
      readonly kind: 'together';
      readonly parts: readonly {
        readonly name: string;
        readonly source: SingleSpec;
        readonly side?: number;
      }[];
    }
  /** The agent that served the page. `from` as in core/protocol. */
  | { readonly kind: 'live'; readonly url: string; readonly from: 'oldest' | 'live' };

export type SourceState =
  | 'idle'
  | 'loading'
  | 'live'
  /** Live, the socket is cut, trying again. */
  | 'reconnecting'
  | 'done'
  | 'cancelled'
  | 'failed';

/** How a link names one of several files. */
export interface NamedFile {
  readonly name: string;
  /** As that of a capture. */
  readonly digest: string;
  readonly bytes: number;
}

export interface Update {
  readonly capture: number;
  readonly state: SourceState;
  /** Bytes read and the total when known (file, URL with a length). */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  /** By which a link names the capture; null: it is not read to its end (yet), or it grows. */
  readonly digest: string | null;
  /** Of several files that were opened together: each, once `digest` is there; [] = it is one. */
  readonly files: readonly NamedFile[];
  readonly bytesPerSecond: number;
  readonly eventsPerSecond: number;
  /** Live: how much of what the agent had at connect is decoded, 0…1; null: all of it. Until then no rate is told. */
  readonly catchUp: number | null;
  /** Live: how much of the packets themselves this page keeps. null: they are where they came from. */
  readonly kept: Kept | null;
  readonly events: number;
  readonly journeys: number;
  /** Journeys that pass the filter, the length of the list. */
  readonly listed: number;
  /** Why the expression of the filter cannot be asked of this capture (yet): it does not filter then, and what was clicked does. */
  readonly filterError: FilterError | null;
  /** Counts every change of filter, schema or capture: rows of an older one are stale. */
  readonly generation: number;
  readonly lost: number;
  /** Events that sampling and the rate limit left out, as asked: not among `lost`. */
  readonly leftOut: number;
  readonly hops: readonly Hop[];
  /** How many journeys went from which hop to which, within the whole capture. */
  readonly edges: readonly Edge[];
  readonly gaps: readonly Gap[];
  readonly missingHooks: readonly MissingHook[];
  /** What the capture was asked for; null when it does not say. */
  readonly filter: CaptureFilter | null;
  /** How often a trigger's condition was met, and by which journey last; null = never, or there was no trigger. */
  readonly fired: { readonly count: number; readonly last: Firing } | null;
  readonly timeline: Timeline;
  /** Manifests and notes that have been read so far: with another number, `arrivedShare` says more. */
  readonly told: number;
  /** The rows of `watchRows`, as of this Update; null when none are watched. */
  readonly rows: JourneyRows | null;
  readonly schema: MetadataSchema | null;
  /** TLV columns in schema order: what JourneyRows.tlv has. */
  readonly tlvNames: readonly string[];
  /**
   * Those of the capture; in front of them that nothing comes any more (code `live-agent-gone`), or that the agent
   * captures nothing or not all (`live-capture`).
   */
  readonly problems: readonly Problem[];
  /** One line from the agent (Status.text), '' otherwise. */
  readonly sourceText: string;
  /** Live: agents that the agent has joined, and what became of each. */
  readonly joined: readonly JoinedAgent[];
  readonly title: string;
}

/** Which rows come with every Update: `count` from `from`, or the last `count` of the list. */
export interface RowWatch {
  readonly from: number | 'newest';
  readonly count: number;
}

/** What the page posts on the port of the Updates when it has drawn one; from the first on it is waited for. */
export const UPDATE_DRAWN = 'drawn';

export interface SchemaResult {
  readonly ok: boolean;
  /** Where in the JSON and what, when not ok. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/** What the worker exposes. Every call rejects when the worker dies (workers/client.ts). */
export interface WhitherWorker extends SchemaWork, ShareWork {
  /** Begins to read; returns at once with the capture's number. Progress and end come as Updates. */
  open(source: SourceSpec, updates: MessagePort): Promise<number>;
  /** Stops reading, keeps what was read. */
  cancel(): Promise<void>;
  /** As pcapng, what this page itself has of the capture that is open (`held` of WholeCapture). Rejects with a Fault. */
  heldCapture(): Promise<Blob>;
  /** Loads now what is otherwise loaded when it is asked for: an agent that serves it may be gone by then. */
  fetchCode(): Promise<void>;
  /**
   * Holds for the capture that is open and for those opened later. Resolves when the list is narrowed; with an error when
   * the expression cannot be asked of what is open: then the filter before it stays. One that `waits` takes its place all the same,
   * and its expression filters as soon as it can be asked (`Update.filterError`).
   */
  setFilter(filter: ListFilter, waits?: boolean): Promise<FilterError | null>;
  /** Why an expression cannot be asked of what was read up to now; null: it can. */
  checkFilter(text: string): Promise<FilterError | null>;
  /**
   * Holds as the filter does. Resolves when the list is in this order, or a later call took its place. A field that the capture
   * does not have (yet) orders nothing.
   */
  setSort(sort: ListSort | null): Promise<void>;
  /** Fields that rows come with from now on, at most MAX_COLUMNS (core/query/limits.ts); holds as the filter does. */
  setColumns(fields: readonly string[]): Promise<void>;
  /** Fields that this capture has: columns, orders and groups. */
  fields(): Promise<readonly FieldInfo[]>;
  /** The expression that passes journeys with this value of a field, as a row or a cell shows it. */
  filterOf(field: string, shown: string): Promise<string>;
  /**
   * The journeys of the list by values of a field, at most `limit` groups. null: a later question of this kind came, or
   * `endQuestion`; or it is no field to group by.
   */
  groups(field: string, limit: number): Promise<Groups | null>;
  /** The first `count` rows of the list that pass `where` as well; null as above. */
  groupRows(where: string, count: number): Promise<JourneyRows | null>;
  /**
   * What journeys have in common that others have not, at most `limit` differences: those of the list against all others, or
   * with `where` those that pass it against those that do not. null as above, and for an expression that cannot be asked.
   */
  contrast(where: string, limit: number): Promise<Contrast | null>;
  /** How far the question of this kind is, 0…1; null: none is under way. */
  questionProgress(kind: QuestionKind): Promise<number | null>;
  /** Ends the question of this kind. */
  endQuestion(kind: QuestionKind): Promise<void>;
  /** What can stand at character `at` of an expression, with values that the capture has. */
  completeFilter(text: string, at: number): Promise<Completion>;
  /** What of an expression cannot be found in this capture, whatever is in its packets: a hop that is not there. */
  filterDoubts(text: string): Promise<readonly FilterDoubt[]>;
  /** JSON text of a metadata schema; '' = back to the one in the capture. Re-decodes what is loaded. */
  setSchema(json: string): Promise<SchemaResult>;
  rows(from: number, count: number): Promise<JourneyRows>;
  /** From now on Updates carry these rows: no question and no second frame for each. null = none any more. */
  watchRows(watch: RowWatch | null): Promise<void>;
  /** Position of a journey in the list as filtered, -1 when it is not in it. */
  rowOf(journey: number): Promise<number>;
  /**
   * Number of the journey with this id (epb_packetid as two u32; frame number where there is none), -1 when
   * the capture has none (yet). Links carry ids, never numbers or rows. `run`: name of its run (JourneyRows.run); ''
   * or none = the newest run that has one.
   */
  journeyOf(idHi: number, idLo: number, run?: string): Promise<number>;
  /** While the agent does not answer, without what is only in its log: the packet, what taps said. */
  journey(journey: number): Promise<JourneyDetail>;
  /** Likewise: with the area, and no packet. */
  eventBytes(event: number): Promise<EventBytes>;
  /**
   * Live: while somebody looks the probe has the kernel count what BPF programs cost, and tells once a second. Holds
   * for captures opened later, too, until `false` or the end of the page.
   */
  watchCost(on: boolean): Promise<void>;
  /** What was told so far; a recorded capture may have it, too. */
  cost(): Promise<CostView>;
  /**
   * Which hop loses how much, by which cause, for which TLV: of all that was read up to now, whatever the filter. null, here and
   * below: it was ended, by another schema or capture, by one that begins anew, or where something is asked by a later question of the
   * kind.
   */
  lossSummary(): Promise<LossSummary | null>;
  /** The path of some journeys, of those that were read up to now; an error when the expression cannot be asked. One for each side. */
  pathOf(set: JourneySet, side: PathSide): Promise<PathNumbers | FilterError | null>;
  /** What became of them: drops and losses. */
  fatesOf(set: JourneySet): Promise<Fates | FilterError | null>;
  /** Their matrix: likewise. */
  matrixOf(set: JourneySet, side: PathSide): Promise<MatrixShares | FilterError | null>;
  /** What is wrong with metadata, hop by hop: likewise. */
  lintSummary(): Promise<LintSummary | null>;
  /** What metadata costs per packet: likewise. */
  budget(): Promise<Budget | null>;
  /** Events over time, exact, of all that was read up to now; null: a later question took its place. Rejects for an empty window. */
  timelineBins(ask: TimelineAsk): Promise<TimelineBins | null>;
  /** Times between two hops, likewise, of the journeys that pass the filter. */
  hopLatency(ask: LatencyAsk): Promise<Latency | null>;
  /**
   * For tests and for the console: `count` events from `from` in order of arrival, as `inspect --json`
   * prints them.
   */
  inspect(from: number, count: number): Promise<readonly unknown[]>;
  /**
   * For the bench and for the console: how old live events were when they were decoded, over those since the last
   * call. All null without events; it means something when the capture's clock is this host's.
   */
  streamStats(): Promise<LatencyStats>;
}
