/** The framings that are tried: every one that a schema can say within these bounds. */
import { createAreaScan, FAULT, readUint } from '#core/metadata/scan.ts';
import { readerOf } from './measure.ts';
import type { AreaSample, Framing } from './types.ts';

/** A header in front of the first TLV: every offset up to here, then multiples of 4. */
const MAX_ANY_START = 16;
const MAX_START = 64;
const WIDTHS = [1, 2, 4] as const;
/** NOP of IPv4 and TCP, zero, and all ones; what areas stop at is tried as well. */
const USUAL_PADS = [0, 1, 0xff] as const;
/** Of what areas stop at: as many different types, each in at least this share of the areas. */
const MAX_STOPS = 3;
const MIN_STOP_SHARE = 0.05;

export const STARTS: readonly number[] = [
  ...Array.from({ length: MAX_ANY_START + 1 }, (_, i) => i),
  ...Array.from({ length: (MAX_START - MAX_ANY_START) / 4 }, (_, i) => MAX_ANY_START + 4 * (i + 1)),
];

/** Framings without pad and terminator. Byte order is left out where type and length are single bytes. */
export function* baseFramings(): Generator<Framing> {
  for (const start of STARTS) {
    for (const typeBytes of WIDTHS) {
      for (const lengthBytes of WIDTHS) {
        for (const endian of typeBytes + lengthBytes === 2
          ? (['little'] as const)
          : (['little', 'big'] as const)) {
          for (const lengthUnit of [1, 4, 8] as const) {
            for (const lengthIncludesHeader of [false, true]) {
              for (const align of [1, 2, 4, 8] as const) {
                yield {
                  kind: 'tlv',
                  start,
                  typeBytes,
                  lengthBytes,
                  endian,
                  lengthUnit,
                  lengthIncludesHeader,
                  align,
                };
              }
            }
          }
        }
      }
    }
  }
}

/** The same with every pad and terminator that may be meant, itself first. */
export function* withMarkers(base: Framing, areas: readonly AreaSample[]): Generator<Framing> {
  yield* withTerminators(base, areas);
  if (base.typeBytes !== 1) return;
  for (const pad of new Set([...USUAL_PADS, ...stopTypes(base, areas)])) {
    yield* withTerminators({ ...base, pad }, areas);
  }
}

function* withTerminators(base: Framing, areas: readonly AreaSample[]): Generator<Framing> {
  yield base;
  const ones = 2 ** (8 * base.typeBytes) - 1;
  for (const terminator of new Set([0, ones, ...stopTypes(base, areas)])) {
    if (terminator !== base.pad) yield { ...base, terminator };
  }
}

const scan = createAreaScan();

/**
 * Types at which reading most often stops, or behind which everything is zero: they may be a pad or a terminator
 * that the framing does not have.
 */
function stopTypes(framing: Framing, areas: readonly AreaSample[]): number[] {
  const { typeBytes } = framing;
  const decoder = readerOf(framing);
  const counts = new Map<number, number>();
  for (const { bytes } of areas) {
    decoder.scan(bytes, 0, bytes.length, scan);
    const at = scan.fault === FAULT.none ? zeroRest(bytes, typeBytes) : scan.faultOffset;
    if (at < 0 || at + typeBytes > bytes.length) continue;
    const type = readUint(bytes, at, typeBytes, framing.endian === 'little');
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= MIN_STOP_SHARE * areas.length)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_STOPS)
    .map(([type]) => type);
}

/** Offset of the first TLV of `scan` behind whose type all is zero; -1 = there is none. */
function zeroRest(bytes: Uint8Array, typeBytes: number): number {
  let zerosFrom = bytes.length;
  while (zerosFrom > 0 && bytes[zerosFrom - 1] === 0) zerosFrom--;
  for (let i = 0; i < scan.count; i++) {
    if (scan.offset[i]! + typeBytes >= zerosFrom) return scan.offset[i]!;
  }
  return -1;
}

/** Bits of type and length width together: those that formats mostly have cost the least. */
const WIDTH_BITS: Readonly<Record<string, number>> = {
  '1/1': 1,
  '1/2': 2,
  '2/2': 2,
  '2/1': 4,
  '4/4': 3,
  '1/4': 5,
  '4/1': 6,
  '2/4': 5,
  '4/2': 5,
};

/** Bits that saying the framing itself takes: the longer its description, the more it must explain. */
export function framingBits(framing: Framing): number {
  const { start = 0, typeBytes, lengthBytes, lengthUnit = 1, align = 1, pad, terminator } = framing;
  let bits = WIDTH_BITS[`${typeBytes}/${lengthBytes}`]! + 1;
  bits += start === 0 ? 1 : 3 + Math.log2(start) + (start % 4 === 0 ? 0 : 2);
  bits += lengthUnit === 1 ? 1 : 3;
  bits += framing.lengthIncludesHeader === true ? 2 : 1;
  bits += align === 1 ? 1 : align === 4 ? 2 : 3;
  bits += markerBits(pad, typeBytes) + markerBits(terminator, typeBytes);
  return bits;
}

function markerBits(marker: number | undefined, typeBytes: number): number {
  if (marker === undefined) return 1;
  return marker === 0 || marker === 2 ** (8 * typeBytes) - 1 ? 3 : 14;
}
