/** Forms in which people write bytes and numbers, each as a part of a regular expression, and how what stands for them takes their place. Pure. */

/** Neither is within a word; `_`, a port, or whatever else people write next to it, is none. */
export const BEFORE = '(?<![0-9a-zA-Z])';
export const BEHIND = '(?![0-9a-zA-Z])';

const DIGIT = '[0-9a-fA-F]';
/** Between groups of digits: of dumps, of arrays in C, of escapes. */
const BETWEEN = String.raw`(?:(?:[:.,_-]|,?\s{1,3})(?:0x)?|\\x)`;

function groups(size: number, from: number): string {
  const group = `${DIGIT}{${size}}${BEHIND}`;
  return `${BEFORE}(?:0x|\\\\x)?${group}(?:${BETWEEN}${group}){${from - 1},}`;
}

/** What follows is no part of an address that begins with the last group. Behind groups with colons `-1` is a count of its own. */
const MORE = `${DIGIT}{1,4}${BEHIND}`;
const AT_END = `(?!::|[.:]${MORE}|(?<!:${DIGIT}{2,4})-${MORE}|-${DIGIT}{1,4}-${MORE})`;
/** Of a constant in C. */
const SUFFIX = `(?:${BEHIND}|(?=[uU]?[lL]{0,2}${BEHIND}))`;

/** More groups of hexadecimal digits than a MAC or an IPv6 address has. */
export const HEX_DUMP = `(?:${groups(2, 7)}|${groups(4, 9)})${AT_END}`;
/** Hexadecimal digits of three bytes or more: in groups of one, two, four or eight bytes, or without any. No address begins with the longer groups: a port may follow. */
export const HEX_RUN =
  `(?:(?:${groups(2, 4)}|${groups(4, 2)}(?:${BETWEEN}${DIGIT}{2}${BEHIND})?)${AT_END}` +
  `|${groups(8, 2)}|${groups(16, 2)}|${BEFORE}(?:0[xX])?${DIGIT}{6,}${SUFFIX})`;
/** Shorter ones are years, ports and counts. */
export const DECIMAL = String.raw`(?<![\w.])\d{7,20}(?![\w]|\.\d)`;

export interface HexRun {
  readonly digits: string;
  /** In groups, or without `0x` too long for a number. */
  readonly isGrouped: boolean;
  /** `0x` is in front. */
  readonly isNumber: boolean;
  /** There is a digit that is no decimal one. */
  readonly isHex: boolean;
  /** In groups as tools and C write bytes, whose digits need not say that they are hexadecimal: with `0x` or `\\x` each, or blanks alone between them. */
  readonly isListed: boolean;
}

export function readHexRun(text: string): HexRun {
  const isNumber = /^0x[0-9a-f]+$/i.test(text);
  const plain = text.replace(/0x|\\x/gi, '');
  const digits = plain.replace(/[^0-9a-f]/gi, '').toLowerCase();
  const isGrouped = digits.length !== plain.length || /\\x/.test(text);
  return {
    digits,
    isGrouped,
    isNumber,
    isHex: /[a-f]/.test(digits),
    isListed: isGrouped && (/[,\s]0x|\\x/i.test(text) || /^[0-9a-f\s]+$/i.test(text)),
  };
}

/** Bytes of an even number of hexadecimal digits; one more in front makes it even. */
export function bytesOf(digits: string): Uint8Array {
  const pairs = digits.padStart(digits.length + (digits.length & 1), '0').match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** `digits` in the groups that those of `text` are in; of a number of another length without leading zeros. */
export function inItsForm(text: string, digits: string): string {
  if (/^0x[0-9a-f]+$/i.test(text))
    return `0x${digits.replace(/^0+(?=.)/, '').padStart(text.length - 2, '0')}`;
  let at = 0;
  return text.replace(/0x|\\x|[0-9a-f]/gi, (part) => (part.length > 1 ? part : (digits[at++] ?? '')));
}

const SPELLED: Readonly<Record<string, string>> = {
  '&period;': '.',
  '&colon;': ':',
  '&hyphen;': '-',
  '&lowbar;': '_',
  '&shy;': '',
  '&zwj;': '',
  '&zwnj;': '',
};
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
const FULL_WIDTH = /[\uff0d\uff0e\uff10-\uff1a\uff21-\uff3a\uff41-\uff5a]/g;
const FULL_WIDTH_FROM = 0xfee0;
const MAX_CODE = 0x10ffff;
const PLAIN =
  /^[0-9A-Za-z.:_\-\u00ad\u200b-\u200d\u2060\ufeff\uff0d\uff0e\uff10-\uff1a\uff21-\uff3a\uff41-\uff5a]$/;

/** What a text says that spells letters, digits, `.`, `:`, `_` and `-` as entities or in full width, or has what is not seen between them. */
export function spelledOut(text: string): string {
  return text
    .replace(/&#(?:(\d{1,7})|x([0-9a-f]{1,6}));|&[a-z]+;/gi, (entity, decimal?: string, hex?: string) => {
      const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
      const char = code <= MAX_CODE ? String.fromCodePoint(code) : '';
      return PLAIN.test(char) ? char : (SPELLED[entity.toLowerCase()] ?? entity);
    })
    .replace(INVISIBLE, '')
    .replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_FROM));
}
