import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCString, decodeUtf8, encodeUtf8 } from './text.ts';

describe('UTF-8', () => {
  it('reads what it wrote, and what Node wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = encodeUtf8(text);
        expect(Buffer.from(bytes).equals(Buffer.from(text, 'utf8'))).toBe(true);
        expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text);
      }),
    );
  });

  it('agrees with Node on which bytes are text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const ours = decodeUtf8(bytes, 0, bytes.length);
        let strict: string | null = null;
        try {
          strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch {
          expect(ours).toContain('\ufffd');
        }
        if (strict !== null) expect(ours).toBe(strict);
      }),
    );
  });

  it('replaces each malformed byte and goes on', () => {
    expect(decodeUtf8(Uint8Array.of(0x41, 0xff, 0xc3, 0x42), 0, 4)).toBe('A\ufffd\ufffdB');
    expect(decodeUtf8(Uint8Array.of(0xc0, 0x80), 0, 2)).toBe('\ufffd\ufffd');
  });

  it('never reads past the length or the buffer', () => {
    expect(decodeUtf8(encodeUtf8('abcdef'), 1, 2)).toBe('bc');
    expect(decodeUtf8(encodeUtf8('abc'), 1, 99)).toBe('bc');
    expect(decodeUtf8(encodeUtf8('é'), 0, 1)).toBe('\ufffd');
  });

  it('ends a C string at its NUL', () => {
    expect(decodeCString(encodeUtf8('nc\0junk'), 0, 7)).toBe('nc');
    expect(decodeCString(encodeUtf8('full'), 0, 4)).toBe('full');
  });
});
