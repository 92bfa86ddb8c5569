/** BTF written by hand, for what no compiler at hand makes (uapi/linux/btf.h). Little-endian. */
import { KIND, type Kind } from '../types.ts';

export interface RawType {
  readonly kind: Kind;
  readonly name?: string;
  /** Size, or the type that it is of. */
  readonly word: number;
  readonly vlen?: number;
  readonly flag?: boolean;
  /** What follows: u32 words, or names. */
  readonly tail?: readonly (number | string)[];
}

/** Types numbered from 1, or from what the base ends with; `namesBefore`: bytes of the base's names. */
export function rawBtf(types: readonly RawType[], namesBefore = 0): { bytes: Uint8Array; nameBytes: number } {
  // The first name of a base is the empty one.
  let names = namesBefore === 0 ? '\0' : '';
  const nameAt = (name: string): number => {
    if (name === '') return 0;
    const at = namesBefore + names.length;
    names += `${name}\0`;
    return at;
  };
  const words: number[] = [];
  for (const { kind, name = '', word, vlen = 0, flag = false, tail = [] } of types) {
    words.push(nameAt(name), ((flag ? 1 : 0) * 2 ** 31 + kind * 2 ** 24 + vlen) >>> 0, word);
    for (const item of tail) words.push(typeof item === 'string' ? nameAt(item) : item);
  }
  const bytes = new Uint8Array(24 + 4 * words.length + names.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  [24, 0, 4 * words.length, 4 * words.length, names.length].forEach((word, i) => {
    view.setUint32(4 + 4 * i, word, true);
  });
  words.forEach((word, i) => view.setUint32(24 + 4 * i, word >>> 0, true));
  bytes.set(new TextEncoder().encode(names), 24 + 4 * words.length);
  return { bytes, nameBytes: names.length };
}

/** `unsigned int`. */
export const RAW_U32: RawType = { kind: KIND.int, name: 'unsigned int', word: 4, tail: [32] };
