/**
 * Options by number (draft-ietf-opsawg-pcapng section 3.5): u16 code, u16 length, value padded to 4.
 * For rare options and rare blocks; the options of every packet are read in packet-blocks.ts.
 */
import { OPT_COMMENT, OPT_END } from './blocks.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { decodeCString } from './text.ts';

export interface Option {
  readonly code: number;
  /** Offset in the buffer and length of the value without padding. */
  readonly start: number;
  readonly length: number;
}

export interface OptionList {
  readonly options: readonly Option[];
  /** Where an option ran past the area (what came before it is in the list), else -1. */
  readonly faultAt: number;
}

const pad4 = (n: number): number => (n + 3) & ~3;

/** Lists the options in buf[start..start+length), at most `maxOptions`. Never throws. */
export function readOptions(
  buf: Uint8Array,
  start: number,
  length: number,
  littleEndian: boolean,
  maxOptions = DEFAULT_LIMITS.maxOptions,
): OptionList {
  const options: Option[] = [];
  const stop = Math.min(start + length, buf.length);
  let at = start;
  while (at + 4 <= stop && options.length < maxOptions) {
    const first = buf[at]! | (buf[at + 1]! << 8);
    const second = buf[at + 2]! | (buf[at + 3]! << 8);
    const code = littleEndian ? first : swap16(first);
    const size = littleEndian ? second : swap16(second);
    if (code === OPT_END) return { options, faultAt: -1 };
    if (at + 4 + size > stop) return { options, faultAt: at };
    options.push({ code, start: at + 4, length: size });
    at += 4 + pad4(size);
  }
  return { options, faultAt: -1 };
}

function swap16(n: number): number {
  return ((n & 0xff) << 8) | (n >>> 8);
}

/** Text of the first option with this code, '' when there is none; cut at `maxTextBytes`. */
export function optionText(buf: Uint8Array, list: OptionList, code: number, limits: Limits): string {
  const option = list.options.find((o) => o.code === code);
  return option ? decodeCString(buf, option.start, Math.min(option.length, limits.maxTextBytes)) : '';
}

/** Comments (opt_comment) of a block; at most `maxComments`, each cut at `maxTextBytes`. */
export function optionComments(buf: Uint8Array, list: OptionList, limits: Limits = DEFAULT_LIMITS): string[] {
  return list.options
    .filter((o) => o.code === OPT_COMMENT)
    .slice(0, limits.maxComments)
    .map((o) => decodeCString(buf, o.start, Math.min(o.length, limits.maxTextBytes)));
}
