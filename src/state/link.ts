/**
 * What a link to this view carries, and its codec. The address bar is always the share link; what is at
 * its default is left out. Every part is bounded and checked; a part that does not parse is dropped,
 * never guessed, and never keeps the capture from opening.
 *
 *   source   live | sample:ID | url:ENCODED            which bytes; the latter two several times: together, as one capture
 *   capture  DIGEST.BYTES.SECONDS                      what they were: digest (core/share/digest.ts), length, Unix time of the
 *            first event; the last, or the last two, may be left out
 *   file     DIGEST.BYTES~NAME, two or more             of several files that are open together each one, likewise
 *   journey  ID or ID@RUN: epb_packetid, or the frame number, decimal, and the run of the probe that it is unique in;
 *            never a row: rows move with every filter
 *   at       0…255                                     which event of that journey
 *   hop      NAME, then ~NETNS, ~HOST, ~FILE           filter: journeys seen there
 *   meta     with | without                            filter: with metadata there (or anywhere)
 *   harm     lost | clobbered | suspect | unreadable   filter: what metadata came to there (or anywhere)
 *   time     INSTANT..INSTANT                          filter: journeys with an event in this time, both ends in it
 *   where    EXPRESSION                                filter: in the filter language (docs/filter.md)
 *   compare  1                                         the path compares two sides, a and b
 *   a, b     EXPRESSION                                a side; without a what the filter passes, without b all but a
 *   col      NAME or NAME~CHARS, any number of them    columns of the list in order: fields of the filter language, and path,
 *            source, destination, info; with a width in characters
 *   sort     FIELD or -FIELD                           order of the list, - = from the end
 *   group    FIELD                                     the list in groups by this field
 *   open     PARTS, with commas between                what is open beside the list: losses, between, cost, matrix, table
 *   values   NAME                                      TLV whose values are counted over time
 *   from, to as hop                                    the two hops that times are between
 *   mark     ID.ID.… or ID.ID.…@RUN, any number of them marked journeys, named as in `journey`
 *   zoom     INSTANT..INSTANT                          what the timeline shows; not a filter
 *   scale    1.1…4, one digit behind the point         by how much the path is wider than its pane
 *   pause    1                                         the view stands still
 */
import { MAX_COLUMNS, MAX_FILTER_CHARS } from '#core/query/limits.ts';
import { DIGEST } from '#core/share/digest-text.ts';
import { parseInstant, printInstant } from '#core/time/instant.ts';
import { MAX_NAME_CHARS } from '#core/notes/limits.ts';
import type { Ns } from '#core/time/ns.ts';
import { MAX_JOURNEY_EVENTS, type Harm, type ListSort, type TimeRange } from '#workers/api.ts';
import { isHarm } from './harm.ts';

export type PartRef =
  | { readonly kind: 'sample'; readonly id: string }
  | { readonly kind: 'url'; readonly url: string };

export type SourceRef =
  | { readonly kind: 'live' }
  | PartRef
  /** Two or more, as one capture. */
  | { readonly kind: 'together'; readonly parts: readonly PartRef[] };

/** One of several files that are open together. */
export interface FileRef {
  readonly name: string;
  readonly digest: string;
  readonly bytes: number;
}

/** By what a capture that was read to its end is known again, whatever it came from. */
export interface CaptureRef {
  /** As core/share/digest.ts makes it. */
  readonly digest: string;
  /** null = the link does not say. */
  readonly bytes: number | null;
  /** Unix seconds of its first event; likewise. */
  readonly first: number | null;
}

export interface JourneyId {
  readonly hi: number;
  readonly lo: number;
}

/** What the path compares, as expressions. */
export interface Comparison {
  /** null = the journeys that the filter in force passes. */
  readonly a: string | null;
  /** null = all that are not in `a`. */
  readonly b: string | null;
}

export interface LinkState {
  readonly source: SourceRef | null;
  /** null = not named: live, not read to its end, or a link of an earlier version. */
  readonly capture: CaptureRef | null;
  /** Of several, each; [] = it is one. */
  readonly files: readonly FileRef[];
  readonly journey: JourneyId | null;
  /** Run of the probe that `journey` is of; '' = the newest that has one. */
  readonly run: string;
  /** Position of the chosen event in its journey; null = the page chooses. */
  readonly at: number | null;
  readonly hop: string | null;
  readonly metadata: 'with' | 'without' | null;
  readonly harm: Harm | null;
  readonly time: TimeRange | null;
  /** '' = none. Kept as it was written, also when this capture cannot be asked it. */
  readonly where: string;
  readonly compare: Comparison | null;
  /** null = those that the page begins with. */
  readonly columns: readonly ColumnRef[] | null;
  /** null = by first event. */
  readonly sort: ListSort | null;
  /** '' = journeys. */
  readonly group: string;
  /** In the order of OPEN_PARTS. */
  readonly open: readonly OpenPart[];
  /** '' = none. */
  readonly values: string;
  /** Names of the hops that times are between; null = the page chooses. */
  readonly pair: { readonly from: string; readonly to: string } | null;
  readonly marks: readonly MarkRef[];
  /** null = all of it. */
  readonly zoom: TimeRange | null;
  /** 1 (all of it is as wide as its pane) to MAX_PATH_SCALE; the link has it to a tenth. */
  readonly scale: number;
  readonly paused: boolean;
}

/** The table of damage, times between two hops, the cost, the matrix of all that is listed, the path as a table. */
export const OPEN_PARTS = ['losses', 'between', 'cost', 'matrix', 'table'] as const;
export type OpenPart = (typeof OPEN_PARTS)[number];

/** A marked journey. */
export interface MarkRef {
  readonly id: JourneyId;
  /** As `run`. */
  readonly run: string;
}
export const MAX_MARKS = 100;
export const MAX_PATH_SCALE = 4;

export interface ColumnRef {
  readonly name: string;
  /** null = as wide as its values. */
  readonly chars: number | null;
}

export const EMPTY_LINK: LinkState = {
  source: null,
  capture: null,
  files: [],
  journey: null,
  run: '',
  at: null,
  hop: null,
  metadata: null,
  harm: null,
  time: null,
  where: '',
  compare: null,
  columns: null,
  sort: null,
  group: '',
  open: [],
  values: '',
  pair: null,
  marks: [],
  zoom: null,
  scale: 1,
  paused: false,
};

/** Of the format (docs/links.md). A link has the version of its newest word, from 3 on. */
const LINK_VERSION = 6;
/** From the parameters of each version to those of the next, the first of them from 1 to 2. */
const UPGRADES: readonly ((parameters: URLSearchParams) => void)[] = [
  (parameters) => {
    if (parameters.get('lost') === '1') parameters.set('harm', 'lost');
  },
  // 2 had no word for the capture, and 3 none for what is open, values over time and the timeline; those that they had mean the same.
  () => undefined,
  () => undefined,
  // Nor had 4 more than one source, or a word for each of several files; nor 5 any for marks, the scale of the path, and the hops that
  // times are between.
  () => undefined,
  () => undefined,
];
/** Of what is printed, what is in SHORTER stays out of a longer one. */
export const MAX_LINK_CHARS = 2000;
/** Nothing longer is parsed at all. */
export const MAX_QUERY_CHARS = 8192;
export const MAX_URL_CHARS = 2000;
/** Captures that a link names one by one. */
export const MAX_FILES = 8;
export const MAX_HOP_CHARS = MAX_NAME_CHARS;
export const MAX_WHERE_CHARS = MAX_FILTER_CHARS;
export const MIN_COLUMN_CHARS = 3;
export const MAX_COLUMN_CHARS = 120;
const SAMPLE_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const JOURNEY_ID = /^\d{1,20}$/;
const CAPTURE_BYTES = /^\d{1,15}$/;
const CAPTURE_SECONDS = /^\d{1,11}$/;
/** Hex digits of the run's random id (CaptureFacts.runName). */
const RUN = /^[0-9a-f]{1,32}$/;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Decimal, as `inspect` and Wireshark's frame.packet_id print it. */
export function printJourneyId(id: JourneyId): string {
  const value = (BigInt(id.hi >>> 0) << 32n) | BigInt(id.lo >>> 0);
  return value.toString();
}

export function parseJourneyId(text: string): JourneyId | null {
  if (!JOURNEY_ID.test(text)) return null;
  const value = BigInt(text);
  if (value > MAX_U64) return null;
  return { hi: Number(value >> 32n), lo: Number(value & 0xffff_ffffn) };
}

/** A path on the server of the page, as `whither open` prints it; `//host` and `/\host` are other servers. */
const CAPTURE_PATH = /^\/(?![/\\])[^\s\\]*$/;

/** An absolute http(s) URL, or a path on the server of the page; null when it is neither or too long. */
export function parseCaptureUrl(text: string): string | null {
  if (text.length === 0 || text.length > MAX_URL_CHARS) return null;
  if (CAPTURE_PATH.test(text)) return text;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return url.href.length > MAX_URL_CHARS ? null : url.href;
}

function parseSource(text: string | null): SourceRef | null {
  if (text === null) return null;
  if (text === 'live') return { kind: 'live' };
  if (text.startsWith('sample:')) {
    const id = text.slice('sample:'.length);
    return SAMPLE_ID.test(id) ? { kind: 'sample', id } : null;
  }
  if (text.startsWith('url:')) {
    const url = parseCaptureUrl(text.slice('url:'.length));
    return url === null ? null : { kind: 'url', url };
  }
  return null;
}

function parseSources(texts: readonly string[]): SourceRef | null {
  if (texts.length > MAX_FILES) return null;
  const sources = texts.map(parseSource);
  const [first = null, ...others] = sources;
  if (others.length === 0) return first;
  const parts = sources.filter((source) => source?.kind === 'url' || source?.kind === 'sample');
  // Of some of them it would be another view.
  return parts.length === sources.length ? { kind: 'together', parts } : null;
}

function printSources(source: SourceRef): readonly string[] {
  return source.kind === 'together' ? source.parts.map(printSource) : [printSource(source)];
}

function printSource(source: Exclude<SourceRef, { kind: 'together' }>): string {
  switch (source.kind) {
    case 'live':
      return 'live';
    case 'sample':
      return `sample:${source.id}`;
    case 'url':
      return `url:${source.url}`;
  }
}

function parseCapture(text: string | null): CaptureRef | null {
  const [digest = '', bytes = '', first = ''] = (text ?? '').split('.', 3);
  if (!DIGEST.test(digest)) return null;
  return {
    digest,
    bytes: CAPTURE_BYTES.test(bytes) ? Number(bytes) : null,
    first: CAPTURE_SECONDS.test(first) ? Number(first) : null,
  };
}

function printCapture({ digest, bytes, first }: CaptureRef): string {
  return `${digest}.${bytes ?? ''}.${first ?? ''}`.replace(/\.+$/, '');
}

function parseFile(text: string): FileRef | null {
  const at = text.indexOf('~');
  const named = at < 0 ? null : parseCapture(text.slice(0, at));
  const name = parseHop(text.slice(at + 1));
  return named === null || named.bytes === null || name === null
    ? null
    : { name, digest: named.digest, bytes: named.bytes };
}

function parseFiles(texts: readonly string[]): readonly FileRef[] {
  const files = texts
    .slice(0, MAX_FILES)
    .map(parseFile)
    .filter((file) => file !== null);
  return files.length < 2 ? [] : files;
}

function printFile({ name, digest, bytes }: FileRef): string {
  return `${digest}.${bytes}~${name}`;
}

function parsePosition(text: string | null): number | null {
  if (text === null || !/^\d{1,3}$/.test(text)) return null;
  const at = Number(text);
  return at < MAX_JOURNEY_EVENTS ? at : null;
}

function parseHop(text: string | null): string | null {
  if (text === null || text.length === 0 || text.length > MAX_HOP_CHARS) return null;
  // Control characters have no place in a device name, and would be invisible in the page.
  for (const char of text) if (char < ' ' || char === '\u007f') return null;
  return text;
}

/** `INSTANT..INSTANT`, as the filter language writes a range of `time`; null when it is none, or ends before it begins. */
export function parseTime(text: string | null): TimeRange | null {
  const [fromText = '', toText = '', ...more] = (text ?? '').split('..', 3);
  const [from, to] = [parseInstant(fromText), parseInstant(toText)];
  if (more.length > 0 || from === null || to === null || from < 0n || to > MAX_U64 || from > to) return null;
  return { fromNs: from.toString(), toNs: to.toString() };
}

export function printTime({ fromNs, toNs }: TimeRange): string {
  return `${printInstant(BigInt(fromNs) as Ns)}..${printInstant(BigInt(toNs) as Ns)}`;
}

function parseWhere(text: string | null): string {
  return text === null || text.length > MAX_WHERE_CHARS ? '' : text.trim();
}

function parseComparison(parameters: URLSearchParams): Comparison | null {
  if (parameters.get('compare') !== '1') return null;
  const side = (name: 'a' | 'b') => parseWhere(parameters.get(name)) || null;
  return { a: side('a'), b: side('b') };
}

function isFieldName(text: string): boolean {
  return /^[a-z]/i.test(text) && parseHop(text) !== null;
}

/** A name with `~` in it is followed by one more. */
function printColumn({ name, chars }: ColumnRef): string {
  return chars === null && !name.includes('~') ? name : `${name}~${chars ?? ''}`;
}

function parseColumns(texts: readonly string[]): readonly ColumnRef[] | null {
  const columns: ColumnRef[] = [];
  for (const text of texts.slice(0, MAX_COLUMNS)) {
    const at = text.lastIndexOf('~');
    const name = at < 0 ? text : text.slice(0, at);
    const width = at < 0 ? '' : text.slice(at + 1);
    if (!isFieldName(name) || !/^\d{0,3}$/.test(width) || columns.some((one) => one.name === name)) continue;
    const chars = width === '' ? null : Number(width);
    if (chars !== null && (chars < MIN_COLUMN_CHARS || chars > MAX_COLUMN_CHARS)) continue;
    columns.push({ name, chars });
  }
  return columns.length === 0 ? null : columns;
}

function parseSort(text: string | null): ListSort | null {
  if (text === null) return null;
  const down = text.startsWith('-');
  const field = down ? text.slice(1) : text;
  return isFieldName(field) ? { field, down } : null;
}

function parseOpen(text: string | null): readonly OpenPart[] {
  const parts = new Set((text ?? '').split(',', 2 * OPEN_PARTS.length));
  return OPEN_PARTS.filter((part) => parts.has(part));
}

/** Of at most MAX_MARKS journeys, each once. */
function parseMarks(texts: readonly string[]): readonly MarkRef[] {
  const marks = new Map<string, MarkRef>();
  for (const text of texts.slice(0, MAX_MARKS)) {
    const [ids = '', runText = ''] = text.split('@', 2);
    const run = RUN.test(runText) ? runText : '';
    for (const idText of ids.split('.', MAX_MARKS)) {
      const id = parseJourneyId(idText);
      if (id !== null && marks.size < MAX_MARKS) marks.set(`${printJourneyId(id)}@${run}`, { id, run });
    }
  }
  return [...marks.values()];
}

/** In their order: one text for those of the same run that follow each other. */
function printMarks(marks: readonly MarkRef[]): readonly string[] {
  const texts: { readonly run: string; readonly ids: string[] }[] = [];
  for (const { id, run } of marks) {
    const last = texts.at(-1);
    if (last?.run === run) last.ids.push(printJourneyId(id));
    else texts.push({ run, ids: [printJourneyId(id)] });
  }
  return texts.map(({ run, ids }) => (run === '' ? ids.join('.') : `${ids.join('.')}@${run}`));
}

function parsePair(parameters: URLSearchParams): LinkState['pair'] {
  const [from, to] = [parseHop(parameters.get('from')), parseHop(parameters.get('to'))];
  return from === null || to === null ? null : { from, to };
}

function parseScale(text: string | null): number {
  const scale = text !== null && /^\d(?:\.\d)?$/.test(text) ? Number(text) : 1;
  return scale > 1 && scale <= MAX_PATH_SCALE ? scale : 1;
}

/** 1 = it is not in the link. */
function tenths(scale: number): number {
  return Math.round(10 * scale) / 10;
}

/** Of the newest word; 0 = those of the first two have none. */
function versionOfWords({
  source,
  capture,
  files,
  open,
  values,
  zoom,
  pair,
  marks,
  scale,
}: LinkState): number {
  if (pair !== null || marks.length > 0 || tenths(scale) !== 1) return 6;
  if (source?.kind === 'together' || files.length > 0) return 5;
  if (open.length > 0 || values !== '' || zoom !== null) return 4;
  return capture === null ? 0 : 3;
}

/** Without a version it may be either of the first two, which have no word in common with another meaning. */
function versionOf(parameters: URLSearchParams): number {
  const text = parameters.get('v') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : 1;
}

/** Whether a link says more than this page understands. */
export function isNewer(query: string): boolean {
  return query.length <= MAX_QUERY_CHARS && versionOf(new URLSearchParams(query)) > LINK_VERSION;
}

/** Why a link opens nothing although it says something; null = it does, or says nothing. */
export function linkFault(query: string): { readonly cause: string; readonly remedy: string } | null {
  if (query.length > MAX_QUERY_CHARS) {
    return {
      cause: `This link is too long to be read: ${query.length} characters of at most ${MAX_QUERY_CHARS}.`,
      remedy: 'Ask for a share of the capture instead, or open it here and filter anew.',
    };
  }
  const sources = new URLSearchParams(query).getAll('source');
  if (sources.join('') === '' || parseSources(sources) !== null) return null;
  return {
    cause:
      sources.length > 1
        ? `This link names several sources: more than ${MAX_FILES}, or not all of them samples or addresses by http or https.`
        : 'This link names a source that is none: it is neither live, nor a sample, nor an address by http or https.',
    remedy: 'Ask its sender for the link again, or open the capture here.',
  };
}

/** What stays out of a link that is too long, the first first. */
const SHORTER = [
  { columns: null },
  { files: [] },
  { compare: null },
  { values: '' },
  { pair: null },
  { marks: [] },
  { where: '' },
] as const satisfies readonly Partial<LinkState>[];

/** `printLink` within MAX_LINK_CHARS. */
export function printShortLink(state: LinkState): string {
  let short = state;
  for (const part of SHORTER) {
    const text = printLink(short);
    if (text.length <= MAX_LINK_CHARS) return text;
    short = { ...short, ...part };
  }
  return printLink(short);
}

/** `?a=b` or `a=b` → state. Never throws; junk becomes the default. */
export function parseLink(query: string): LinkState {
  if (query.length > MAX_QUERY_CHARS) return EMPTY_LINK;
  const parameters = new URLSearchParams(query);
  for (const upgrade of UPGRADES.slice(Math.max(0, versionOf(parameters) - 1))) upgrade(parameters);
  const journeyText = parameters.get('journey');
  const [idText = '', runText = ''] = (journeyText ?? '').split('@', 2);
  const journey = parseJourneyId(idText);
  const meta = parameters.get('meta');
  const harm = parameters.get('harm') ?? '';
  const group = parameters.get('group') ?? '';
  return {
    source: parseSources(parameters.getAll('source')),
    capture: parseCapture(parameters.get('capture')),
    files: parseFiles(parameters.getAll('file')),
    journey,
    run: journey !== null && RUN.test(runText) ? runText : '',
    at: journey === null ? null : parsePosition(parameters.get('at')),
    hop: parseHop(parameters.get('hop')),
    metadata: meta === 'with' || meta === 'without' ? meta : null,
    harm: isHarm(harm) ? harm : null,
    time: parseTime(parameters.get('time')),
    where: parseWhere(parameters.get('where')),
    compare: parseComparison(parameters),
    columns: parseColumns(parameters.getAll('col')),
    sort: parseSort(parameters.get('sort')),
    group: isFieldName(group) ? group : '',
    open: parseOpen(parameters.get('open')),
    values: parseHop(parameters.get('values')) ?? '',
    pair: parsePair(parameters),
    marks: parseMarks(parameters.getAll('mark')),
    zoom: parseTime(parameters.get('zoom')),
    scale: parseScale(parameters.get('scale')),
    paused: parameters.get('pause') === '1',
  };
}

/** State → `?a=b`, or '' when all is at its default. `parseLink(printLink(s))` equals s. */
export function printLink(state: LinkState): string {
  const parameters = new URLSearchParams();
  const version = versionOfWords(state);
  if (version > 0) parameters.set('v', String(version));
  if (state.source !== null) {
    for (const source of printSources(state.source)) parameters.append('source', source);
  }
  if (state.capture !== null) parameters.set('capture', printCapture(state.capture));
  for (const file of state.files) parameters.append('file', printFile(file));
  if (state.journey !== null) {
    const run = state.run === '' ? '' : `@${state.run}`;
    parameters.set('journey', `${printJourneyId(state.journey)}${run}`);
    if (state.at !== null) parameters.set('at', String(state.at));
  }
  if (state.hop !== null) parameters.set('hop', state.hop);
  if (state.metadata !== null) parameters.set('meta', state.metadata);
  if (state.harm !== null) parameters.set('harm', state.harm);
  if (state.time !== null) parameters.set('time', printTime(state.time));
  if (state.where !== '') parameters.set('where', state.where);
  if (state.compare !== null) {
    parameters.set('compare', '1');
    if (state.compare.a !== null) parameters.set('a', state.compare.a);
    if (state.compare.b !== null) parameters.set('b', state.compare.b);
  }
  for (const column of state.columns ?? []) parameters.append('col', printColumn(column));
  if (state.sort !== null) parameters.set('sort', `${state.sort.down ? '-' : ''}${state.sort.field}`);
  if (state.group !== '') parameters.set('group', state.group);
  if (state.open.length > 0) parameters.set('open', state.open.join(','));
  if (state.values !== '') parameters.set('values', state.values);
  if (state.pair !== null) {
    parameters.set('from', state.pair.from);
    parameters.set('to', state.pair.to);
  }
  for (const mark of printMarks(state.marks)) parameters.append('mark', mark);
  if (state.zoom !== null) parameters.set('zoom', printTime(state.zoom));
  if (tenths(state.scale) !== 1) parameters.set('scale', String(tenths(state.scale)));
  if (state.paused) parameters.set('pause', '1');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export function sameSource(a: SourceRef | null, b: SourceRef | null): boolean {
  if (a === null || b === null) return a === b;
  return printSources(a).join('\n') === printSources(b).join('\n');
}
