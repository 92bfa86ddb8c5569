import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvent } from './event.ts';
import { CARRY_START_BYTES, CaptureReader } from './reader.ts';
import { anyCapture, anyDamage, damage } from './testing/arbitrary-capture.ts';
import { rawPcap } from './testing/raw-blocks.ts';
import { CallRecorder, cutAt, hex, readAll } from './testing/record-calls.ts';

const cuts = fc.array(fc.nat(1_000_000), { maxLength: 30 });
const MAX_BLOCK_BYTES = 8192;
const anyPcap = fc
  .tuple(
    fc.boolean(),
    fc.constantFrom(0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34),
    fc.array(
      fc.record({
        seconds: fc.nat(0xffff_ffff),
        fraction: fc.nat(0xffff_ffff),
        data: fc.uint8Array({ maxLength: 60 }),
        original: fc.nat(0xffff),
      }),
      { maxLength: 8 },
    ),
  )
  .map(([littleEndian, magic, records]) => rawPcap(littleEndian, magic, 1, records));
const anyInput = fc.oneof(
  anyCapture.map((c) => c.bytes),
  anyPcap,
);

describe('the reader', () => {
  it('gives back every packet that the writer was given', () => {
    fc.assert(
      fc.property(anyCapture, ({ sections, bytes }) => {
        const read = readAll([bytes]);
        expect(read.problems).toEqual([]);
        const expected = sections.flatMap((section, s) =>
          section.packets.map((p) => ({
            interfaceIndex: s * 3 + p.interfaceId,
            timeNs: p.time,
            data: hex(p.data),
            originalLength: p.originalLength,
            packetId: p.packetId ?? null,
            flags: p.flags ?? 0,
            dropCount: Number(p.dropCount ?? 0n),
            queue: p.queue ?? -1,
            event: p.event ? hex(encodeEvent(p.event)) : '',
            littleEndian: section.littleEndian,
          })),
        );
        const got = read.packets.map(({ blockOffset: _o, blockLength: _l, options: _p, ...rest }) => rest);
        expect(got).toEqual(expected);
      }),
    );
  });

  it('names for each packet the place of its block in the input', () => {
    fc.assert(
      fc.property(anyCapture, cuts, ({ bytes }, at) => {
        const view = new DataView(bytes.buffer);
        for (const p of readAll(cutAt(bytes, at)).packets) {
          expect(view.getUint32(p.blockOffset, p.littleEndian)).toBe(6);
          expect(view.getUint32(p.blockOffset + 4, p.littleEndian)).toBe(p.blockLength);
        }
      }),
    );
  });

  it('says the same however the input is cut, also when it is damaged', () => {
    fc.assert(
      fc.property(anyInput, anyDamage, cuts, (bytes, changes, at) => {
        const input = damage(bytes, changes);
        expect(readAll(cutAt(input, at)).calls).toEqual(readAll([input]).calls);
      }),
      { numRuns: 400 },
    );
  });

  it('says the same for one byte at a time', () => {
    fc.assert(
      fc.property(anyInput, (bytes) => {
        const every = Array.from({ length: bytes.length }, (_, i) => i);
        expect(readAll(cutAt(bytes, every)).calls).toEqual(readAll([bytes]).calls);
      }),
      { numRuns: 20 },
    );
  });

  it('delivers of a cut capture exactly what the whole one has before the cut', () => {
    fc.assert(
      fc.property(anyInput, fc.nat(1_000_000), (bytes, position) => {
        const length = position % (bytes.length + 1);
        const whole = readAll([bytes]).calls;
        const cut = readAll([bytes.subarray(0, length)]);
        const kept = cut.calls.filter((c) => c.call !== 'problem');
        expect(kept).toEqual(whole.slice(0, kept.length));
        for (const p of cut.packets) expect(p.blockOffset + p.blockLength <= length).toBe(true);
      }),
    );
  });
});

describe('hostile input', () => {
  function readsSafely(chunks: readonly Uint8Array[], limits: { maxBlockBytes?: number } = {}): void {
    const recorder = new CallRecorder();
    const reader = new CaptureReader(recorder, { limits });
    const length = chunks.reduce((sum, c) => sum + c.length, 0);
    for (const chunk of chunks) {
      reader.push(chunk);
      const most = limits.maxBlockBytes ?? 2 * length;
      expect(reader.heldBytes <= Math.max(CARRY_START_BYTES, most)).toBe(true);
    }
    reader.end();
    expect(recorder.problems.filter((p) => p.fatal).length <= 1).toBe(true);
    for (const p of recorder.problems) {
      expect(p.offset >= 0 && p.offset <= length).toBe(true);
      expect(p.cause.length > 0 && p.remedy.length > 0).toBe(true);
    }
    for (const p of recorder.packets) expect(p.data.length / 2 <= p.blockLength).toBe(true);
  }

  it('of random bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, at) => {
        readsSafely(cutAt(bytes, at));
      }),
    );
  });

  it('of random bytes behind a valid beginning never throws', () => {
    fc.assert(
      fc.property(anyInput, fc.uint8Array({ maxLength: 300 }), cuts, (bytes, noise, at) => {
        readsSafely([...cutAt(bytes, at), noise]);
      }),
    );
  });

  it('of a damaged capture never throws', () => {
    fc.assert(
      fc.property(anyInput, anyDamage, cuts, (bytes, changes, at) => {
        readsSafely(cutAt(damage(bytes, changes), at));
      }),
      { numRuns: 1000 },
    );
  });

  it('never makes it hold more than a block may have, or twice what came', () => {
    const claim = new Uint8Array([...rawPcap(true, 0xa1b2c3d4, 1, []), ...new Uint8Array(16)]);
    new DataView(claim.buffer).setUint32(32, 16_000_000, true);
    readsSafely([claim, new Uint8Array(10_000)]);
    new DataView(claim.buffer).setUint32(32, MAX_BLOCK_BYTES - 16, true);
    const pieces = Array.from({ length: 40 }, () => new Uint8Array(1000));
    readsSafely([claim, ...pieces], { maxBlockBytes: MAX_BLOCK_BYTES });
  });
});
