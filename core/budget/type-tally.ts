/** One type over all packets: how often, how long, how many different values. */
import type { AreaDecoder, AreaScan } from '#core/metadata/scan.ts';
import { printType, typeWidth } from '#core/metadata/type-number.ts';
import type { TlvType } from '#core/metadata/types.ts';
import { MAX_INTEGER_BYTES } from '#core/metadata/value.ts';
import type { BudgetType } from './types.ts';

/** Different values of one type that are told apart; more are many. */
export const MAX_DISTINCT = 1 << 16;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const SECOND_SEED = 0x9747b28c;

export class TypeTally {
  readonly type: number;
  readonly name: string;
  /** As people write it: its name, or `type 9`. */
  readonly subject: string;
  private readonly known: TlvType | null;
  private readonly little: boolean;
  packets = 0;
  occurrences = 0;
  valueBytes = 0;
  bytes = 0;
  /** Of the value's bytes, most. */
  longest = 0;
  needed = 0;
  private readonly seen = new Set<number>();
  /** Packets when the last value that could be told apart came. */
  private countedPackets = 0;
  /** The journey that last had it. */
  private journey = -1;

  constructor({ schema }: AreaDecoder, type: number, column: number) {
    this.known = schema.types[column] ?? null;
    this.type = type;
    this.name = this.known?.name ?? '';
    this.subject = this.name || `type ${printType(type, typeWidth(schema.framing))}`;
    this.little = (this.known?.endian ?? schema.framing.endian) === 'little';
  }

  /** TLV `i` of `scan`, of an area of `journey` that begins at `start` of `buf`. A type that is there twice counts once as a packet. */
  add(scan: AreaScan, i: number, buf: Uint8Array, start: number, journey: number): void {
    const length = scan.valueLength[i]!;
    const at = start + scan.valueOffset[i]!;
    this.occurrences++;
    this.valueBytes += length;
    this.bytes += scan.length[i]!;
    this.longest = Math.max(this.longest, length);
    if (journey === this.journey) return;
    this.journey = journey;
    this.packets++;
    this.needed = Math.max(this.needed, significant(buf, at, length, this.little));
    if (this.seen.size === MAX_DISTINCT) return;
    this.countedPackets = this.packets;
    this.seen.add(hash(buf, at, length));
  }

  get isCounted(): boolean {
    return this.seen.size < MAX_DISTINCT;
  }

  get distinct(): number {
    return this.seen.size;
  }

  /** Share of packets whose value no other has, among those that were counted. */
  get uniqueness(): number {
    return this.countedPackets === 0 ? 0 : this.seen.size / this.countedPackets;
  }

  /** Whether its value is a number that could be narrower. */
  get isNumber(): boolean {
    const kind = this.known?.kind;
    return (
      (kind === 'uint' || kind === 'enum') &&
      this.known?.count === undefined &&
      this.known?.bits === undefined &&
      this.longest <= MAX_INTEGER_BYTES
    );
  }

  row(): BudgetType {
    return {
      type: this.type,
      name: this.name,
      packets: this.packets,
      distinct: this.distinct,
      isCounted: this.isCounted,
      valueBytes: this.valueBytes / this.occurrences,
      bytes: this.bytes / this.occurrences,
      neededBytes: this.isNumber ? this.needed : null,
    };
  }
}

/** Bytes of the number without zeros in front; at least 1. */
function significant(buf: Uint8Array, at: number, length: number, little: boolean): number {
  for (let left = length; left > 1; left--) {
    if (buf[little ? at + left - 1 : at + length - left] !== 0) return left;
  }
  return 1;
}

/** 53 bits: of MAX_DISTINCT values no two are taken for one, but for one case in millions. */
function hash(buf: Uint8Array, at: number, length: number): number {
  let a = FNV_OFFSET;
  let b = SECOND_SEED ^ length;
  for (let i = at; i < at + length; i++) {
    a = Math.imul(a ^ buf[i]!, FNV_PRIME);
    b = Math.imul(b ^ buf[i]!, FNV_PRIME) ^ (b >>> 15);
  }
  return (a >>> 0) * 0x20_0000 + (b >>> 11);
}
