/** The report of one journey: its drop, what came to its metadata, its hops. Pure. */
import { printCount, printMany } from '#src/list/print.ts';
import type { Fates, Hop, JourneyDetail, JourneyHop } from '#workers/api.ts';
import { apart, bullets, capital, causeText, code, harmText, hopText, instant, plain } from './words.ts';

/** Of a journey with more of them the others are counted. */
const MAX_HOPS = 40;
const HARM: ReadonlySet<JourneyHop['state']> = new Set(['lost', 'clobbered', 'suspect', 'unreadable']);

/** Something that happened at a hop of the journey. */
interface Happening {
  /** Index into its hops. */
  readonly at: number;
  /** `Dropped: NO_SOCKET`, `Metadata lost`. */
  readonly what: string;
  /** How often, in the whole capture, and when first. */
  readonly often: string;
  readonly since: string;
  readonly cause: string;
  readonly evidence: string;
}

/** `whole`: of all journeys of the capture. */
export function journeyReport(detail: JourneyDetail, whole: Fates, hops: readonly Hop[]): string {
  const happened = detail.hops.flatMap((hop, at) => [
    ...(hop.drop === '' ? [] : [dropAt(detail, at, whole)]),
    ...harmAt(detail, at, whole),
  ]);
  const [first] = detail.hops;
  const last = detail.hops.at(-1);
  if (first === undefined || last === undefined) return '';
  const place = (at: number): string => hopText(hops, detail.hops[at]!.hop);
  const nothing = '_Nothing was observed to go wrong._';
  const isHarmed = happened.some(({ at }) => HARM.has(detail.hops[at]!.state));
  const fate = isHarmed || detail.diagnosis === '' ? [] : [plain(detail.diagnosis)];
  const each = (line: (one: Happening) => string): string =>
    happened.length === 0 ? nothing : bullets(happened.map(line));
  return [
    '## What',
    `Journey ${detail.id}: ${detail.protocol} ${detail.source} to ${detail.destination}, seen at ${printMany(detail.hops.length, 'hop')} within ${apart(first.timeNs, last.timeNs)}.`,
    each(({ what, often }) => `${what}. ${often}`.trim()),
    ...fate,
    '## Since when',
    `First seen at ${instant(first.timeNs)}.`,
    ...(happened.length === 0
      ? []
      : [
          each(({ at, what, since }) => {
            const { timeNs } = detail.hops[at]!;
            return `${what} at ${instant(timeNs)}, ${apart(first.timeNs, timeNs)} later. ${since}`.trim();
          }),
        ]),
    '## Where',
    happened.length === 0
      ? `From ${place(0)} to ${place(detail.hops.length - 1)}.`
      : each(({ at, what }) => `${what} at ${place(at)}${at === 0 ? '' : `, after ${place(at - 1)}`}.`),
    '## By which cause',
    each(({ what, cause }) => `${what}: ${cause}.`),
    '## Evidence',
    ...happened.filter(({ evidence }) => evidence !== '').map(({ evidence }) => plain(evidence)),
    hopList(detail, place),
  ].join('\n\n');
}

function dropAt(detail: JourneyDetail, at: number, whole: Fates): Happening {
  const { drop: reason, task } = detail.hops[at]!;
  const same = whole.drops.filter((row) => row.reason === reason);
  const first = same
    .filter(({ firstNs }) => firstNs !== '')
    .sort((a, b) => (BigInt(a.firstNs) < BigInt(b.firstNs) ? -1 : 1))[0];
  const count = same.reduce((sum, row) => sum + row.journeys, 0);
  return {
    at,
    what: 'Dropped',
    often: `Reason ${code(reason)}: ${printCount(count)} of ${printMany(whole.journeys, 'journey')} in the capture were dropped for it.`,
    since:
      first === undefined ? '' : sinceText(detail, 'drop with this reason', first.exampleId, first.firstNs),
    cause: `the kernel’s reason is ${code(reason)}`,
    evidence: task === '' ? '' : `The drop was in the context of ${task}.`,
  };
}

function harmAt(detail: JourneyDetail, at: number, whole: Fates): readonly Happening[] {
  const hop = detail.hops[at]!;
  const isHarm = HARM.has(hop.state);
  const gone = detail.rows.filter(({ cells }) => {
    const state = cells[at]?.state;
    return state === 'lost' || (isHarm && (state === 'changed' || state === 'unreadable'));
  });
  if (!isHarm && (hop.state !== 'changed' || gone.length === 0)) return [];
  // That of the area, which stands in front of those of its TLVs.
  const row = whole.losses.rows.find(
    ({ hop: index, state, cause }) => index === hop.hop && state === hop.state && cause === hop.cause.name,
  );
  const names = gone.map(({ name, type }) => code(name || `type ${type}`)).join(', ');
  const writer = hop.writer === '' ? '' : `, ${plain(hop.writer)}`;
  return [
    {
      at,
      what: capital(harmText(hop.state)),
      often: [
        names === '' ? '' : `TLVs: ${names}.`,
        row === undefined
          ? ''
          : `As in ${printCount(row.journeys)} of ${printMany(row.arrived, 'journey')} that came there with metadata.`,
      ]
        .filter((text) => text !== '')
        .join(' '),
      since: row === undefined ? '' : sinceText(detail, 'such case there', row.exampleId, row.firstNs),
      cause: `${causeText(hop.cause)}${writer}`,
      evidence: hop.cause.evidence,
    },
  ];
}

function sinceText(detail: JourneyDetail, what: string, exampleId: string, firstNs: string): string {
  return exampleId === detail.id
    ? `It is the first ${what}.`
    : `The first ${what}: ${instant(firstNs)}, journey ${exampleId}.`;
}

/** Every hop with what happened there. */
function hopList({ hops, omitted }: JourneyDetail, place: (at: number) => string): string {
  const lines = hops.slice(0, MAX_HOPS).map((hop, at) => {
    const state = hop.state === 'none' || hop.state === 'present' ? '' : `metadata ${hop.state}`;
    const told = [
      at === 0 ? '' : `+${apart(hops[0]!.timeNs, hop.timeNs)}`,
      state,
      hop.drop === '' ? '' : `dropped: ${hop.drop}`,
    ].filter((text) => text !== '');
    return `${at + 1}. ${[place(at), ...told].join(', ')}`;
  });
  const more = hops.length - lines.length + omitted;
  return [...lines, ...(more > 0 ? [`${lines.length + 1}. and ${more} more`] : [])].join('\n');
}
