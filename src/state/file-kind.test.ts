import { expect, it } from 'vitest';
import { kindOfFile } from './file-kind.ts';

it('a file is told by its first bytes', async () => {
  const kind = (...parts: BlobPart[]) => kindOfFile(new File(parts, 'x'));
  expect(await kind(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2))).toBe('types');
  expect(await kind(Uint8Array.of(0x9f, 0xeb, 1))).toBe('types');
  expect(await kind(Uint8Array.of(0xeb, 0x9f, 1))).toBe('types');
  expect(await kind('\ufeff \n{"whither": 2')).toBe('schema');
  expect(await kind('<!doctype html>\n<html>')).toBe('page');
  expect(await kind('\ufeff \n<HTML lang="en">')).toBe('page');
  expect(await kind('<htmlx>')).toBe('capture');
  expect(await kind(Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a))).toBe('capture');
  expect(await kind()).toBe('capture');
});
