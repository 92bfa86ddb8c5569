/** Bytes as text to take along. Pure. */
import { byteHex } from './hex.ts';

const PER_LINE = 12;

/** A C array with its length in a comment; `name` becomes an identifier. */
export function cArray(bytes: Uint8Array, name: string): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const line = Array.from(bytes.subarray(at, at + PER_LINE), (byte) => `0x${byteHex(byte)},`).join(' ');
    lines.push(`\t${line}`);
  }
  const identifier = name.toLowerCase().replace(/\W+/g, '_');
  return `static const unsigned char ${identifier}[${bytes.length}] = {\n${lines.join('\n')}\n};\n`;
}
