import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { indexedPng } from './indexed-png.ts';

function pixels(width: number, height: number, colourAt: (i: number) => readonly number[]) {
  const data = Buffer.from(Array.from({ length: width * height }, (_, i) => [...colourAt(i), 255]).flat());
  return { width, height, data };
}

it('is the same picture again, to somebody else who reads it', () => {
  const picture = pixels(7, 5, (i) => [i * 7, 255 - i, i % 3]);
  const read = PNG.sync.read(indexedPng(picture));
  expect([read.width, read.height]).toEqual([7, 5]);
  expect(read.data.equals(picture.data)).toBe(true);
});

it('gives pixels of rare colours the nearest of the 256 most frequent', () => {
  // 300 colours: 0…255 twice, the others once, each one off from one of those.
  const picture = pixels(556, 1, (i) => (i < 512 ? [i % 256, 0, 0] : [i - 512, 1, 0]));
  const { data } = PNG.sync.read(indexedPng(picture));
  expect([...data.subarray(0, 4 * 512)]).toEqual([...picture.data.subarray(0, 4 * 512)]);
  expect([...data.subarray(4 * 512, 4 * 514)]).toEqual([0, 0, 0, 255, 1, 0, 0, 255]);
});
