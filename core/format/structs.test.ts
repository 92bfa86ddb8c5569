import { describe, expect, it } from 'vitest';
import { HOOKS } from './hooks.ts';
import {
  EVENT,
  EXTENSION,
  FIELD_SIZE,
  MAGIC_BLOCK,
  MAGIC_EVENT,
  MAGIC_INTERFACE,
  STRUCTS,
} from './structs.ts';
import * as layout from './layout.gen.ts';

function ascii(magic: number): string {
  return String.fromCharCode(magic & 255, (magic >> 8) & 255, (magic >> 16) & 255, magic >>> 24);
}

describe('the field table', () => {
  it.each(STRUCTS)('$name has no holes and no overlaps, and its fields ascend', (struct) => {
    let end = 0;
    for (const field of struct.fields) {
      expect(`${field.name}@${field.offset}`).toBe(`${field.name}@${end}`);
      end += FIELD_SIZE[field.type];
    }
    expect(end).toBe(struct.size);
  });

  it.each(STRUCTS)('$name is a multiple of 4, as pcapng pads', (struct) => {
    expect(struct.size % 4).toBe(0);
  });

  it.each(STRUCTS)(
    '$name has every integer on its natural alignment, so that C needs no packing',
    (struct) => {
      const largest = Math.max(
        1,
        ...struct.fields.map((f) => (f.type.includes('[') ? 1 : FIELD_SIZE[f.type])),
      );
      expect(struct.size % largest).toBe(0);
      for (const field of struct.fields) {
        if (!field.type.includes('['))
          expect([field.name, field.offset % FIELD_SIZE[field.type]]).toEqual([field.name, 0]);
      }
    },
  );

  it('names each field once in its struct and each struct once', () => {
    for (const struct of STRUCTS) {
      const names = struct.fields.map((f) => f.name);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(new Set(STRUCTS.map((s) => s.name)).size).toBe(STRUCTS.length);
  });

  it('spells the magics in ASCII, first character in the lowest byte', () => {
    expect([MAGIC_EVENT, MAGIC_INTERFACE, MAGIC_BLOCK].map(ascii)).toEqual(['WHEV', 'WHIF', 'WHBK']);
  });

  it('has one bit per extension, ascending', () => {
    const bits = Object.values(EXTENSION);
    expect(bits).toEqual(bits.toSorted((a, b) => a - b));
    for (const bit of bits) expect([bit, Math.log2(bit) % 1]).toEqual([bit, 0]);
    expect(new Set(bits).size).toBe(bits.length);
  });

  it('gives each hook an id of its own that fits in a byte, and a name of its own', () => {
    expect(new Set(HOOKS.map((h) => h.id)).size).toBe(HOOKS.length);
    expect(new Set(HOOKS.map((h) => h.name)).size).toBe(HOOKS.length);
    for (const { id } of HOOKS) expect(id > 0 && id < 256).toBe(true);
  });

  it('is what layout.gen.ts says', () => {
    expect(layout.EVENT_SIZE).toBe(EVENT.size);
    expect(layout.EVENT_SKB).toBe(16);
    expect(layout.BLOCK_HEADER_SUBTYPE).toBe(5);
    expect(layout.GAP_TO).toBe(24);
  });
});
