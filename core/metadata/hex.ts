/** Bytes as people write them in schemas and read them in lists. */

/** Pairs of hexadecimal digits; null = something else, or text that was cut. */
export function parseHex(text: string): Uint8Array | null {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}
