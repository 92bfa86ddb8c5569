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
 *   pan      LEFT or LEFT.TOP, each 0…999             what of the path is left of its pane, and above, in thousandths
 *   pause    1                                         the view stands still
 */
import { isHarm } from './harm.ts';
import { parseJourney, parseMarks, parsePosition, printJourney, printMarks } from './link-journeys.ts';
import {
  parseCapture,
  parseFiles,
  parseSources,
  printCapture,
  printFile,
  printSources,
} from './link-source.ts';
import { EMPTY_LINK, MAX_FILES, type LinkState } from './link-state.ts';
import {
  isFieldName,
  parseColumns,
  parseComparison,
  parseName,
  parseOpen,
  parsePair,
  parsePan,
  parseScale,
  parseSort,
  parseTime,
  parseWhere,
  printColumn,
  printPan,
  printSort,
  printTime,
  tenths,
} from './link-view.ts';

/** Of the format (docs/links.md). A link has the version of its newest word, from 3 on. */
const LINK_VERSION = 7;
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
  // 6 had no word for where the path is scrolled to.
  () => undefined,
];
/** Of what is printed, what is in SHORTER stays out of a longer one. */
export const MAX_LINK_CHARS = 2000;
/** Nothing longer is parsed at all. */
export const MAX_QUERY_CHARS = 8192;

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
  pan,
}: LinkState): number {
  if (pan !== null) return 7;
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
  const journey = parseJourney(parameters.get('journey'));
  const meta = parameters.get('meta');
  const harm = parameters.get('harm') ?? '';
  const group = parameters.get('group') ?? '';
  return {
    source: parseSources(parameters.getAll('source')),
    capture: parseCapture(parameters.get('capture')),
    files: parseFiles(parameters.getAll('file')),
    journey: journey?.id ?? null,
    run: journey?.run ?? '',
    at: journey === null ? null : parsePosition(parameters.get('at')),
    hop: parseName(parameters.get('hop')),
    metadata: meta === 'with' || meta === 'without' ? meta : null,
    harm: isHarm(harm) ? harm : null,
    time: parseTime(parameters.get('time')),
    where: parseWhere(parameters.get('where')),
    compare: parseComparison(parameters),
    columns: parseColumns(parameters.getAll('col')),
    sort: parseSort(parameters.get('sort')),
    group: isFieldName(group) ? group : '',
    open: parseOpen(parameters.get('open')),
    values: parseName(parameters.get('values')) ?? '',
    pair: parsePair(parameters),
    marks: parseMarks(parameters.getAll('mark')),
    zoom: parseTime(parameters.get('zoom')),
    scale: parseScale(parameters.get('scale')),
    pan: parsePan(parameters.get('pan')),
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
    parameters.set('journey', printJourney({ id: state.journey, run: state.run }));
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
  if (state.sort !== null) parameters.set('sort', printSort(state.sort));
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
  if (state.pan !== null) parameters.set('pan', printPan(state.pan));
  if (state.paused) parameters.set('pause', '1');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
