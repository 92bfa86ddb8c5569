import {
  closeSync,
  existsSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { openForWriting } from './handover.ts';

test('a file that was made for a capture and has nothing in it is taken away again, and no other is', () => {
  const dir = temporaryDirectory();
  const at = (name: string) => path.join(dir, name);
  const use = (name: string, between: (fd: number) => void = () => undefined): boolean => {
    const { fd, removeUnused } = openForWriting(at(name), name);
    between(fd);
    removeUnused();
    closeSync(fd);
    return existsSync(at(name));
  };
  expect(use('new')).toBe(false);
  expect(use('written', (fd) => writeSync(fd, 'x'))).toBe(true);
  writeFileSync(at('empty'), '');
  expect(use('empty')).toBe(true);
  writeFileSync(at('full'), 'before');
  expect(use('full')).toBe(true);
  expect(readFileSync(at('full'), 'utf8')).toBe('before');
  // Another came in its place.
  writeFileSync(at('other'), '');
  expect(use('moved', () => renameSync(at('other'), at('moved')))).toBe(true);
  symlinkSync(at('target'), at('link'));
  expect(use('link')).toBe(true);
  expect(() => openForWriting(at('none/file'), 'none/file')).toThrow('none/file cannot be written (ENOENT)');
});
