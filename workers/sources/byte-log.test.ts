import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternBytes } from '#workers/testing/collector.ts';
import { ByteLog } from './byte-log.ts';

const LOG = patternBytes(1000);

describe('ByteLog', () => {
  it('reads any range back, whatever the chunks were', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(cuts, fc.nat(999), fc.nat(999), (sizes, a, b) => {
        const log = new ByteLog(10_000);
        let offset = 0;
        for (const size of [...sizes, 1000]) {
          const end = Math.min(1000, offset + size);
          if (end > offset) log.append(LOG.subarray(offset, end), offset);
          offset = end;
        }
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(log.read(from, to - from)).toEqual(LOG.slice(from, to));
      }),
    );
  });

  it('drops the oldest chunks over its cap and says so by null', () => {
    const log = new ByteLog(300);
    for (let offset = 0; offset < 1000; offset += 100) log.append(LOG.subarray(offset, offset + 100), offset);
    expect(log.bytes).toBe(300);
    expect(log.read(699, 10)).toBeNull();
    expect(log.read(700, 300)).toEqual(LOG.slice(700, 1000));
    expect(log.read(999, 2)).toBeNull();
    expect(log.read(1000, 1)).toBeNull();
  });

  it('goes on through thousands of chunks without holding on to the dropped ones', () => {
    const log = new ByteLog(50);
    for (let i = 0; i < 10_000; i++) log.append(Uint8Array.of(i & 0xff), i);
    expect(log.bytes).toBe(50);
    expect(log.read(9_949, 1)).toBeNull();
    expect(log.read(9_950, 50)).toEqual(Uint8Array.from({ length: 50 }, (_, i) => (9_950 + i) & 0xff));
  });

  it('gives nothing across a jump and both sides of it', () => {
    const log = new ByteLog(1000);
    log.append(LOG.subarray(0, 100), 0);
    log.append(LOG.subarray(500, 600), 500);
    expect(log.read(90, 10)).toEqual(LOG.slice(90, 100));
    expect(log.read(90, 11)).toBeNull();
    expect(log.read(300, 1)).toBeNull();
    expect(log.read(500, 100)).toEqual(LOG.slice(500, 600));
  });

  it('does not take bytes out of order', () => {
    const log = new ByteLog(1000);
    log.append(LOG.subarray(0, 100), 0);
    expect(() => log.append(LOG.subarray(0, 1), 99)).toThrow(RangeError);
  });
});
