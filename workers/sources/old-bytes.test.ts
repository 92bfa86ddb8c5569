import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternBytes } from '#workers/testing/collector.ts';
import { MemoryFile } from '#workers/testing/memory-file.ts';
import { OldBytes } from './old-bytes.ts';

const LOG = patternBytes(4000);
const LIMIT = 700;

describe('old bytes in a file', () => {
  it('are the newest that fit, whatever the pieces, and every byte is held or counted as dropped', () => {
    const pieces = fc.array(fc.record({ size: fc.integer({ min: 1, max: 300 }), jump: fc.nat(3) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(pieces, (all) => {
        const file = new MemoryFile();
        const old = new OldBytes(file, LIMIT);
        const given = new Set<number>();
        let offset = 0;
        for (const { size, jump } of all) {
          offset += jump;
          const end = Math.min(LOG.length, offset + size);
          if (end <= offset) break;
          old.append(LOG.subarray(offset, end), offset);
          for (let i = offset; i < end; i++) given.add(i);
          offset = end;
        }
        // All that is not written yet is, when it is asked for.
        old.read(offset, 1);
        const dropped = old.droppedBytes;
        expect(file.bytes.length).toBeLessThanOrEqual(LIMIT);
        expect(old.bytes + dropped).toBe(given.size);
        const held = (at: number, length: number): boolean => {
          const found = old.read(at, length);
          return found !== null && found.every((byte, i) => byte === LOG[at + i]);
        };
        const bytes = [...given];
        expect(bytes.slice(dropped).filter((at) => !held(at, 1))).toEqual([]);
        expect(bytes.slice(0, dropped).filter((at) => old.read(at, 1) !== null)).toEqual([]);
        // Across pieces, as far as no byte between was never there.
        const pairs = bytes.slice(dropped).filter((at) => given.has(at + 1));
        expect(pairs.filter((at) => !held(at, 2))).toEqual([]);
        expect(old.read(offset, 1)).toBeNull();
      }),
    );
  });

  it('are no more of when the disk is full, which is counted, and those before stay', () => {
    const file = new MemoryFile();
    const old = new OldBytes(file, LIMIT);
    old.append(LOG.subarray(0, 100), 0);
    expect(old.read(0, 100)).toEqual(LOG.slice(0, 100));
    file.full = true;
    old.append(LOG.subarray(100, 150), 100);
    expect(old.read(100, 50)).toBeNull();
    file.full = false;
    old.append(LOG.subarray(150, 160), 150);
    expect(old.read(150, 10)).toBeNull();
    expect([old.failed, old.bytes, old.droppedBytes]).toEqual([true, 100, 60]);
    expect(old.read(90, 10)).toEqual(LOG.slice(90, 100));
    expect(old.read(95, 10)).toBeNull();
  });

  it('are none of a log that has begun anew', () => {
    const old = new OldBytes(new MemoryFile(), LIMIT);
    old.append(LOG.subarray(0, 100), 0);
    old.clear();
    expect([old.bytes, old.read(0, 1)]).toEqual([0, null]);
    old.append(LOG.subarray(5, 9), 0);
    expect(old.read(0, 4)).toEqual(LOG.slice(5, 9));
  });
});

it('nothing of a capture stays in the file when it is closed', () => {
  const file = new MemoryFile();
  const old = new OldBytes(file, LIMIT);
  old.append(new Uint8Array(LIMIT).fill(7), 0);
  old.append(new Uint8Array(10).fill(7), LIMIT);
  expect(old.read(LIMIT, 10)).not.toBeNull();
  expect(file.bytes.length).toBeGreaterThan(0);
  old.close();
  expect(file.bytes.length).toBe(0);
  expect(file.closed).toBe(true);
});
