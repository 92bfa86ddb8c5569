/** Pairs that people compare, as sides of the path. Pure. */
import type { Comparison } from '#src/state/link-state.ts';
import type { Hop } from '#workers/api.ts';
import { INTACT_OR_HARMED, recordingPairs } from './sides.ts';

export interface Preset {
  readonly name: string;
  readonly compare: Comparison;
}

interface Known {
  readonly names: readonly string[];
  /** Of the capture, Unix ns. */
  readonly startNs: string;
  readonly endNs: string;
  readonly filtered: boolean;
  readonly hops: readonly Hop[];
}

const MAX_TLVS = 4;

export function presetsFor({ names, startNs, endNs, filtered, hops }: Known): readonly Preset[] {
  const half = (BigInt(endNs) - BigInt(startNs)) / 2000n;
  const tlvs = names.filter((name) => /^\w+$/.test(name)).slice(0, MAX_TLVS);
  return [
    ...recordingPairs('file', hops),
    ...recordingPairs('host', hops),
    ...(filtered ? [{ name: 'The filter and the rest', compare: { a: null, b: null } }] : []),
    { name: 'Intact and damaged', compare: INTACT_OR_HARMED },
    ...(half > 0n
      ? // By when journeys began: one that goes on into the second half is in one of them, too.
        [{ name: 'First and second half', compare: { a: `time < ${half}us`, b: null } }]
      : []),
    ...tlvs.map((name) => ({ name: `With and without ${name}`, compare: { a: `tlv.${name}`, b: null } })),
    { name: 'Delivered and dropped', compare: { a: '!drop', b: 'drop' } },
  ];
}
