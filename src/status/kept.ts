/** What a capture holds when it was not asked for everything, in words. Pure. */
import type { CaptureFilter, Kept, Update } from '#workers/api.ts';
import { printBytes, printCount, printMany } from '#src/list/print.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** `udp port 4789, 1 in 10 journeys`; null when nothing was left out on purpose. Devices are told elsewhere. */
export function keptText(filter: CaptureFilter | null): string | null {
  if (filter === null) return null;
  const { expression, mark, hasMetadata, tlv, sample, rate, trigger } = filter;
  const parts = [
    expression ?? '',
    mark === null ? '' : `mark ${hex(mark.value)} of bits ${hex(mark.mask)}`,
    hasMetadata ? 'with metadata' : '',
    ...tlv.map(({ type, value }) => `TLV ${type}${value === null ? '' : ` = ${value}`}`),
    sample === null ? '' : `1 in ${printCount(sample)} journeys`,
    rate === null ? '' : `at most ${printCount(rate)} events/s`,
    trigger === null
      ? ''
      : `${printMany(trigger.before, 'journey')} before and ${printCount(trigger.after)} after ${trigger.condition}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(', ');
}

/** `; triggered by journey 7: metadata lost at eth0:tcx/ingress@last`; '' when no trigger has fired. */
export function firedText(fired: Update['fired']): string {
  if (fired === null) return '';
  const { count, last } = fired;
  const times = count === 1 ? '' : ` (${printCount(count)} times, this the last)`;
  return `; triggered by journey ${last.journey}: ${last.text}${times}`;
}

/** `packets: 1.1 GB of 1.1 GB kept here, 300 MB older only at the agent`; null when it is no live capture. */
export function keptHereText(kept: Kept | null): string | null {
  if (kept === null) return null;
  const here = `packets: ${printBytes(kept.bytes)} of ${printBytes(kept.limitBytes)} kept here`;
  return kept.droppedBytes === 0 ? here : `${here}, ${printBytes(kept.droppedBytes)} older only at the agent`;
}
