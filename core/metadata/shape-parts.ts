/** Pieces of the shape of a schema, with messages that a person reads. */
import * as v from 'valibot';

export const MAX_U32 = 0xffffffff;
/** Decimal or 0x hexadecimal, at most 64 bits wide; the exact range is checked between keys. */
export const NUMBER_KEY_PATTERN = /^(?:0|[1-9][0-9]{0,19}|0[xX][0-9A-Fa-f]{1,16})$/;
/** As NUMBER_KEY_PATTERN, for the type field of a TLV: 32 bits; the exact range is checked between keys. */
export const TYPE_NUMBER_PATTERN = /^(?:0|[1-9][0-9]{0,9}|0[xX][0-9A-Fa-f]{1,8})$/;

/** A person reads this: `must be one of 1, 2, 4; it is 3`. */
export function oneOf<const T extends readonly (string | number)[]>(options: T) {
  return v.picklist(
    options,
    (issue) => `must be one of ${options.map((o) => JSON.stringify(o)).join(', ')}; it is ${issue.received}`,
  );
}

/** An object that refuses keys it does not know: a misspelt key would otherwise be silently ignored. */
export function object<const T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries).join(', ');
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') return `is not a key that is known here; known are: ${known}`;
    if (issue.expected.startsWith('"')) return 'is required';
    return `must be an object, it is ${kindOf(issue.input)}`;
  });
}

export function text(maximum: number) {
  return v.pipe(
    v.string((issue) => `must be a string, it is ${kindOf(issue.input)}`),
    v.maxLength(maximum, `must be at most ${maximum} characters long`),
  );
}

export function integer(minimum: number, maximum: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number((issue) => `${message}, it is ${kindOf(issue.input)}`),
    v.integer(message),
    v.minValue(minimum, message),
    v.maxValue(maximum, message),
  );
}

/** A number, or text with one in decimal or 0x hexadecimal, which JSON numbers cannot be. */
export function typeNumber(maximum: number) {
  return v.union(
    [
      integer(0, maximum),
      v.pipe(v.string(), v.regex(TYPE_NUMBER_PATTERN, 'must be a number, or text such as "257" or "0x0101"')),
    ],
    (issue) => `must be a whole number from 0 to ${maximum}, it is ${kindOf(issue.input)}`,
  );
}

export function bool() {
  return v.boolean((issue) => `must be true or false, it is ${kindOf(issue.input)}`);
}

export function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string' && input.length <= 40) return JSON.stringify(input);
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  return typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}

export function list<const T extends v.GenericSchema>(element: T, maximum: number) {
  return v.pipe(
    v.array(element, (issue) => `must be a list, it is ${kindOf(issue.input)}`),
    v.maxLength(maximum, `must have at most ${maximum} entries`),
  );
}

/** Bytes as hexadecimal digits. */
export function hexBytes(maximum: number) {
  return v.pipe(
    v.string((issue) => `must be hexadecimal digits, it is ${kindOf(issue.input)}`),
    v.regex(/^(?:[0-9A-Fa-f]{2})+$/, 'must be pairs of hexadecimal digits'),
    v.maxLength(2 * maximum, `must be at most ${maximum} bytes`),
  );
}

export const endian = oneOf(['little', 'big']);
