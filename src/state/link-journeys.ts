/** The words of a link that name journeys: `journey`, `at`, `mark`. Junk becomes null, or is not among them. */
import { MAX_JOURNEY_EVENTS } from '#workers/api.ts';
import { MAX_MARKS, type JourneyId, type MarkRef } from './link-state.ts';

const JOURNEY_ID = /^\d{1,20}$/;
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

/** `ID` or `ID@RUN`; a run that is none is left out. */
export function parseJourney(text: string | null): MarkRef | null {
  const [idText = '', run = ''] = (text ?? '').split('@', 2);
  const id = parseJourneyId(idText);
  return id === null ? null : { id, run: RUN.test(run) ? run : '' };
}

export function printJourney({ id, run }: MarkRef): string {
  return run === '' ? printJourneyId(id) : `${printJourneyId(id)}@${run}`;
}

export function parsePosition(text: string | null): number | null {
  if (text === null || !/^\d{1,3}$/.test(text)) return null;
  const at = Number(text);
  return at < MAX_JOURNEY_EVENTS ? at : null;
}

/** Of at most MAX_MARKS journeys, each once. */
export function parseMarks(texts: readonly string[]): readonly MarkRef[] {
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
export function printMarks(marks: readonly MarkRef[]): readonly string[] {
  const texts: { readonly run: string; readonly ids: string[] }[] = [];
  for (const { id, run } of marks) {
    const last = texts.at(-1);
    if (last?.run === run) last.ids.push(printJourneyId(id));
    else texts.push({ run, ids: [printJourneyId(id)] });
  }
  return texts.map(({ run, ids }) => (run === '' ? ids.join('.') : `${ids.join('.')}@${run}`));
}
