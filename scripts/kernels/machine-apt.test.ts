import { describe, expect, it } from 'vitest';
import { readFields } from './machine-apt.ts';

describe("apt's stanzas", () => {
  it('are read field by field, without comments', () => {
    const fields = readFields('# a comment\nTypes: deb\nSuites: a b\nSigned-By: /usr/share/keyrings/x.gpg');
    expect([...fields]).toEqual([
      ['Types', 'deb'],
      ['Suites', 'a b'],
      ['Signed-By', '/usr/share/keyrings/x.gpg'],
    ]);
  });

  it('keep a key that goes over several lines', () => {
    const fields = readFields('Signed-By:\n -----BEGIN\n .\n abc\nTypes: deb');
    expect(fields.get('Signed-By')).toBe('\n -----BEGIN\n .\n abc');
    expect(fields.get('Types')).toBe('deb');
  });
});
