/**
 * Offsets in the spool's log. On the wire they are decimal text or u64; in code a number, because a log
 * of 2^53 bytes (9 PB) is out of reach and every typed array takes numbers. What does not fit is refused.
 */

/** `"0"`, `"4096"` … up to 2^53 - 1, without sign or leading zeros; anything else is null. */
export function parseOffset(text: string): number | null {
  // Bounded before it is converted: 2^53 - 1 has 16 digits.
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** The text for an offset. Throws RangeError for what is no offset: a fault of the caller's, not of input. */
export function formatOffset(offset: number): string {
  assertOffset(offset);
  return String(offset);
}

export function assertOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`${offset} is not an offset from 0 to 2^53 - 1`);
  }
}
