/** What areas cost to describe by a framing, and how they read by it. */
import {
  compileSchema,
  createAreaScan,
  FAULT,
  readUint,
  type AreaDecoder,
  type AreaScan,
} from '#core/metadata/scan.ts';
import { ByteContexts, LENGTH_BITS, numberBits, SymbolContexts } from './code-length.ts';
import type { AreaSample, Framing } from './types.ts';

export interface Measured {
  readonly bits: number;
  readonly exact: number;
  readonly tlvs: number;
  /** Bytes of TLVs in areas that read exactly. */
  readonly covered: number;
  /** Equal for framings that read every area into the same TLVs: type, place and length of each. */
  readonly signature: string;
}

/** Place and length in one number: areas are shorter than this. */
const SLOT_LENGTHS = 4096;
const SEVERAL_SLOTS = 0;

/** No type: types are unsigned. */
const SYMBOL = { start: -1, pad: -2, terminator: -3, end: -4 } as const;
const ONLY = 0;
/** In the place of a type: the length of an area that does not read. */
const UNREAD = -1;
/** Lengths that values of C have; others, and none at all, are less likely. Counted in units every length is rounded. */
const NATURAL_LENGTHS: ReadonlySet<number> = new Set([1, 2, 4, 6, 8, 16]);
const NATURAL_BITS = 3;
const EMPTY_BITS = 5;
const OTHER_BITS = 6;

/** A schema without types, for reading by a framing alone. */
export function readerOf(framing: Framing): AreaDecoder {
  return compileSchema({ whither: 2, name: 'proposed', framing, types: [] });
}

/** Measures one framing after the other with the same memory. */
export class Meter {
  readonly #bytes = new ByteContexts();
  readonly #follows = new SymbolContexts();
  readonly #types = new SymbolContexts();
  readonly #lengths = new SymbolContexts();
  readonly #flags = new SymbolContexts();
  readonly #scan = createAreaScan();
  /** Type → place and length of its values as a negative number, or SEVERAL_SLOTS. */
  readonly #slots = new Map<number, number>();
  /** Type, or slot → context of each byte of its values, counted from their start. */
  readonly #values = new Map<number, number[]>();
  /** Contexts of what alignment leaves out, which is mostly zero, and of what is behind a terminator, which may be anything. */
  #gap = -1;
  #rest = -1;
  /** Bits of a type that was not seen before, at most. */
  #typeBits = 0;
  #hashA = 0;
  #hashB = 0;
  #previous: number = SYMBOL.start;

  measure(areas: readonly AreaSample[], framing: Framing): Measured {
    for (const part of [this.#bytes, this.#follows, this.#types, this.#lengths, this.#flags]) part.reset();
    this.#values.clear();
    this.#typeBits = 8 * framing.typeBytes + 1;
    this.#hashA = 0x811c9dc5;
    this.#hashB = 0x9747b28c;
    this.#gap = this.#bytes.open(1);
    this.#rest = this.#bytes.open(1);
    const unread = this.#bytes.open(1);
    const header = this.#bytes.open(framing.start ?? 0);
    const decoder = readerOf(framing);
    const scan = this.#scan;
    this.#findSlots(areas, decoder);
    let exact = 0;
    let tlvs = 0;
    let covered = 0;
    for (const { bytes } of areas) {
      decoder.scan(bytes, 0, bytes.length, scan);
      const isExact = scan.fault === FAULT.none;
      this.#flags.add(ONLY, isExact ? 1 : 0, 1);
      this.#hash(isExact ? scan.count : -1);
      if (!isExact) {
        this.#lengths.add(UNREAD, bytes.length, LENGTH_BITS);
        for (const byte of bytes) this.#bytes.add(unread, byte);
        continue;
      }
      exact++;
      tlvs += scan.count;
      covered += this.#area(bytes, scan, framing, header);
    }
    const bits =
      this.#bytes.bits() +
      this.#follows.bits() +
      this.#types.bits() +
      this.#lengths.bits() +
      this.#flags.bits();
    const signature = `${this.#hashA.toString(16)}.${this.#hashB.toString(16)}`;
    return { bits, exact, tlvs, covered, signature };
  }

  /**
   * Types that are always at one place with one length. What is different about the values of two such types at the
   * same place is no effect of framing: any byte of a struct, taken for a type, predicts others that go with it. They
   * share their contexts.
   */
  #findSlots(areas: readonly AreaSample[], decoder: AreaDecoder): void {
    const scan = this.#scan;
    this.#slots.clear();
    for (const { bytes } of areas) {
      decoder.scan(bytes, 0, bytes.length, scan);
      if (scan.fault !== FAULT.none) continue;
      for (let i = 0; i < scan.count; i++) {
        const type = scan.type[i]!;
        const slot = -1 - (scan.valueOffset[i]! * SLOT_LENGTHS + scan.valueLength[i]!);
        const known = this.#slots.get(type);
        if (known === undefined) this.#slots.set(type, slot);
        else if (known !== slot) this.#slots.set(type, SEVERAL_SLOTS);
      }
    }
  }

  /** An area that reads exactly; returns how many of its bytes are TLVs. */
  #area(bytes: Uint8Array, scan: AreaScan, framing: Framing, header: number): number {
    const first = Math.min(framing.start ?? 0, bytes.length);
    for (let at = 0; at < first; at++) this.#bytes.add(header < 0 ? -1 : header + at, bytes[at]!);
    this.#previous = SYMBOL.start;
    let at = first;
    let covered = 0;
    for (let i = 0; i < scan.count; i++) {
      this.#between(bytes, at, scan.offset[i]!, framing.pad);
      this.#tlv(bytes, scan, i, framing.lengthUnit ?? 1);
      covered += scan.length[i]!;
      at = scan.offset[i]! + scan.length[i]!;
    }
    const terminatorAt = scan.end - framing.typeBytes;
    const ends =
      framing.terminator !== undefined &&
      terminatorAt >= at &&
      readUint(bytes, terminatorAt, framing.typeBytes, framing.endian === 'little') === framing.terminator;
    this.#between(bytes, at, ends ? terminatorAt : scan.end, framing.pad);
    if (ends) this.#symbol(SYMBOL.terminator, framing.terminator);
    else this.#symbol(SYMBOL.end, 0);
    for (let tail = scan.end; tail < bytes.length; tail++) this.#bytes.add(this.#rest, bytes[tail]!);
    return covered;
  }

  /** Pads, and what alignment leaves out. */
  #between(bytes: Uint8Array, from: number, to: number, pad: number | undefined): void {
    for (let at = from; at < to; at++) {
      if (bytes[at] === pad) this.#symbol(SYMBOL.pad, bytes[at]!);
      else this.#bytes.add(this.#gap, bytes[at]!);
    }
  }

  #tlv(bytes: Uint8Array, scan: AreaScan, i: number, unit: number): void {
    const type = scan.type[i]!;
    const length = scan.valueLength[i]!;
    const at = scan.valueOffset[i]!;
    this.#symbol(type, type);
    this.#lengths.add(type, length, unit === 1 ? lengthBits(length) : numberBits(length / unit));
    const slot = this.#slots.get(type)!;
    const key = slot === SEVERAL_SLOTS ? type : slot;
    let contexts = this.#values.get(key);
    if (contexts === undefined) this.#values.set(key, (contexts = []));
    while (contexts.length < length) contexts.push(this.#bytes.open(1));
    for (let b = 0; b < length; b++) this.#bytes.add(contexts[b]!, bytes[at + b]!);
    this.#hash(type);
    this.#hash(at);
    this.#hash(length);
  }

  /** A type, pad or terminator behind the one before it. `value`: what its field holds. */
  #symbol(symbol: number, value: number): void {
    if (!this.#follows.add(this.#previous, symbol, 0)) {
      this.#types.add(ONLY, symbol, Math.min(numberBits(value), this.#typeBits));
    }
    this.#previous = symbol;
  }

  #hash(value: number): void {
    this.#hashA = Math.imul(this.#hashA ^ value, 0x01000193) >>> 0;
    this.#hashB = (Math.imul(this.#hashB ^ value, 0x5bd1e995) + (this.#hashB >>> 15)) >>> 0;
  }
}

function lengthBits(length: number): number {
  if (NATURAL_LENGTHS.has(length)) return NATURAL_BITS;
  return length === 0 ? EMPTY_BITS : OTHER_BITS + Math.log2(length);
}
