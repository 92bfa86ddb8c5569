import { describe, expect, it } from 'vitest';
import { BlockBuffer } from './block-buffer.ts';

describe('a block buffer', () => {
  it('grows at any write, and keeps what was written before', () => {
    for (const before of [4088, 4089, 4090, 4091, 4092, 4093, 4094, 4095, 4096]) {
      const writes: [string, (buffer: BlockBuffer) => void, number[]][] = [
        ['u8', (b) => b.u8(1), [1]],
        ['u16', (b) => b.u16(0x0201), [1, 2]],
        ['u32', (b) => b.u32(0x04030201), [1, 2, 3, 4]],
        ['u64', (b) => b.u64(0x0807060504030201n), [1, 2, 3, 4, 5, 6, 7, 8]],
        ['bytes', (b) => b.bytes(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), [1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ];
      for (const [name, write, expected] of writes) {
        const buffer = new BlockBuffer();
        buffer.bytes(new Uint8Array(before).fill(0xaa));
        write(buffer);
        const out = buffer.take();
        expect([...out.subarray(before)], `${name} at ${String(before)}`).toEqual(expected);
        expect(out.subarray(0, before).every((byte) => byte === 0xaa)).toBe(true);
      }
    }
  });
});
