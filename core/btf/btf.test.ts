import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { readBtf, type Btf } from './btf.ts';
import { schemaText } from './schema-text.ts';
import { findType, searchTypes } from './search.ts';
import { schemaFromEnum, schemaFromStruct } from './struct-schema.ts';
import { compileBpf, hasClang } from './testing/compile.ts';
import { rawBtf, RAW_U32 } from './testing/raw-btf.ts';
import { BtfFault, KIND } from './types.ts';

const SOURCE = `
typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;
typedef __u16 __be16; typedef __u32 __be32;
#define tag(text) __attribute__((btf_decl_tag(text)))
enum verdict { UNKNOWN, PASS, DROP = 7 };
enum edge_tlv { EDGE_TLV_TRACE = 1, EDGE_TLV_ORIGIN = 3, EDGE_TLV_TENANT = 0x104 };
typedef struct { __u8 major; __u8 minor; } version_t;
struct in_addr { __be32 s_addr; };
struct meta {
  __u64 seen_at tag("unit:ns") tag("desc:when XDP saw it") tag("time:boot");
  __u32 low : 4, middle : 13, high : 15;
  int signed_part : 5;
  const enum verdict verdict;
  __u64 wide;
  volatile version_t version;
  __be16 port;
  union { __u32 mark; struct { __u16 mark_low, mark_high; }; };
  __u16 marks[3];
  __u8 eth_source[6];
  char name[8];
  struct in_addr origin;
  version_t versions[2];
  _Bool is_new;
  __u8 rest[];
};
struct meta *use_meta(void) { return 0; }
static struct meta m; enum edge_tlv t;
int prog(void *ctx) { m.seen_at = 1; t = EDGE_TLV_ORIGIN; return m.low + t; }
`;

function structOf(btf: Btf, name: string): ReturnType<typeof schemaFromStruct> {
  const found = findType(btf, name);
  if (found === null) throw new Error(`no ${name}`);
  return schemaFromStruct(btf, found.id);
}

/** Name to printed value, as the schema in its published form reads the bytes. */
function decode(schema: ReturnType<typeof schemaFromStruct>, bytes: Uint8Array): Record<string, string> {
  const parsed = parseSchema(schemaText(schema));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { tlvs, fault } = decodeArea(compileSchema(parsed.schema), bytes);
  expect(fault).toBeNull();
  return Object.fromEntries(tlvs.map(({ name, value }) => [name, value]));
}

/** struct meta as a program of either byte order writes it, byte by byte (System V ABI, bit fields of gABI). */
function written(little: boolean): Uint8Array {
  const bytes = new Uint8Array(100);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 12_000_000_001n, little);
  const [low, middle, high] = [0x9, 0x1abc, 0x5555];
  view.setUint32(
    8,
    little ? low | (middle << 4) | (high << 17) : (low << 28) | (middle << 15) | high,
    little,
  );
  // -3 in five bits.
  view.setUint32(12, little ? 0x1d : 0x1d << 27, little);
  view.setUint32(16, 7, little);
  view.setBigUint64(24, 0x1122334455667788n, little);
  bytes.set([5, 9], 32);
  view.setUint16(34, 443, false);
  view.setUint16(36, 0x1234, little);
  view.setUint16(38, 0xabcd, little);
  for (const i of [0, 1, 2]) view.setUint16(40 + 2 * i, 100 + i, little);
  bytes.set([2, 0, 0, 0, 0, 7], 46);
  bytes.set(new TextEncoder().encode('edge'), 52);
  bytes.set([10, 0, 0, 1], 60);
  bytes.set([1, 2, 3, 4], 64);
  bytes[68] = 1;
  bytes.set([0xde, 0xad], 69);
  return bytes;
}

describe.skipIf(!hasClang)('BTF of an object (needs clang)', () => {
  const objects = hasClang ? { little: compileBpf(SOURCE, 'bpfel'), big: compileBpf(SOURCE, 'bpfeb') } : null;

  test.each(['little', 'big'] as const)(
    'the fields of a struct read as they were written, %s-endian',
    (endian) => {
      const btf = readBtf(objects![endian]);
      expect(btf.endian).toBe(endian);
      const little = endian === 'little';
      expect(decode(structOf(btf, 'meta'), written(little))).toEqual({
        seen_at: '12.000000001 s after boot',
        low: '9',
        middle: String(0x1abc),
        high: String(0x5555),
        signed_part: '-3',
        verdict: 'DROP',
        wide: String(0x1122334455667788n),
        version: 'major=5 minor=9',
        port: '443',
        mark: String(little ? 0xabcd1234 : 0x1234abcd),
        mark_low: String(0x1234),
        mark_high: String(0xabcd),
        marks: '100, 101, 102',
        eth_source: '02:00:00:00:00:07',
        name: 'edge',
        origin: '10.0.0.1',
        versions: '0={major=1 minor=2} 1={major=3 minor=4}',
        is_new: 'true',
        rest: expect.stringMatching(/^dead/) as string,
      });
    },
  );

  test('tags, sizes and search', () => {
    const btf = readBtf(objects!.little);
    const { types, framing } = structOf(btf, 'struct meta');
    expect(types[0]).toMatchObject({ kind: 'timestamp', description: 'when XDP saw it' });
    expect(framing).toMatchObject({ kind: 'struct', size: 72 });
    expect(searchTypes(btf, 'ver', 10).map(({ name, kind, size }) => [name, kind, size])).toEqual([
      ['verdict', 'enum', 4],
      ['version_t', 'struct', 2],
    ]);
    expect(findType(btf, 'nothing')).toBeNull();
  });

  test('an enum names types of TLVs, without what all its names share', () => {
    const btf = readBtf(objects!.little);
    const schema = schemaFromEnum(btf, findType(btf, 'edge_tlv')!.id);
    expect(schema.framing).toMatchObject({ kind: 'tlv', typeBytes: 2 });
    expect(schema.types.map(({ type, name }) => [type, name])).toEqual([
      [1, 'trace'],
      [3, 'origin'],
      [0x104, 'tenant'],
    ]);
    expect(parseSchema(JSON.stringify(schema)).ok).toBe(true);
  });

  test('a damaged object is a fault with an offset, or it reads: never anything else, and never for long', () => {
    const object = objects!.little;
    const bytes = fc.record({
      at: fc.nat(object.length - 1),
      value: fc.nat(255),
      cut: fc.option(fc.nat(object.length), { freq: 4 }),
    });
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 6 }), (changes) => {
        let damaged = object.slice();
        for (const { at, value, cut } of changes) {
          damaged[at % damaged.length] = value;
          if (cut !== null && cut > 0) damaged = damaged.slice(0, Math.min(cut, damaged.length));
        }
        readsOrFaults(damaged);
      }),
      { numRuns: 300 },
    );
  });
});

test('an object that is nothing but its first bytes ends where they do', () => {
  const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2);
  for (const length of [4, 5]) readsOrFaults(elf.subarray(0, length));
});

test('bytes of any kind behind a BTF header are a fault with an offset, or they read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), fc.boolean(), (body, types, little) => {
      const raw = new Uint8Array(24 + body.length);
      const view = new DataView(raw.buffer);
      view.setUint16(0, 0xeb9f, little);
      view.setUint8(2, 1);
      view.setUint32(4, 24, little);
      const length = Math.min(types, body.length) & ~3;
      view.setUint32(12, length, little);
      view.setUint32(16, length, little);
      view.setUint32(20, body.length - length, little);
      raw.set(body, 24);
      readsOrFaults(raw);
    }),
    { numRuns: 500 },
  );
});

function readsOrFaults(bytes: Uint8Array): void {
  try {
    const btf = readBtf(bytes);
    for (const { id, kind } of btf.types()) {
      const schema = kind === 'enum' ? schemaFromEnum(btf, id) : schemaFromStruct(btf, id);
      expect(schema.types.length).toBeLessThanOrEqual(256);
    }
  } catch (thrown) {
    if (!(thrown instanceof BtfFault)) throw thrown;
    expect(thrown.offset).toBeGreaterThanOrEqual(0);
    expect(thrown.offset).toBeLessThanOrEqual(bytes.length);
  }
}

const VMLINUX = '/sys/kernel/btf/vmlinux';

describe.skipIf(!existsSync(VMLINUX))('BTF of this kernel', () => {
  it('knows its own structs and enums', () => {
    const btf = readBtf(readFileSync(VMLINUX));
    const { types, framing } = structOf(btf, 'xdp_md');
    expect(framing).toMatchObject({ kind: 'struct', size: 24 });
    expect(types.slice(0, 3).map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['data', 0, 4],
      ['data_end', 4, 4],
      ['data_meta', 8, 4],
    ]);
    const info = structOf(btf, 'skb_shared_info').types.find(({ name }) => name === 'meta_len');
    expect(info).toMatchObject({ offset: 1, size: 1 });
    const action = findType(btf, 'xdp_action')!;
    expect(btf.values(action.id).map(({ name }) => name)).toContain('XDP_REDIRECT');
  });

  it('has enums of 64 bits', () => {
    const btf = readBtf(readFileSync(VMLINUX));
    const wide = [...btf.types()].filter(({ id }) => btf.kind(id) === KIND.enum64);
    expect(wide.length).toBeGreaterThan(0);
    const values = wide.flatMap(({ id }) => btf.values(id).map(({ value }) => value));
    expect(values.some((value) => value > 0xffffffffn || value < 0n)).toBe(true);
  });
});

test('an enum of 64 bits, signed and not', () => {
  const tail = ['LOW', 1, 0, 'HIGH', 0x55667788, 0x91223344];
  const { bytes } = rawBtf([
    { kind: KIND.enum64, name: 'wide', word: 8, vlen: 2, tail },
    { kind: KIND.enum64, name: 'signed_wide', word: 8, vlen: 2, flag: true, tail },
    { kind: KIND.struct, name: 'meta', word: 16, vlen: 2, tail: ['a', 1, 0, 'b', 2, 64] },
  ]);
  const btf = readBtf(bytes);
  expect(btf.values(1).map(({ value }) => value)).toEqual([1n, 0x9122334455667788n]);
  expect(btf.values(2).map(({ value }) => value)).toEqual([1n, 0x9122334455667788n - (1n << 64n)]);
  const area = new Uint8Array(16);
  new DataView(area.buffer).setBigUint64(0, 0x9122334455667788n, true);
  new DataView(area.buffer).setBigUint64(8, 0x9122334455667788n, true);
  expect(decode(structOf(btf, 'meta'), area)).toEqual({ a: 'HIGH', b: 'HIGH' });
});

test('split BTF of a module takes types and names of its base', () => {
  const base = rawBtf([RAW_U32, { kind: KIND.typedef, name: 'u32', word: 1 }]);
  const split = rawBtf(
    [{ kind: KIND.struct, name: 'module_meta', word: 8, vlen: 2, tail: ['mark', 2, 0, 'tenant', 1, 32] }],
    base.nameBytes,
  );
  const btf = readBtf(split.bytes, readBtf(base.bytes));
  expect([...btf.types()]).toEqual([{ id: 3, kind: 'struct', name: 'module_meta', size: 8, count: 2 }]);
  expect(btf.name(2)).toBe('u32');
  expect(btf.name(btf.resolve(btf.members(3)[0]!.typeId))).toBe('unsigned int');
  expect(decode(structOf(btf, 'module_meta'), Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0))).toEqual({
    mark: '1',
    tenant: '2',
  });
  // Without its base it names types that are not there.
  const alone = readBtf(
    rawBtf([{ kind: KIND.struct, name: 'lost', word: 4, vlen: 1, tail: ['mark', 9, 0] }]).bytes,
  );
  expect(() => schemaFromStruct(alone, 1)).toThrow(BtfFault);
});

test('bit fields of before kind_flag, whose width is in the integer', () => {
  const { bytes } = rawBtf([
    { kind: KIND.int, name: 'unsigned int', word: 4, tail: [(3 << 16) | 5] },
    RAW_U32,
    { kind: KIND.struct, name: 'old', word: 4, vlen: 2, tail: ['low', 1, 0, 'high', 1, 8] },
  ]);
  expect(decode(structOf(readBtf(bytes), 'old'), Uint8Array.of(0xa8, 0x50, 0, 0))).toEqual({
    low: '21',
    high: '10',
  });
});

test('types that are each other end in a fault, not in a loop', () => {
  const { bytes } = rawBtf([
    { kind: KIND.typedef, name: 'a', word: 2 },
    { kind: KIND.const, word: 1 },
    { kind: KIND.struct, name: 'round', word: 4, vlen: 1, tail: ['a', 1, 0] },
    { kind: KIND.array, word: 0, tail: [4, 4, 2] },
    { kind: KIND.struct, name: 'own', word: 4, vlen: 1, tail: ['', 5, 0] },
  ]);
  const btf = readBtf(bytes);
  expect(() => structOf(btf, 'round')).toThrow(/in a circle/);
  expect(() => structOf(btf, 'own')).toThrow(/nested more than/);
  expect(() => btf.size(4)).toThrow(/array of itself/);
});
