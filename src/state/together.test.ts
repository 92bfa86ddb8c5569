import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { together } from './together.ts';

function capture(name: string): { file: File; bytes: Uint8Array } {
  const writer = new CaptureWriter();
  writer.sectionHeader({ userAppl: name });
  const bytes = writer.take();
  return { file: new File([bytes as BlobPart], name), bytes };
}

describe('files that are opened together', () => {
  it('are their bytes one behind the other', async () => {
    const [a, b] = [capture('a.pcapng'), capture('b.pcapng')];
    const one = await together([a.file, b.file]);
    if (!(one instanceof File)) throw new Error(one.cause);
    expect(one.name).toBe('a.pcapng + b.pcapng');
    expect(new Uint8Array(await one.arrayBuffer())).toEqual(Uint8Array.from([...a.bytes, ...b.bytes]));
  });

  it('are in the order of their names, however they were chosen', async () => {
    const [a, b, c] = [capture('10.pcapng'), capture('2.pcapng'), capture('B.pcapng')];
    for (const files of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
    ]) {
      const one = await together(files.map(({ file }) => file));
      if (!(one instanceof File)) throw new Error(one.cause);
      expect(one.name).toBe('10.pcapng + 2.pcapng + B.pcapng');
      expect(new Uint8Array(await one.arrayBuffer())).toEqual(
        Uint8Array.from([...a.bytes, ...b.bytes, ...c.bytes]),
      );
    }
  });

  it.each([
    ['of another format', new File([Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)], 'b.pcap')],
    ['empty', new File([], 'b.pcap')],
  ])('are refused when one is %s', async (_what, other) => {
    expect(await together([capture('a.pcapng').file, other])).toMatchObject({
      code: 'not-together',
      cause: 'b.pcap is no pcapng, and only those can be opened together.',
    });
  });
});
