import { describe, expect, it } from 'vitest';
import { Collector, patternBytes } from '#workers/testing/collector.ts';
import { FIRST_SLICE_BYTES, FileSource } from './file.ts';

const BYTES = patternBytes(4 * FIRST_SLICE_BYTES + 17);

describe('the file source', () => {
  it('delivers the file in slices and reads a block again', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'));
    const sink = new Collector();
    await source.start(sink);
    expect(source.title).toBe('a.pcapng');
    expect(source.totalBytes).toBe(BYTES.length);
    expect(Buffer.compare(sink.joined(), BYTES)).toBe(0);
    expect(await source.read(FIRST_SLICE_BYTES - 2, 4)).toEqual(
      BYTES.slice(FIRST_SLICE_BYTES - 2, FIRST_SLICE_BYTES + 2),
    );
  });

  it('delivers nothing of an empty file', async () => {
    const sink = new Collector();
    await new FileSource(new File([], 'empty')).start(sink);
    expect(sink.bytes).toBe(0);
  });

  it('stops between two slices when it is cancelled, and still reads', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'));
    const sink = new Collector();
    sink.pause = () => {
      source.cancel();
      return Promise.resolve();
    };
    await source.start(sink);
    expect(sink.bytes).toBe(FIRST_SLICE_BYTES);
    expect(await source.read(0, 1)).toEqual(BYTES.slice(0, 1));
  });

  it('says that a file which can no longer be read must be opened again', async () => {
    const file = new File([BYTES as BlobPart], 'a.pcapng');
    file.slice = () =>
      ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) as unknown as Blob;
    await expect(new FileSource(file).start(new Collector())).rejects.toMatchObject({
      code: 'file-unreadable',
      remedy: 'Open the file again.',
    });
  });

  it('notices a file that became shorter', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'));
    await expect(source.read(BYTES.length - 1, 2)).rejects.toMatchObject({ code: 'file-changed' });
  });
});
