/**
 * Traits: Arthur Fabre's RFC of typed keys in the packet's headroom, never merged; a program may keep the same
 * bytes in the metadata area. Version 2 is 20250422-afabre-traits-010-rfc2-v2, patch 01/17; version 1 differs in
 * what its sizes mean. The two cannot be told apart by their bytes.
 *
 * @0 u64 high, @8 u64 low, in the byte order of the host that wrote them; bit k of both is the size of key k (0 to
 * 63); @16 the values, packed in ascending order of keys, in the byte order of who wrote each.
 */
import { FAULT, finish, type Fault, type Scan } from './area-scan.ts';
import type { TraitsFraming, TlvType } from './types.ts';

export const TRAIT_KEYS = 64;
export const TRAITS_HEADER_BYTES = 16;
const WORD_BYTES = 8;

/** Bytes of a value by its size code, high bit first; -1 = the key is not set. */
export const TRAIT_SIZES: Readonly<Record<TraitsFraming['version'], readonly number[]>> = {
  1: [-1, 2, 4, 8],
  2: [-1, 0, 4, 8],
};

/** Byte of a word of the header in which the bit of `key` is. */
export function traitByte(key: number, little: boolean): number {
  return little ? key >> 3 : WORD_BYTES - 1 - (key >> 3);
}

export function traitsScan(framing: TraitsFraming, types: readonly TlvType[]): Scan {
  const first = framing.start ?? 0;
  const little = framing.endian === 'little';
  const sizes = TRAIT_SIZES[framing.version];
  const columnOf = new Int16Array(TRAIT_KEYS).fill(-1);
  types.forEach(({ type }, column) => {
    columnOf[type] = column;
  });

  return function scan(buf, start, length, out) {
    const limit = Math.min(start + length, buf.length);
    const header = start + first;
    if (header + TRAITS_HEADER_BYTES > limit) {
      finish(out, 0, limit > start ? FAULT.truncated : FAULT.none, Math.min(header, limit), start);
      return;
    }
    let count = 0;
    let fault: Fault = FAULT.none;
    let at = header + TRAITS_HEADER_BYTES;
    for (let key = 0; key < TRAIT_KEYS; key++) {
      const byte = header + traitByte(key, little);
      const bit = key & 7;
      const code = (((buf[byte]! >> bit) & 1) << 1) | ((buf[byte + WORD_BYTES]! >> bit) & 1);
      const size = sizes[code]!;
      if (size < 0) continue;
      if (at + size > limit) {
        fault = FAULT.overrun;
        break;
      }
      out.column[count] = columnOf[key]!;
      out.type[count] = key;
      out.offset[count] = at - start;
      out.length[count] = size;
      out.valueOffset[count] = at - start;
      out.valueLength[count] = size;
      count++;
      at += size;
    }
    finish(out, count, fault, at, start);
  };
}
