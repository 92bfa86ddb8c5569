/** The parts of the filter that are clicked, not written, in words: hop, metadata, harm, time. Pure. */
import type { ListFilter } from '#workers/api.ts';
import { printDuration } from '#core/query/values.ts';

/**
 * `seen at tcx ingress, first, with metadata there, in 14s..15s there`; '' = none is in force. All parts hold at the hop, where
 * there is one; times count from `startNs`, that of the first event.
 */
export function clickedWords(
  { hop, metadata, harm, time }: Pick<ListFilter, 'hop' | 'metadata' | 'harm' | 'time'>,
  nameOf: (hop: number) => string,
  startNs: string,
): string {
  const there = hop === null ? '' : ' there';
  const parts: string[] = [];
  if (hop !== null) parts.push(`seen at ${nameOf(hop)}`);
  if (metadata === 'with') parts.push(`with metadata${there}`);
  if (metadata === 'without') parts.push(`without metadata${there}`);
  if (harm !== null) parts.push(`with metadata ${harm}${there}`);
  if (time !== null) {
    const since = (ns: string): string => printDuration(Number(BigInt(ns) - BigInt(startNs)));
    parts.push(`with an event${there} from ${since(time.fromNs)} to ${since(time.toNs)}`);
  }
  return parts.join(', ');
}

/** All of the filter as one sentence: what is clicked, and what `written` says; '' = nothing is asked. */
export function wholeSentence(clicked: string, written: string | null): string {
  if (written === null) return clicked === '' ? '' : `Journeys ${clicked}`;
  return clicked === '' ? `Journeys where ${written}` : `Journeys ${clicked}, and where ${written}`;
}
