import { expose } from 'comlink';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Collector, patternBytes } from '#workers/testing/collector.ts';
import { FIRST_SLICE_BYTES, FileSource } from './file.ts';
import { createSliceReader, type SliceReader } from './file-reading.ts';

const BYTES = patternBytes(4 * FIRST_SLICE_BYTES + 17);
/** Long enough for another thread. */
const LONG = patternBytes(9 * 1024 * 1024 + 17);

/** A worker that exposes `reader`, in this thread; null = one whose script does not load. */
class FakeWorker {
  terminated = 0;
  readonly #channel = new MessageChannel();

  constructor(reader: SliceReader | null) {
    const { port1, port2 } = this.#channel;
    onTestFinished(() => port1.close());
    if (reader === null) setTimeout(() => port1.dispatchEvent(new Event('error')));
    else expose(reader, port2);
  }

  readonly spawn = (): Worker =>
    Object.assign(this.#channel.port1, {
      terminate: () => {
        this.terminated++;
      },
    }) as unknown as Worker;
}

describe('the file source', () => {
  it('delivers the file in slices and reads a block again', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'), null);
    const sink = new Collector();
    await source.start(sink);
    expect(source.title).toBe('a.pcapng');
    expect(source.totalBytes).toBe(BYTES.length);
    expect(Buffer.compare(sink.joined(), BYTES)).toBe(0);
    expect(await source.read(FIRST_SLICE_BYTES - 2, 4)).toEqual(
      BYTES.slice(FIRST_SLICE_BYTES - 2, FIRST_SLICE_BYTES + 2),
    );
  });

  it('begins with what has been read already', async () => {
    const head = BYTES.slice(0, 100);
    const sink = new Collector();
    await new FileSource(new File([BYTES as BlobPart], 'a.pcapng'), null, head).start(sink);
    expect(Buffer.compare(sink.joined(), BYTES)).toBe(0);
  });

  it('delivers nothing of an empty file', async () => {
    const sink = new Collector();
    await new FileSource(new File([], 'empty'), null).start(sink);
    expect(sink.bytes).toBe(0);
  });

  it('stops between two slices when it is cancelled, and still reads', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'), null);
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
    await expect(new FileSource(file, null).start(new Collector())).rejects.toMatchObject({
      code: 'file-unreadable',
      remedy: 'Open the file again.',
    });
  });

  it('notices a file that became shorter', async () => {
    const source = new FileSource(new File([BYTES as BlobPart], 'a.pcapng'), null);
    await expect(source.read(BYTES.length - 1, 2)).rejects.toMatchObject({ code: 'file-changed' });
  });

  it('has the slices behind the first two read by another thread, which ends with them', async () => {
    const read: number[] = [];
    const reader = createSliceReader();
    const worker = new FakeWorker({
      begin: (file) => reader.begin(file),
      read(from, to) {
        read.push(from);
        return reader.read(from, to);
      },
    });
    const sink = new Collector();
    await new FileSource(new File([LONG as BlobPart], 'a.pcapng'), worker.spawn).start(sink);
    expect(Buffer.compare(sink.joined(), LONG)).toBe(0);
    expect(read[0]).toBe(3 * FIRST_SLICE_BYTES);
    expect(read.length).toBeGreaterThan(2);
    expect(worker.terminated).toBe(1);
  });

  it.each([
    ['does not start', null],
    ['fails', () => Promise.reject(new Error('no memory'))],
    ['gives too little', () => Promise.resolve(new Uint8Array(1))],
  ])('reads all by itself when that thread %s', async (_how, read) => {
    const worker = new FakeWorker(read === null ? null : { begin: () => undefined, read });
    const sink = new Collector();
    await new FileSource(new File([LONG as BlobPart], 'a.pcapng'), worker.spawn).start(sink);
    expect(Buffer.compare(sink.joined(), LONG)).toBe(0);
    expect(worker.terminated).toBe(1);
  });

  it('reads all by itself where no thread can be started', async () => {
    const sink = new Collector();
    const refuse = (): Worker => {
      throw new Error('Worker is not defined');
    };
    await new FileSource(new File([LONG as BlobPart], 'a.pcapng'), refuse).start(sink);
    expect(Buffer.compare(sink.joined(), LONG)).toBe(0);
  });

  it('ends that thread when it is cancelled', async () => {
    const worker = new FakeWorker(createSliceReader());
    const source = new FileSource(new File([LONG as BlobPart], 'a.pcapng'), worker.spawn);
    const sink = new Collector();
    sink.pause = () => {
      source.cancel();
      return Promise.resolve();
    };
    await source.start(sink);
    expect(sink.bytes).toBe(FIRST_SLICE_BYTES);
    expect(worker.terminated).toBe(1);
  });
});
