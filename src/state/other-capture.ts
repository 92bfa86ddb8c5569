/** The capture that a link names, held against the one that is open: what differs, and what of the link is not found. */
import type { Problem } from '#core/pcapng/types.ts';
import { printMany } from '#src/list/print.ts';
import type { FilterError, Update, WhitherWorker } from '#workers/api.ts';
import { hopOfKey } from './hop-key.ts';
import { printJourneyId } from './link-journeys.ts';
import type { CaptureRef, FileRef, LinkState } from './link-state.ts';
import { printTime } from './link-view.ts';
import { captureRefOf, captureText, filesText } from './named-capture.ts';

/** Of what is open, a link that was made for `meant`. What is found here is in force, but for a filter that cannot be asked. */
export async function otherCapture(
  api: WhitherWorker,
  link: LinkState,
  meant: CaptureRef,
  update: Update,
): Promise<Problem> {
  const told = restOf(await missingOf(api, link, update), await faultOf(api, link));
  if (link.files.length > 0) return otherFiles(link.files, told, update);
  const open = captureRefOf(update);
  const these = open === null || captureText(open) === captureText(meant) ? 'this one' : captureText(open);
  return {
    code: 'other-capture',
    offset: 0,
    cause: `This link was made for another capture: ${captureText(meant)}, not ${these}.`,
    remedy: told === '' ? 'All that it names is here as well, but may be something else.' : told,
    fatal: false,
  };
}

/** Of a link that was made for several files: which of them are not open, under whatever name. */
function otherFiles(meant: readonly FileRef[], rest: string, update: Update): Problem {
  const open = new Set([update.digest, ...update.files.map(({ digest }) => digest)]);
  const absent = meant.filter(({ digest }) => !open.has(digest));
  const what =
    absent.length === 0
      ? 'they are here, but not alone'
      : `${filesText(absent)} ${absent.length === 1 ? 'is' : 'are'} not here`;
  return {
    code: 'other-capture',
    offset: 0,
    cause: `This link is about ${filesText(meant)} together: ${what}.`,
    remedy: `Drop all of them on the page at once. ${rest}`.trim(),
    fatal: false,
  };
}

/** Why the filter of a link cannot be asked of what is open; null: it can. */
async function faultOf(api: WhitherWorker, { where }: LinkState): Promise<FilterError | null> {
  return where === '' ? null : api.checkFilter(where);
}

/** What of a link is not in force; '' = all of it is. */
function restOf(missing: readonly string[], fault: FilterError | null): string {
  if (missing.length === 0 && fault === null) return '';
  return [
    ...(missing.length === 0 ? [] : [`Not here: ${missing.join(', ')}.`]),
    ...(fault === null ? [] : [`Its filter is not in force: ${fault.cause}`]),
    'The rest of it is in force.',
  ].join(' ');
}

/** By the filter language, which is loaded for it. */
async function tlvsOf({ where, compare, columns, sort, group }: LinkState): Promise<readonly string[]> {
  const { namedFields } = await import('#core/query/named-fields.ts');
  const named = [where, compare?.a ?? '', compare?.b ?? ''].flatMap((text) => [...namedFields(text)]);
  const fields = [sort?.field ?? '', group, ...(columns ?? []).map(({ name }) => name), ...named];
  return [...new Set(fields.filter((name) => name.startsWith('tlv.')))];
}

/** What the link names and the capture has not, in words. */
async function missingOf(api: WhitherWorker, link: LinkState, update: Update): Promise<readonly string[]> {
  const { journey, run, hop, pair, marks, time } = link;
  const missing: string[] = [];
  if (journey !== null && (await api.journeyOf(journey.hi, journey.lo, run)) < 0)
    missing.push(`journey ${printJourneyId(journey)}`);
  const hops = [...new Set([...(hop === null ? [] : [hop]), ...(pair === null ? [] : [pair.from, pair.to])])];
  for (const name of hops) if (hopOfKey(update.hops, name) === null) missing.push(`hop ${name}`);
  const found = await Promise.all(marks.map(({ id, run: of }) => api.journeyOf(id.hi, id.lo, of)));
  const unfound = found.filter((one) => one < 0).length;
  if (unfound > 0) missing.push(printMany(unfound, 'marked journey'));
  if (time !== null && !overlaps(time, update)) missing.push(`any event in ${printTime(time)}`);
  const tlvs = await tlvsOf(link);
  if (tlvs.length === 0) return missing;
  const fields = new Set((await api.fields()).map(({ name }) => name));
  return [...missing, ...tlvs.filter((tlv) => !fields.has(tlv))];
}

function overlaps(time: { readonly fromNs: string; readonly toNs: string }, update: Update): boolean {
  const { startNs, endNs } = update.timeline;
  return update.events > 0 && BigInt(time.fromNs) <= BigInt(endNs) && BigInt(time.toNs) >= BigInt(startNs);
}
