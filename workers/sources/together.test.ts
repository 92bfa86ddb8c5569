import { describe, expect, it } from 'vitest';
import { fileSection } from '#core/pcapng/file-section.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { Collector } from '#workers/testing/collector.ts';
import { FileSource, FIRST_SLICE_BYTES } from './file.ts';
import { heldBlob } from './held.ts';
import { TogetherSource } from './together.ts';

function section(userAppl: string): Uint8Array<ArrayBuffer> {
  const writer = new CaptureWriter();
  writer.sectionHeader({ userAppl });
  return new Uint8Array(writer.take());
}
const fileSource = (name: string, bytes: Uint8Array<ArrayBuffer>) => ({
  name,
  source: new FileSource(new File([bytes], name), null),
});
const CLOCK = { now: () => 0, yieldToTasks: () => Promise.resolve() };

describe('several sources', () => {
  const [a, b] = [section('a'), section('the other')];
  const [frontA, frontB] = [
    fileSection('a.pcapng', { part: 1, of: 2 }),
    fileSection('b.pcapng', { part: 2, of: 2 }),
  ];
  const all = Buffer.concat([frontA, a, frontB, b]);

  it('are one behind the other, each behind a section that names it, and are read again', async () => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', b)]);
    const sink = new Collector();
    await source.start(sink);
    expect(source.title).toBe('a.pcapng + b.pcapng');
    expect(Buffer.compare(sink.joined(), all)).toBe(0);
    expect(source.totalBytes).toBe(all.length);
    expect(sink.begins.map(({ offset, file }) => [offset, file])).toEqual([
      [0, null],
      [frontA.length, 'a.pcapng'],
      [frontA.length + a.length, null],
      [frontA.length + a.length + frontB.length, 'b.pcapng'],
    ]);
    for (const at of [0, frontA.length, frontA.length + a.length, all.length - b.length]) {
      expect(Buffer.from(await source.read(at + 4, 8))).toEqual(all.subarray(at + 4, at + 12));
    }
    const held = await heldBlob(source, CLOCK);
    expect(Buffer.compare(Buffer.from(await held.arrayBuffer()), all)).toBe(0);
  });

  it('say on which side of a comparison they are', async () => {
    const source = new TogetherSource([{ ...fileSource('a.pcapng', a), side: 2 }, fileSource('b.pcapng', b)]);
    const sink = new Collector();
    await source.start(sink);
    const front = fileSection('a.pcapng', { part: 1, of: 2, side: 2 });
    expect(Buffer.compare(sink.joined(), Buffer.concat([front, a, frontB, b]))).toBe(0);
  });

  it.each([
    ['another format', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)],
    ['empty', new Uint8Array(0)],
  ])('end before one that is %s, by its name', async (_what, bytes) => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcap', bytes)]);
    const sink = new Collector();
    await expect(source.start(sink)).rejects.toMatchObject({
      code: 'not-together',
      cause: 'b.pcap is no pcapng, and only those can be opened together.',
    });
    expect(sink.bytes).toBe(frontA.length + a.length + fileSection('b.pcap', { part: 2, of: 2 }).length);
  });

  it('that are cancelled deliver no more, and hold what they have', async () => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', b)]);
    const sink = new Collector();
    sink.pause = () => {
      if (sink.bytes === frontA.length) source.cancel();
      return Promise.resolve();
    };
    await source.start(sink);
    expect(sink.bytes).toBe(frontA.length + a.length);
    expect((await heldBlob(source, CLOCK)).size).toBe(frontA.length + a.length);
  });

  it('that are cancelled within one hold what of it was delivered', async () => {
    const long = new Uint8Array(FIRST_SLICE_BYTES * 4);
    long.set(a);
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', long)]);
    const sink = new Collector();
    sink.pause = () => {
      if (sink.bytes > FIRST_SLICE_BYTES) source.cancel();
      return Promise.resolve();
    };
    await source.start(sink);
    expect(sink.bytes).toBeLessThan(FIRST_SLICE_BYTES * 4);
    const held = await heldBlob(source, CLOCK);
    expect(Buffer.compare(Buffer.from(await held.arrayBuffer()), sink.joined())).toBe(0);
  });
});
