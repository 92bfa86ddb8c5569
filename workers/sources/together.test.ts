import { describe, expect, it } from 'vitest';
import { fileSection } from '#core/pcapng/file-section.ts';
import { digestOf } from '#core/share/digest.ts';
import { DigestSamples } from '#core/share/digest-samples.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { generatedBytes } from '#workers/testing/capture-bytes.ts';
import { World } from '#workers/testing/world.ts';
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
    fileSection('a.pcapng', { part: 1, of: 2, set: 7 }),
    fileSection('b.pcapng', { part: 2, of: 2, set: 7 }),
  ];
  const all = Buffer.concat([frontA, a, frontB, b]);

  it('are one behind the other, each behind a section that names it, and are read again', async () => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', b)], 7);
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
    const source = new TogetherSource(
      [{ ...fileSource('a.pcapng', a), side: 2 }, fileSource('b.pcapng', b)],
      7,
    );
    const sink = new Collector();
    await source.start(sink);
    const front = fileSection('a.pcapng', { part: 1, of: 2, set: 7, side: 2 });
    expect(Buffer.compare(sink.joined(), Buffer.concat([front, a, frontB, b]))).toBe(0);
  });

  it.each([1, 4, 11, 12, b.length - 1])(
    'of which one is cut off after %i bytes of a block are read, but for these',
    async (length) => {
      const cut = b.slice(0, length);
      const source = new TogetherSource(
        [
          fileSource('a.pcapng', new Uint8Array(Buffer.concat([a, cut]))),
          fileSource('b.pcapng', new Uint8Array(Buffer.concat([b, cut]))),
        ],
        7,
      );
      const sink = new Collector();
      await source.start(sink);
      // The last one ends as it ends.
      const whole = Buffer.concat([all, cut]);
      expect(Buffer.compare(sink.joined(), whole)).toBe(0);
      expect(source.totalBytes).toBe(whole.length);
      expect(sink.cut).toEqual([
        [`a.pcapng ends in the middle of a block, of which ${length} bytes are there.`, cut],
      ]);
      expect(Buffer.from(await source.read(frontA.length + a.length + frontB.length, b.length))).toEqual(
        Buffer.from(b),
      );
      const held = await heldBlob(source, CLOCK);
      expect(Buffer.compare(Buffer.from(await held.arrayBuffer()), whole)).toBe(0);
    },
  );

  it('of which one has nothing but the beginning of a block are read', async () => {
    const source = new TogetherSource([fileSource('a.pcapng', a.slice(0, 10)), fileSource('b.pcapng', b)], 7);
    const sink = new Collector();
    await source.start(sink);
    expect(Buffer.compare(sink.joined(), Buffer.concat([frontA, frontB, b]))).toBe(0);
    expect(sink.cut.map(([cause]) => cause)).toEqual([expect.stringContaining('a.pcapng ends')]);
  });

  it.each([
    ['another format', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)],
    ['empty', new Uint8Array(0)],
  ])('end before one that is %s, by its name', async (_what, bytes) => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcap', bytes)], 7);
    const sink = new Collector();
    await expect(source.start(sink)).rejects.toMatchObject({
      code: 'not-together',
      cause: 'b.pcap is no pcapng, and only those can be opened together.',
    });
    expect(sink.bytes).toBe(
      frontA.length + a.length + fileSection('b.pcap', { part: 2, of: 2, set: 7 }).length,
    );
  });

  it('that are cancelled deliver no more, and hold what they have', async () => {
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', b)], 7);
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
    const source = new TogetherSource([fileSource('a.pcapng', a), fileSource('b.pcapng', long)], 7);
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

it('a capture of which one file is cut off says so, is whole but for that, and can be shared', async () => {
  const events = generatedBytes(400);
  const cut = events.slice(0, events.length - 7);
  const world = new World(
    new TogetherSource([fileSource('cut.pcapng', cut), fileSource('whole.pcapng', events)]),
  );
  const updates = await world.open();
  const end = await updates.ended();
  expect(end).toMatchObject({ state: 'done', events: 799, bytesRead: end.bytesTotal });
  expect(end.problems).toEqual([
    {
      code: 'truncated',
      offset: expect.any(Number) as number,
      cause: expect.stringMatching(
        /^cut\.pcapng ends in the middle of a block, of which \d+ bytes are there\.$/,
      ) as string,
      remedy: expect.stringContaining('the other files are read') as string,
      fatal: false,
    },
  ]);
  // Known again by all of its bytes.
  const samples = new DigestSamples();
  samples.add(cut);
  await expect
    .poll(() => updates.all.at(-1)!.files.map(({ name, bytes }) => [name, bytes]))
    .toEqual([
      ['cut.pcapng', cut.length],
      ['whole.pcapng', events.length],
    ]);
  expect(updates.all.at(-1)!.files[0]!.digest).toBe(digestOf(samples));
  const held = new Uint8Array(await (await world.session.heldCapture()).arrayBuffer());
  const again = storeOf(held);
  expect([again.events.count, again.problems]).toEqual([799, []]);
});

it('a file behind one that was cut off among files of its own is in none of them', async () => {
  const shared = new Collector();
  const two = [fileSource('file1', generatedBytes(3)), fileSource('file2', generatedBytes(3))];
  await new TogetherSource(two).start(shared);
  const share = shared.joined();
  // As a download that ended in the first of its two.
  const cut = new Uint8Array(share.subarray(0, share.length / 2 - 4));
  const all = new Collector();
  await new TogetherSource([
    fileSource('share.pcapng', cut),
    fileSource('plain.pcapng', generatedBytes(3)),
  ]).start(all);
  const { hops } = storeOf(new Uint8Array(all.joined()));
  expect([...new Set(hops.hops.map(({ file }) => file))]).toEqual(['share.pcapng/file1', 'plain.pcapng']);
});
