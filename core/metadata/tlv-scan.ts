/**
 * TLVs. Reading rules, the same for every framing:
 * - the area is [start, start + length) of the buffer and not one byte around it is read;
 * - a pad is one byte, compared before anything else; the terminator is the type field alone, and
 *   what follows it is padding;
 * - after each TLV and pad the position rounds up to `align`, counted from the first TLV; rounding
 *   past the end is the end, not a fault;
 * - the first thing that does not fit is a fault, and the TLVs before it stay.
 */
import { FAULT, finish, MAX_TLVS, type Fault, type Scan } from './area-scan.ts';
import { readLength, readType, tlvHeader, type TlvHeader } from './tlv-header.ts';
import type { TlvFraming, TlvType } from './types.ts';

/** No field of 1, 2 or 4 bytes ever equals it. */
const NO_TYPE = -1;

export function tlvScan(framing: TlvFraming, types: readonly TlvType[]): Scan {
  const header = tlvHeader(framing);
  const plain = framing.typeMask === undefined && framing.lengthMask === undefined;
  const narrow =
    plain &&
    header.typeWidth === 1 &&
    header.lengthBytes === 1 &&
    header.typeAt === 0 &&
    header.lengthAt === 1 &&
    header.unit === 1 &&
    (framing.align ?? 1) === 1;
  return narrow ? narrowScan(framing, types) : wideScan(framing, types, header);
}

/** One byte of type, one of length, nothing rounded: what most formats are, without the branches of the others. */
function narrowScan(framing: TlvFraming, types: readonly TlvType[]): Scan {
  const first = framing.start ?? 0;
  const pad = framing.pad ?? NO_TYPE;
  const terminator = framing.terminator ?? NO_TYPE;
  const counted = framing.lengthIncludesHeader === true ? 2 : 0;
  const columnOf = new Int16Array(256).fill(-1);
  types.forEach((type, column) => {
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
    finish(out, count, fault, at, start);
  };
}

/** Every other framing. */
function wideScan(framing: TlvFraming, types: readonly TlvType[], header: TlvHeader): Scan {
  const first = framing.start ?? 0;
  const pad = framing.pad ?? NO_TYPE;
  const terminator = framing.terminator ?? NO_TYPE;
  const align = framing.align ?? 1;
  const typeEnd = header.typeAt + header.typeWidth;
  const columnOf = columnLookup(types);

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
      if (at + typeEnd > limit) {
        fault = FAULT.truncated;
        break;
      }
      const code = readType(header, buf, at);
      if (code === terminator) {
        at += typeEnd;
        break;
      }
      if (at + header.bytes > limit) {
        fault = FAULT.truncated;
        break;
      }
      const size = readLength(header, buf, at) - header.counted;
      if (size < 0) {
        fault = FAULT.length;
        break;
      }
      if (at + header.bytes + size > limit) {
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
      out.length[count] = header.bytes + size;
      out.valueOffset[count] = relative + header.bytes;
      out.valueLength[count] = size;
      count++;
      at = roundUp(at + header.bytes + size, origin, align, limit);
    }
    finish(out, count, fault, at, start);
  };
}

/** `at` moved on to a multiple of `align` (a power of two) from `origin`, at most `limit`. */
export function roundUp(at: number, origin: number, align: number, limit: number): number {
  return Math.min(origin + ((at - origin + align - 1) & -align), limit);
}

/** Type → column by binary search: types of 2 and 4 bytes are too sparse for a table. */
function columnLookup(all: readonly TlvType[]): (type: number) => number {
  const order = all.map((type, column) => ({ type: type.type, column }));
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
