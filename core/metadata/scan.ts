/**
 * The hot path: one metadata area in, offsets of its TLVs out. Nothing is allocated per area and no
 * value is printed; `decode.ts` does that for the rows on screen.
 *
 * Reading rules, the same for every framing:
 * - the area is [start, start + length) of the buffer and not one byte around it is read;
 * - a pad is one byte, compared before anything else; the terminator is the type field alone, and
 *   what follows it is padding;
 * - after each TLV and pad the position rounds up to `align`, counted from the first TLV; rounding
 *   past the end is the end, not a fault;
 * - the first thing that does not fit is a fault, and the TLVs before it stay.
 */
import type { MetadataSchema, TlvFault } from './types.ts';

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

export interface AreaDecoder {
  readonly schema: MetadataSchema;
  /** Column names: schema.types[i].name. */
  readonly names: readonly string[];
  /** Reads the area buf[start .. start+length), clipped to the buffer, into `out`. Never throws. */
  scan(buf: Uint8Array, start: number, length: number, out: AreaScan): void;
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

/** A schema that `parseSchema` accepted, made ready for `scan`. */
export function compileSchema(schema: MetadataSchema): AreaDecoder {
  const f = schema.framing;
  const narrow =
    f.typeBytes === 1 && f.lengthBytes === 1 && (f.lengthUnit ?? 1) === 1 && (f.align ?? 1) === 1;
  return {
    schema,
    names: schema.types.map((type) => type.name),
    scan: narrow ? narrowScan(schema) : wideScan(schema),
  };
}

type Scan = AreaDecoder['scan'];

/** No field of 1, 2 or 4 bytes ever equals it. */
const NO_TYPE = -1;

/** One byte of type, one of length, nothing rounded: what most formats are, without the branches of the others. */
function narrowScan(schema: MetadataSchema): Scan {
  const first = schema.framing.start ?? 0;
  const pad = schema.framing.pad ?? NO_TYPE;
  const terminator = schema.framing.terminator ?? NO_TYPE;
  const counted = schema.framing.lengthIncludesHeader === true ? 2 : 0;
  const columnOf = new Int16Array(256).fill(-1);
  schema.types.forEach((type, column) => {
    columnOf[type.type] = column;
  });

  return function scan(buf, start, length, out) {
    const limit = Math.min(start + length, buf.length);
    const { column, type, offset, valueOffset, valueLength } = out;
    const lengths = out.length;
    let count = 0;
    let fault: Fault = FAULT.none;
    let at = start + first;
    if (at > limit) {
      if (limit > start) fault = FAULT.truncated;
      at = limit;
    }
    while (at < limit) {
      const code = buf[at]!;
      if (code === pad) {
        at++;
        continue;
      }
      if (code === terminator) {
        at++;
        break;
      }
      if (at + 2 > limit) {
        fault = FAULT.truncated;
        break;
      }
      const size = buf[at + 1]! - counted;
      if (size < 0) {
        fault = FAULT.length;
        break;
      }
      const next = at + 2 + size;
      if (next > limit) {
        fault = FAULT.overrun;
        break;
      }
      if (count === MAX_TLVS) {
        fault = FAULT.tooMany;
        break;
      }
      const relative = at - start;
      column[count] = columnOf[code]!;
      type[count] = code;
      offset[count] = relative;
      lengths[count] = size + 2;
      valueOffset[count] = relative + 2;
      valueLength[count] = size;
      count++;
      at = next;
    }
    out.count = count;
    out.end = Math.max(0, at - start);
    out.fault = fault;
    out.faultOffset = fault === FAULT.none ? -1 : out.end;
  };
}

/** Every other framing. */
function wideScan(schema: MetadataSchema): Scan {
  const { typeBytes, lengthBytes, endian } = schema.framing;
  const little = endian === 'little';
  const first = schema.framing.start ?? 0;
  const pad = schema.framing.pad ?? NO_TYPE;
  const terminator = schema.framing.terminator ?? NO_TYPE;
  const unit = schema.framing.lengthUnit ?? 1;
  const align = schema.framing.align ?? 1;
  const header = typeBytes + lengthBytes;
  const counted = schema.framing.lengthIncludesHeader === true ? header : 0;
  const columnOf = columnLookup(schema);

  return function scan(buf, start, length, out) {
    const limit = Math.min(start + length, buf.length);
    const origin = start + first;
    let count = 0;
    let fault: Fault = FAULT.none;
    let at = origin;
    if (at > limit) {
      if (limit > start) fault = FAULT.truncated;
      at = limit;
    }
    while (at < limit) {
      if (buf[at] === pad) {
        at = roundUp(at + 1, origin, align, limit);
        continue;
      }
      if (at + typeBytes > limit) {
        fault = FAULT.truncated;
        break;
      }
      const code = readUint(buf, at, typeBytes, little);
      if (code === terminator) {
        at += typeBytes;
        break;
      }
      if (at + header > limit) {
        fault = FAULT.truncated;
        break;
      }
      const size = readUint(buf, at + typeBytes, lengthBytes, little) * unit - counted;
      if (size < 0) {
        fault = FAULT.length;
        break;
      }
      if (at + header + size > limit) {
        fault = FAULT.overrun;
        break;
      }
      if (count === MAX_TLVS) {
        fault = FAULT.tooMany;
        break;
      }
      const relative = at - start;
      out.column[count] = columnOf(code);
      out.type[count] = code;
      out.offset[count] = relative;
      out.length[count] = header + size;
      out.valueOffset[count] = relative + header;
      out.valueLength[count] = size;
      count++;
      at = roundUp(at + header + size, origin, align, limit);
    }
    out.count = count;
    out.end = Math.max(0, at - start);
    out.fault = fault;
    out.faultOffset = fault === FAULT.none ? -1 : out.end;
  };
}

/** `at` moved on to a multiple of `align` (a power of two) from `origin`, at most `limit`. */
function roundUp(at: number, origin: number, align: number, limit: number): number {
  return Math.min(origin + ((at - origin + align - 1) & -align), limit);
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

/** Type → column by binary search: types of 2 and 4 bytes are too sparse for a table. */
function columnLookup(schema: MetadataSchema): (type: number) => number {
  const order = schema.types.map((type, column) => ({ type: type.type, column }));
  order.sort((a, b) => a.type - b.type);
  const types = Uint32Array.from(order, (entry) => entry.type);
  const columns = Int16Array.from(order, (entry) => entry.column);
  return (type) => {
    let low = 0;
    let high = types.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (types[middle]! < type) low = middle + 1;
      else high = middle;
    }
    return low < types.length && types[low] === type ? columns[low]! : -1;
  };
}
