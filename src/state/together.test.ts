import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { together, type Together } from './together.ts';

async function joined(...files: readonly File[]): Promise<Together> {
  const one = await together(files);
  if ('cause' in one) throw new Error(one.cause);
  return one;
}

function capture(name: string): { file: File; bytes: Uint8Array } {
  const writer = new CaptureWriter();
  writer.sectionHeader({ userAppl: name });
  const bytes = writer.take();
  return { file: new File([bytes as BlobPart], name), bytes };
}

describe('files that are opened together', () => {
  it('are their bytes one behind the other, each behind a section that names it', async () => {
    const [a, b] = [capture('a.pcapng'), capture('b.pcapng')];
    const { file, files } = await joined(a.file, b.file);
    expect(file.name).toBe('a.pcapng + b.pcapng');
    expect(files.map(({ name }) => name)).toEqual(['a.pcapng', 'b.pcapng']);
    for (const [i, { bytes }] of [a, b].entries()) {
      const { from, to } = files[i]!;
      expect(new Uint8Array(await file.slice(from, to).arrayBuffer())).toEqual(Uint8Array.from(bytes));
    }
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    reader.push(new Uint8Array(await file.arrayBuffer()));
    reader.end();
    expect(store.problems).toEqual([]);
    expect(store.facts.sections.map(({ userAppl }) => userAppl)).toEqual(['', 'a.pcapng', '', 'b.pcapng']);
    expect(store.facts.place.file).toBe('b.pcapng');
  });

  it('are in the order of their names, however they were chosen', async () => {
    const [a, b, c] = [capture('10.pcapng').file, capture('2.pcapng').file, capture('B.pcapng').file];
    for (const files of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
    ]) {
      expect((await joined(...files)).file.name).toBe('10.pcapng + 2.pcapng + B.pcapng');
    }
  });

  it('are told apart where they have one name', async () => {
    const one = capture('a.pcapng').file;
    const { files } = await joined(one, capture('a.pcapng (2)').file, one);
    expect(files.map(({ name }) => name)).toEqual(['a.pcapng', 'a.pcapng (2)', 'a.pcapng (2) (2)']);
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
