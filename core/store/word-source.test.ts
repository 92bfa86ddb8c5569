import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { WordSource } from './word-source.ts';

it('the words are those of the bytes, wherever the array begins in its buffer and the bytes in the array', () => {
  fc.assert(
    fc.property(
      fc.nat(9),
      fc.nat(9),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(3),
      (offset, start, length, extra) => {
        const buffer = Uint8Array.from(
          { length: offset + start + length + extra },
          (_, i) => (i * 37) & 0xff,
        );
        const source = new WordSource();
        source.seek(buffer.subarray(offset), start, length);
        const { words, at } = source;
        const seen = new Uint8Array(words.buffer, words.byteOffset + 4 * at).slice(0, length);
        expect(seen).toEqual(buffer.slice(offset + start, offset + start + length));
        expect([source.reaches(length), source.reaches(length + 1)]).toEqual([true, false]);
      },
    ),
  );
});
