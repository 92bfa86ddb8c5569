/**
 * Areas framed in ways made up at random, and noise of several kinds, for the test and the bench of the proposer.
 * What varies: widths, byte order, units, whether a length counts its header, alignment, pads, terminators with rests
 * behind them that are not zero (the kernel does not clear them), a header in front; types in any numbers; which TLVs an
 * area has, and in which order; values as programs write them.
 */
import { createAreaScan, FAULT } from '#core/metadata/scan.ts';
import { readerOf } from '../measure.ts';
import type { AreaSample, Framing } from '../types.ts';

/** xorshift32: never 0. */
export function randomSource(seed: number): () => number {
  let x = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 0x1_0000_0000;
  };
}

type Random = () => number;

export interface MadeTlv {
  readonly type: number;
  readonly valueOffset: number;
  readonly valueLength: number;
}

export interface MadeAreas {
  readonly framing: Framing;
  readonly samples: readonly AreaSample[];
  /** What is in each area: what a right framing must read. */
  readonly tlvs: readonly (readonly MadeTlv[])[];
}

/** Longest area of the kernel, and of what is made here. */
const MAX_AREA_BYTES = 252;
const MAX_ALIGN_BYTES = 8;
/** Areas of the kernel are multiples of this (xdp_metalen_invalid). */
const AREA_UNIT_BYTES = 4;

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function randomFraming(random: Random): Framing {
  const typeBytes = pick(random, [1, 1, 2, 4] as const);
  const lengthBytes = pick(random, [1, 1, 2, 4] as const);
  const lengthUnit = pick(random, [1, 1, 4, 8] as const);
  // Mostly none or that of the unit in which lengths are counted.
  const other = pick(random, [2, 4, 8] as const);
  const align = pick(random, [1, 1, lengthUnit, other] as const);
  const marker = pick(random, ['pad', 'terminator', 'both', 'none'] as const);
  const ones = 2 ** (8 * typeBytes) - 1;
  const hasPad = typeBytes === 1 && (marker === 'pad' || marker === 'both');
  const pad = hasPad ? pick(random, [0, 0, 1, 0xff, 0x5a]) : undefined;
  const terminator =
    marker === 'terminator' || marker === 'both'
      ? pick(
          random,
          [0, ones, ones - 1].filter((t) => t !== pad),
        )
      : undefined;
  return {
    kind: 'tlv',
    start: pick(random, [0, 0, 0, 2, 4, 8, 12]),
    typeBytes,
    lengthBytes,
    endian: pick(random, ['little', 'big'] as const),
    lengthUnit,
    lengthIncludesHeader: random() < 0.4,
    align,
    ...(pad !== undefined && { pad }),
    ...(terminator !== undefined && { terminator }),
  };
}

interface MadeType {
  readonly type: number;
  /** Share of areas that have it. */
  readonly share: number;
  /** Next value, for area number `n`. */
  readonly value: (n: number) => Uint8Array;
}

function integer(value: bigint, bytes: number, little: boolean): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) out[little ? i : bytes - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return out;
}

function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

/** Values as programs write them; numbers in the byte order of the framing, addresses in network order. */
function valueMaker(random: Random, little: boolean): (n: number) => Uint8Array {
  const start = BigInt(whole(random, 0, 1_000_000));
  const host = whole(random, 1, 200);
  const count = whole(random, 2, 6);
  const text = pick(random, ['edge', 'cache-', 'pop.fra']);
  const makers: readonly ((n: number) => Uint8Array)[] = [
    (n) => integer(start + BigInt(n), 4, little),
    (n) => integer(start + BigInt(n), 8, little),
    (n) => integer(1_795_392_000_000_000_000n + BigInt(n) * 640_123n, 8, little),
    () => Uint8Array.of(10, 0, host, whole(random, 1, 20)),
    () => Uint8Array.of(2, 0, 0, 0, host, whole(random, 1, 8)),
    () => Uint8Array.of(whole(random, 0, count)),
    () => integer(BigInt(whole(random, 0, count)), 4, little),
    () => integer(BigInt(whole(random, 1024, 65_535)), 2, little),
    () => integer(BigInt(whole(random, 60, 1500)), 4, little),
    () => randomBytes(random, 8),
    () => randomBytes(random, 4),
    () => new TextEncoder().encode(`${text}${whole(random, 1, 12)}`),
    () => randomBytes(random, whole(random, 1, 12)),
    () => new Uint8Array(0),
  ];
  return pick(random, makers);
}

function makeTypes(random: Random, framing: Framing): MadeType[] {
  const most = Math.min(2 ** (8 * framing.typeBytes) - 1, pick(random, [16, 16, 255, 65_535, 0xffff_ffff]));
  const types = new Map<number, MadeType>();
  const count = whole(random, 3, 9);
  for (let i = 0; types.size < count; i++) {
    const type = most === 16 ? i : whole(random, 0, most);
    if (type === framing.pad || type === framing.terminator) continue;
    const share = pick(random, [1, 1, 0.7, 0.4, 0.1]);
    types.set(type, { type, share, value: valueMaker(random, framing.endian === 'little') });
  }
  return [...types.values()];
}

/** Fixed bytes of a header: a magic, a version, and a word that varies. */
function headerMaker(random: Random, bytes: number): () => Uint8Array {
  const fixed = randomBytes(random, bytes);
  return () => {
    const header = fixed.slice();
    if (bytes > 2) header[bytes - 1] = whole(random, 0, 3);
    return header;
  };
}

export function randomAreas(seed: number, count: number): MadeAreas {
  const random = randomSource(seed);
  const framing = randomFraming(random);
  const types = makeTypes(random, framing);
  const isShuffled = random() < 0.3;
  // Pads here and there, or those that align what follows, as NOP does in IPv4 options.
  const padTo = pick(random, [0, 4]);
  const headerBytes = headerMaker(random, framing.start ?? 0);
  const samples: AreaSample[] = [];
  const tlvs: MadeTlv[][] = [];
  for (let n = 0; samples.length < count; n++) {
    const wanted = types.filter(({ share }) => random() < share);
    if (wanted.length === 0) continue;
    if (isShuffled) wanted.sort(() => random() - 0.5);
    const made = area(random, framing, padTo, headerBytes(), wanted, n);
    samples.push({ bytes: made.bytes, packet: null });
    tlvs.push(made.tlvs);
  }
  return { framing, samples, tlvs };
}

function area(
  random: Random,
  framing: Framing,
  padTo: number,
  header: Uint8Array,
  types: readonly MadeType[],
  n: number,
): { bytes: Uint8Array; tlvs: MadeTlv[] } {
  const { typeBytes, lengthBytes, lengthUnit = 1, align = 1, pad } = framing;
  const little = framing.endian === 'little';
  const origin = header.length;
  const head = typeBytes + lengthBytes;
  const counted = framing.lengthIncludesHeader === true ? head : 0;
  const out = new Uint8Array(2 * MAX_AREA_BYTES);
  out.set(header);
  const tlvs: MadeTlv[] = [];
  let at = origin;
  let end = origin;
  for (const { type, value } of types) {
    const bytes = value(n);
    // A value is filled up with zeros until its length can be said in units.
    let valueLength = bytes.length;
    while ((valueLength + counted) % lengthUnit !== 0) valueLength++;
    const length = (valueLength + counted) / lengthUnit;
    if (length >= 2 ** (8 * lengthBytes) || at + head + valueLength + MAX_ALIGN_BYTES > MAX_AREA_BYTES)
      continue;
    out.set(integer(BigInt(type), typeBytes, little), at);
    out.set(integer(BigInt(length), lengthBytes, little), at + typeBytes);
    out.set(bytes, at + head);
    tlvs.push({ type, valueOffset: at + head, valueLength });
    end = at + head + valueLength;
    at = origin + roundUp(end - origin, align);
    if (pad === undefined) continue;
    // One here and there, or until what follows is at a multiple. Where TLVs are aligned, so is what is behind a pad.
    for (let pads = padTo === 0 ? Number(random() < 0.15) : padTo; pads > 0; pads--) {
      if (padTo !== 0 && at % padTo === 0) break;
      out[at] = pad;
      end = at + 1;
      at = origin + roundUp(end - origin, align);
    }
  }
  return { bytes: closed(random, framing, out, at, end), tlvs };
}

/** Fills the area up to a multiple of 4, by what its framing has for that; without any it ends where the TLVs do. */
function closed(
  random: Random,
  { align = 1, typeBytes, endian, pad, terminator }: Framing,
  out: Uint8Array,
  at: number,
  end: number,
): Uint8Array {
  if (terminator !== undefined) {
    const after = at + typeBytes;
    const length = roundUp(after, AREA_UNIT_BYTES);
    out.set(integer(BigInt(terminator), typeBytes, endian === 'little'), at);
    if (random() < 0.3) out.set(randomBytes(random, length - after), after);
    return out.slice(0, length);
  }
  if (pad !== undefined) {
    const length = roundUp(at, AREA_UNIT_BYTES);
    for (let next = at; next < length; next += align) out[next] = pad;
    return out.slice(0, length);
  }
  return out.slice(0, align >= AREA_UNIT_BYTES ? at : end);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

export const NOISE_KINDS = [
  'uniform',
  'uniform, one length',
  'few values',
  'text',
  'shuffled areas',
] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

/** Bytes without structure, with the lengths or the frequencies of areas that have some. */
export function noise(kind: NoiseKind, seed: number, count: number): AreaSample[] {
  const random = randomSource(seed);
  const length = (): number => 4 * whole(random, 2, 16);
  const of = (bytes: number, next: () => number): AreaSample => ({
    bytes: Uint8Array.from({ length: bytes }, next),
    packet: null,
  });
  const any = (): number => Math.floor(random() * 256);
  const few = (): number => Math.min(255, Math.floor(-8 * Math.log(1 - random())));
  const letters = (): number => 97 + Math.floor(26 * random() * random());
  switch (kind) {
    case 'uniform':
      return Array.from({ length: count }, () => of(length(), any));
    case 'uniform, one length':
      return Array.from({ length: count }, () => of(32, any));
    case 'few values':
      return Array.from({ length: count }, () => of(length(), few));
    case 'text':
      return Array.from({ length: count }, () => of(length(), letters));
    case 'shuffled areas':
      return randomAreas(seed, count).samples.map(({ bytes }) => {
        const shuffled = bytes.slice();
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = Math.floor(random() * (i + 1));
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        return { bytes: shuffled, packet: null };
      });
  }
}

const scan = createAreaScan();

/** Whether a framing reads every area into exactly the TLVs that are in it: type, place and length of each value. */
export function readsAsMade(framing: Framing, { samples, tlvs }: MadeAreas): boolean {
  const decoder = readerOf(framing);
  return samples.every(({ bytes }, n) => {
    decoder.scan(bytes, 0, bytes.length, scan);
    const wanted = tlvs[n]!;
    if (scan.fault !== FAULT.none || scan.count !== wanted.length) return false;
    return wanted.every(
      ({ type, valueOffset, valueLength }, i) =>
        type === scan.type[i] && valueOffset === scan.valueOffset[i] && valueLength === scan.valueLength[i],
    );
  });
}
