import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/share/digest.ts';
import { DigestSamples, WHOLE_BYTES } from '#core/share/digest-samples.ts';
import { calledAs } from './called-as.ts';

function read(bytes: Uint8Array): string {
  const samples = new DigestSamples();
  samples.add(bytes);
  return digestOf(samples);
}

/** Different in every place that counts. */
function fileOf(name: string, length: number, first: number) {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 12) + first) & 0xff);
  return { file: new File([bytes], name), digest: read(bytes), bytes: length };
}

describe('files of a link', () => {
  it.each([100, WHOLE_BYTES, 3 * WHOLE_BYTES + 7])('are known by their digest: %i bytes', async (length) => {
    const [good, bad] = [fileOf('good (1).pcapng', length, 1), fileOf('x.pcapng', length, 2)];
    const meant = [
      { name: 'good.pcapng', digest: good.digest, bytes: length },
      { name: 'bad.pcapng', digest: bad.digest, bytes: length },
    ];
    const called = await calledAs([bad.file, good.file], meant);
    expect(called.map(({ name, size }) => [name, size])).toEqual([
      ['bad.pcapng', length],
      ['good.pcapng', length],
    ]);
    const other = fileOf('good.pcapng', length, 3).file;
    expect((await calledAs([other, fileOf('b', 7, 1).file], meant)).map(({ name }) => name)).toEqual([
      'good.pcapng',
      'b',
    ]);
  });

  it('keep the name that is one of those of the same bytes', async () => {
    const { file, digest, bytes } = fileOf('b', 50, 1);
    const meant = ['a', 'b'].map((name) => ({ name, digest, bytes }));
    expect(await calledAs([file], meant)).toEqual([file]);
  });
});
