import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawOrder } from './testing/raw-blocks.ts';
import { joinBytes, readAll } from './testing/record-calls.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { WholeBlocks } from './whole-blocks.ts';

/** A section in either byte order, with blocks of these many bytes of body. */
function section(littleEndian: boolean, bodies: readonly number[]): readonly Uint8Array[] {
  const { u32, u16, block } = rawOrder(littleEndian);
  const header = block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffff_ffff), u32(0xffff_ffff));
  return [header, ...bodies.map((length) => block(0x0bad, new Uint8Array(4 * length)))];
}

function pushAll(blocks: WholeBlocks, bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    out.push(...blocks.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return out;
}

const anySections = fc
  .array(fc.tuple(fc.boolean(), fc.array(fc.nat(20), { maxLength: 4 })), { minLength: 1, maxLength: 3 })
  .map((sections) => sections.flatMap(([order, bodies]) => section(order, bodies)));
const anyCuts = fc.array(fc.nat(400), { maxLength: 6 });

describe('whole blocks', () => {
  it('are all that comes before the cut, wherever that and chunks are, and the rest is what is behind', () => {
    fc.assert(
      fc.property(anySections, anyCuts, fc.nat(400), (parts, cuts, at) => {
        const all = joinBytes(...parts);
        const cut = at % (all.length + 1);
        let whole = 0;
        for (const { length } of parts) {
          if (whole + length > cut) break;
          whole += length;
        }
        const blocks = new WholeBlocks();
        const out = pushAll(blocks, all.subarray(0, cut), cuts);
        expect(joinBytes(...out)).toEqual(all.slice(0, whole));
        expect(blocks.rest).toEqual(all.slice(whole, cut));
        if (cut > 28) expect(readAll(out).problemCodes).toEqual([]);
      }),
    );
  });

  it('are what is left as it is where no block begins', () => {
    const u32 = (...values: readonly number[]) => joinBytes(...values.map(rawOrder(true).u32));
    const bad = [
      u32(6, 13, 0),
      u32(6, 8, 0),
      u32(6, DEFAULT_LIMITS.maxBlockBytes + 4, 0),
      u32(0x0a0d0d0a, 28, 0x1a2b3c4e),
    ];
    fc.assert(
      fc.property(
        anySections,
        anyCuts,
        fc.constantFrom(...bad),
        fc.uint8Array(),
        (parts, cuts, no, behind) => {
          const all = joinBytes(...parts, no, behind);
          const blocks = new WholeBlocks();
          expect(joinBytes(...pushAll(blocks, all, cuts))).toEqual(all);
          expect(blocks.rest).toHaveLength(0);
        },
      ),
    );
  });

  it('are not copied but where a chunk cuts one in two', () => {
    const all = joinBytes(...section(true, [5, 6]));
    const [one, ...none] = new WholeBlocks().push(all);
    expect(one!.buffer).toBe(all.buffer);
    expect(none).toEqual([]);
    const blocks = new WholeBlocks();
    blocks.push(all.subarray(0, 40));
    const [cut, rest] = blocks.push(all.subarray(40));
    expect([cut!.length, cut!.buffer === all.buffer]).toEqual([32, false]);
    expect([rest!.length, rest!.buffer === all.buffer]).toEqual([36, true]);
  });
});
