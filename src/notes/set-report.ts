/** The report of many journeys: how many were dropped and harmed, by reason and place, and one example of each. Pure. */
import { HOOK_BY_NAME, HOOK_NONE } from '#core/format/hooks.ts';
import { printCount, printDuration, printMany } from '#src/list/print.ts';
import type { DropRow, Fates, Hop, JourneyDetail, LossRow } from '#workers/api.ts';
import { apart, bullets, capital, causeText, code, harmText, hopText, instant, plain } from './words.ts';

/** Of rows that there are more of, the most frequent are told. */
const MAX_ROWS = 8;
const MAX_EXAMPLES = 5;
const DROP_HOOK = HOOK_BY_NAME.get('kfree_skb')?.id;

interface Told {
  readonly fates: Fates;
  /** By number, those of `exampleRows`. */
  readonly examples: ReadonlyMap<number, JourneyDetail>;
  readonly hops: readonly Hop[];
  /** Which journeys it is of. */
  readonly scope: string;
  /** More will come. */
  readonly isLive: boolean;
}

/** Those whose first journey is told as evidence: the most frequent first. */
export function exampleRows(fates: Fates): readonly (DropRow | LossRow)[] {
  return rowsOf(fates).slice(0, MAX_EXAMPLES);
}

function rowsOf({ drops, losses }: Fates): readonly (DropRow | LossRow)[] {
  const areas = losses.rows.filter(({ tlv }) => tlv === null);
  return [...drops, ...areas].sort((a, b) => b.journeys - a.journeys);
}

export function setReport({ fates, examples, hops, scope, isLive }: Told): string {
  const rows = rowsOf(fates);
  const nothing = '_Nothing was observed to go wrong._';
  const each = (line: (row: DropRow | LossRow) => string): string =>
    rows.length === 0 ? nothing : bullets(rows.map(line), MAX_ROWS);
  return [
    '## What',
    scope,
    bullets(sums(fates, hops)),
    '## Since when',
    periodText(fates, isLive),
    ...(rows.length === 0 ? [] : [each((row) => `${capital(whatText(row))}: ${spanText(row)}.`)]),
    '## Where',
    each((row) => `${printCount(row.journeys)} ${whatText(row)}, ${whereText(row, hops)}.`),
    '## By which cause',
    rows.length === 0 ? nothing : bullets(causes(fates), MAX_ROWS),
    '## Evidence',
    rows.length === 0
      ? nothing
      : bullets(exampleRows(fates).map((row) => exampleText(row, examples.get(row.example), hops))),
  ].join('\n\n');
}

/** How many came to what, in all. What was not watched is not said to be none. */
function sums({ journeys, dropped, omittedDrops, losses }: Fates, hops: readonly Hop[]): readonly string[] {
  const states = new Map<LossRow['state'], number>();
  for (const { state, tlv, journeys: many } of losses.rows)
    if (tlv === null) states.set(state, (states.get(state) ?? 0) + many);
  const noDrop = hops.some(({ hook }) => hook === DROP_HOOK)
    ? 'None was dropped.'
    : 'Drops were not watched.';
  const noHarm = hops.some(({ hook }) => hook !== HOOK_NONE)
    ? 'Metadata of none came to harm.'
    : 'Metadata was not recorded.';
  return [
    dropped === 0 ? noDrop : `Dropped: ${printCount(dropped)} of ${printCount(journeys)}.`,
    ...untold(omittedDrops, 'drop'),
    ...(states.size === 0 ? [noHarm] : []),
    ...[...states].map(([state, many]) => `${capital(harmText(state))}: ${printMany(many, 'time')}.`),
    ...untold(losses.omitted, 'loss', 'losses'),
  ];
}

/** What the report has no place and cause of, because there are too many kinds. */
function untold(count: number, one: string, many?: string): readonly string[] {
  return count === 0
    ? []
    : [`Of ${printMany(count, one, many)} the place is not told: there are too many kinds.`];
}

function periodText({ firstNs, lastNs }: Fates, isLive: boolean): string {
  if (firstNs === '') return '_Their times are not known._';
  const goesOn = isLive ? ', when this was written; the capture goes on' : '';
  return `Seen from ${instant(firstNs)} to ${instant(lastNs)}, for ${apart(firstNs, lastNs)}${goesOn}.`;
}

function whatText(row: DropRow | LossRow): string {
  return 'reason' in row ? `dropped (${code(row.reason)})` : harmText(row.state);
}

function spanText({ journeys, firstNs, lastNs, exampleId }: DropRow | LossRow): string {
  if (firstNs === '') return 'at a time that is not known';
  const first = `${instant(firstNs)}, journey ${exampleId}`;
  return journeys === 1 ? first : `first ${first}; last ${instant(lastNs)}`;
}

function whereText(row: DropRow | LossRow, hops: readonly Hop[]): string {
  const at = `at ${hopText(hops, row.hop)}`;
  if (!('reason' in row))
    return `${at}: of ${printMany(row.arrived, 'journey')} that came there with metadata`;
  return row.after === null ? at : `${at}, after ${hopText(hops, row.after)}`;
}

/** Drops by reason, wherever they were; what came to metadata by its cause, with the TLVs that were in the area. */
function causes({ drops, losses }: Fates): readonly string[] {
  const counts = new Map<string, number>();
  const add = (text: string, journeys: number): void => {
    counts.set(text, (counts.get(text) ?? 0) + journeys);
  };
  for (const { reason, journeys } of drops) add(`dropped: the kernel’s reason is ${code(reason)}`, journeys);
  for (const row of losses.rows) {
    if (row.tlv !== null) continue;
    const { state, cause, operation, known, journeys } = row;
    const names = losses.rows
      .filter((one) => one.tlv !== null && one.hop === row.hop && one.state === state && one.cause === cause)
      .map(({ tlv }) => code(tlv!.name || `type ${tlv!.type}`));
    const tlvs = names.length === 0 ? '' : `, of ${[...new Set(names)].join(', ')}`;
    add(`${harmText(state)}: ${causeText({ name: cause, operation, known })}${tlvs}`, journeys);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([text, journeys]) => `${printCount(journeys)} ${text}.`);
}

/** What is seen of it in one journey. */
function exampleText(
  row: DropRow | LossRow,
  detail: JourneyDetail | undefined,
  hops: readonly Hop[],
): string {
  if (detail === undefined) return `Journey ${row.exampleId}.`;
  const flow = `Journey ${row.exampleId}: ${detail.protocol} ${detail.source} to ${detail.destination}`;
  if ('reason' in row) {
    const hop = detail.hops.find((one) => one.hop === row.hop && one.drop === row.reason);
    const isAfter = row.after !== null && hop !== undefined;
    const after = isAfter ? ` ${printDuration(hop.deltaNs)} after ${hopText(hops, row.after)}` : '';
    return `${flow}, dropped (${code(row.reason)})${after}.`;
  }
  const hop = detail.hops.find((one) => one.hop === row.hop && one.state === row.state);
  const evidence = hop?.cause.evidence || detail.diagnosis;
  const writer = hop === undefined || evidence.includes(hop.writer) ? '' : ` By ${plain(hop.writer)}.`;
  return `${flow}. ${plain(evidence)}${writer}`;
}
