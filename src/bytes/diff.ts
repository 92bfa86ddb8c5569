/** Bytes of one hop or packet against those of another. Pure. */
import { printMany } from '#src/list/print.ts';
import { byteHex } from './hex.ts';

export interface Difference {
  /** Offset in the bytes on screen. */
  readonly at: number;
  /** null = the other has none there. */
  readonly was: number | null;
  readonly is: number;
}

export interface BytesDiff {
  readonly differences: readonly Difference[];
  /** Bytes of the other that have no counterpart here. */
  readonly missing: number;
}

/**
 * Both end at the same place: metadata grows to the front, and so does a packet that a header is put in front of.
 */
export function diffBytes(is: Uint8Array, was: Uint8Array): BytesDiff {
  const shift = was.length - is.length;
  const differences: Difference[] = [];
  for (let at = 0; at < is.length; at++) {
    const other = at + shift < 0 ? null : was[at + shift]!;
    if (other !== is[at]) differences.push({ at, was: other, is: is[at]! });
  }
  return { differences, missing: Math.max(0, shift) };
}

const MAX_TOLD = 4;

/** `2 bytes differ: @14 51 → 00, @15 52 → 00` */
export function diffText({ differences, missing }: BytesDiff): string {
  if (differences.length === 0 && missing === 0) return 'no byte differs';
  const told = differences
    .slice(0, MAX_TOLD)
    .map(({ at, was, is }) => `@${at} ${was === null ? '–' : byteHex(was)} → ${byteHex(is)}`);
  const more = differences.length - told.length;
  const head =
    differences.length === 0
      ? []
      : [
          `${printMany(differences.length, 'byte differs', 'bytes differ')}: ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        ];
  return [
    ...head,
    ...(missing > 0 ? [`${printMany(missing, 'byte')} in front ${missing === 1 ? 'is' : 'are'} gone`] : []),
  ].join('; ');
}
