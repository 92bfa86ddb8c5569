/** What reading an area fills in, whatever frames it. */
import type { AreaPlace } from './choose.ts';
import type { MetadataSchema, TlvFault, Where } from './types.ts';

/** More TLVs than this in one area is a fault: 252 bytes of metadata hold at most 126 of the smallest. */
export const MAX_TLVS = 64;

/** Codes of AreaScan.fault; FAULT_CODES has their names. */
export const FAULT = { none: 0, overrun: 1, truncated: 2, length: 3, tooMany: 4 } as const;
export type Fault = (typeof FAULT)[keyof typeof FAULT];
export const FAULT_CODES: readonly (TlvFault['code'] | null)[] = [
  null,
  'overrun',
  'truncated',
  'length',
  'too-many',
];

/**
 * What `scan` fills in: ONE object reused for all areas; entries from `count` on are old. All offsets are
 * from the start of the area (not of `framing.start`), in bytes.
 */
export interface AreaScan {
  count: number;
  /** Index into schema.types, and into AreaDecoder.names; -1 = a type the schema does not know. */
  readonly column: Int16Array;
  readonly type: Uint32Array;
  /** Of the whole TLV: type and length fields and value, without the padding behind it. */
  readonly offset: Int32Array;
  readonly length: Int32Array;
  readonly valueOffset: Int32Array;
  readonly valueLength: Int32Array;
  /** Where reading stopped: behind the last TLV, pad or terminator, or at the fault. */
  end: number;
  fault: Fault;
  /** Where the TLV that could not be read begins; -1 without a fault. */
  faultOffset: number;
}

/** Reads the area buf[start .. start+length), clipped to the buffer, into `out`. Never throws. */
export type Scan = (buf: Uint8Array, start: number, length: number, out: AreaScan) => void;

export interface AreaDecoder {
  readonly schema: MetadataSchema;
  /** Column names: schema.types[i].name. */
  readonly names: readonly string[];
  /** By column: what reads a nested value; null = the value is not nested. */
  readonly nested: readonly (AreaDecoder | null)[];
  readonly scan: Scan;
  /**
   * By column: 1 = in a struct, where other fields are depends on its value. null = TLVs and traits, in which that depends
   * on the bytes outside of values. Areas of one length that agree in those have their values in the same places.
   */
  readonly decides: Uint8Array | null;
  /** The schemas for areas in the same document, itself among them if it is for areas, in order; chooseDecoder chooses. */
  readonly parts: readonly SchemaPart[];
  /** The others in the same document, for other places. */
  readonly elsewhere: readonly ElsewherePart[];
}

export interface ElsewherePart {
  /** Name of the schema. */
  readonly schema: string;
  readonly where: Where;
  readonly decoder: AreaDecoder;
}

export interface SchemaPart {
  readonly decoder: AreaDecoder;
  /** null = for every area that no other is for. */
  readonly matches: ((buf: Uint8Array, start: number, length: number, place: AreaPlace) => boolean) | null;
  readonly needsPlace: boolean;
}

export function createAreaScan(): AreaScan {
  return {
    count: 0,
    column: new Int16Array(MAX_TLVS),
    type: new Uint32Array(MAX_TLVS),
    offset: new Int32Array(MAX_TLVS),
    length: new Int32Array(MAX_TLVS),
    valueOffset: new Int32Array(MAX_TLVS),
    valueLength: new Int32Array(MAX_TLVS),
    end: 0,
    fault: FAULT.none,
    faultOffset: -1,
  };
}

/** Says how reading ended; `at` and `start` are offsets in the buffer. */
export function finish(out: AreaScan, count: number, fault: Fault, at: number, start: number): void {
  out.count = count;
  out.end = Math.max(0, at - start);
  out.fault = fault;
  out.faultOffset = fault === FAULT.none ? -1 : out.end;
}

/** An unsigned integer of 1, 2 or 4 bytes; the caller has checked that they are there. */
export function readUint(buf: Uint8Array, at: number, bytes: 1 | 2 | 4, little: boolean): number {
  if (bytes === 1) return buf[at]!;
  if (bytes === 2) {
    return little ? buf[at]! | (buf[at + 1]! << 8) : (buf[at]! << 8) | buf[at + 1]!;
  }
  return little
    ? (buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24)) >>> 0
    : ((buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!) >>> 0;
}
