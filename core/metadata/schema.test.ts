/** From text to a schema: what comes out, what is refused, and what several schemas are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault, MAX_JSON_DEPTH } from './json-position.ts';
import { MAX_SCHEMA_TYPES } from './shape-types.ts';
import { MAX_SCHEMA_CHARS, parseSchema } from './schema.ts';
import { MAX_NESTING } from './type-rules.ts';
import { errorsOf, errorsWith, framingWith, typeWith } from './testing/schema-errors.ts';
import { EDGE } from './testing/schemas.ts';

describe('a good schema', () => {
  it('comes out with the defaults of its framing filled in', () => {
    expect(parseSchema(JSON.stringify(EDGE))).toEqual({
      ok: true,
      schema: {
        ...EDGE,
        framing: {
          kind: 'tlv',
          start: 0,
          typeBytes: 1,
          lengthBytes: 1,
          endian: 'little',
          lengthUnit: 1,
          lengthIncludesHeader: false,
          align: 1,
          pad: 0,
        },
      },
    });
  });

  it('may name its JSON Schema and write the numbers of names in hexadecimal', () => {
    const parsed = parseSchema(
      `\ufeff${JSON.stringify({
        $schema: 'metadata-schema-v1.json',
        ...EDGE,
        types: [typeWith({ kind: 'enum', names: { '0x10': 'sixteen', '0XffffffffffffffFF': 'all' } })],
      })}`,
    );
    expect(parsed).toMatchObject({
      ok: true,
      schema: { types: [{ names: { 16: 'sixteen', '18446744073709551615': 'all' } }] },
    });
    expect(parsed.ok && '$schema' in parsed.schema).toBe(false);
  });

  it('may write types, pad and terminator as text, decimal or hexadecimal, and they come out as numbers', () => {
    const open = { kind: 'tlv', typeBytes: 2, lengthBytes: 2, endian: 'big', terminator: '0xFFFF' };
    const types = [typeWith({ type: '0x0101' }), typeWith({ type: '258', name: 'y' })];
    const parsed = parseSchema(JSON.stringify({ ...EDGE, framing: open, types }));
    expect(parsed).toMatchObject({
      ok: true,
      schema: { framing: { terminator: 65535 }, types: [{ type: 257 }, { type: 258 }] },
    });
    expect(parseSchema(JSON.stringify({ ...EDGE, framing: { ...EDGE.framing, pad: '0x0' } }))).toMatchObject({
      ok: true,
      schema: { framing: { pad: 0 } },
    });
  });

  it(`may know no type, and up to ${MAX_SCHEMA_TYPES}`, () => {
    const types = Array.from({ length: MAX_SCHEMA_TYPES }, (_, i) => typeWith({ type: i, name: `t${i}` }));
    const open = { ...EDGE.framing, pad: undefined };
    expect(errorsWith({ types: [] })).toEqual([]);
    expect(errorsWith({ framing: open, types })).toEqual([]);
    expect(
      errorsWith({ framing: { ...open, typeBytes: 2 }, types: [...types, typeWith({ type: 300 })] }),
    ).toEqual(['types: must have at most 256 entries']);
  });
});

describe('text that is not JSON is refused with line and column', () => {
  it.each([
    ['', 'line 1, column 1: Not JSON: the text ends here, but a value is expected here'],
    ['{"whither": 1,\n  "name": "x",\n}', 'line 3, column 1: Not JSON: a comma must not stand before }'],
    ['{\n  name: 1}', 'line 2, column 3: Not JSON: a key in double quotes is expected here'],
    ['{"a" 1}', 'line 1, column 6: Not JSON: a colon is expected here'],
    ['[1 2]', 'line 1, column 4: Not JSON: a comma or ] is expected here'],
    ['{"a": 1} x', 'line 1, column 10: Not JSON: something follows the end of the JSON value'],
    [
      '{"a": "b\n"}',
      'line 1, column 9: Not JSON: a line break or control character must not stand in a string',
    ],
    ['{"a": "\\x"}', 'line 1, column 8: Not JSON: JSON does not know this escape'],
    ['{"a": "b', 'line 1, column 9: Not JSON: the text ends here, but a string must end with a double quote'],
    ['{"a": 01}', 'line 1, column 8: Not JSON: a comma or } is expected here'],
    ['# schema', 'line 1, column 1: Not JSON: a value is expected here'],
  ])('%j', (text, error) => {
    expect(errorsOf(text)).toEqual([error]);
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const almost = fc
      .tuple(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', '\\', '0', '\n', 'u'),
        fc.nat(1),
      )
      .map(([json, at, char, cut]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + char + json.slice(place + cut);
      });
    fc.assert(
      fc.property(almost, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(findJsonFault(text) === null).toBe(valid);
      }),
      { numRuns: 3000 },
    );
  });

  it('is refused when it is nested too deeply or too long, however it is made', () => {
    expect(errorsOf('['.repeat(500_000))).toEqual([
      `line 1, column ${MAX_JSON_DEPTH + 2}: Not JSON: nested deeper than ${MAX_JSON_DEPTH} levels`,
    ]);
    expect(errorsOf(' '.repeat(MAX_SCHEMA_CHARS + 1))).toEqual([
      `(whole schema): is longer than ${MAX_SCHEMA_CHARS} characters`,
    ]);
    expect(errorsOf(`"${'\\n'.repeat(400_000)}"`)).toEqual([
      '(whole schema): must be an object, it is a string',
    ]);
  });
});

describe('a schema of version 1, as captures have it', () => {
  it('is upgraded, and means the same', () => {
    const [one, two] = [1, 2].map((whither) => parseSchema(JSON.stringify({ ...EDGE, whither })));
    expect(one).toEqual(two);
    expect(one).toMatchObject({ ok: true, schema: { whither: 2, name: 'edge' } });
  });
});

describe('fields of structs and nested values', () => {
  const struct = (types: unknown[], more: Record<string, unknown> = {}): string[] =>
    errorsWith({ framing: { kind: 'struct', endian: 'little', ...more }, types });
  const u8 = { name: 'a', kind: 'uint', size: 1 };

  it('are numbered by their place, and what comes out parses to itself', () => {
    const text = JSON.stringify({
      ...EDGE,
      framing: { kind: 'struct', endian: 'big' },
      types: [
        u8,
        { name: 'b', kind: 'bytes', size: { field: 'a', unit: 4 }, only: { field: 'a', mask: '0x0f' } },
        {
          name: 'c',
          kind: 'nested',
          size: 'rest',
          framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'big' },
          types: [{ type: '0x10', name: 'a', kind: 'uint' }],
        },
      ],
    });
    const parsed = parseSchema(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.schema.types.map(({ type: number }) => number)).toEqual([0, 1, 2]);
    expect(parsed.schema.types[1]!.only).toEqual({ field: 'a', mask: 15 });
    expect(parsed.schema.types[2]).toMatchObject({ framing: { lengthUnit: 1 }, types: [{ type: 16 }] });
    expect(parseSchema(JSON.stringify(parsed.schema))).toEqual(parsed);
  });

  it.each([
    [[{ name: 'a', kind: 'uint' }], 'types[0].size: is required: a field of kind uint may have any'],
    [
      [
        { ...u8, only: { field: 'b' } },
        { ...u8, name: 'b' },
      ],
      'types[0].only.field: "b" is no field before this one',
    ],
    [
      [
        { name: 'n', kind: 'uint', size: 8 },
        { name: 'b', kind: 'bytes', size: { field: 'n' } },
      ],
      'types[1].size.field: "n" must be one number of at most 4 bytes',
    ],
    [[{ ...u8, bits: { from: 6, count: 3 } }], 'types[0].bits: reach past the 8 bits of its integer'],
    [
      [{ name: 'm', kind: 'mac', bits: { from: 0, count: 1 } }],
      'types[0].bits: is for uint, int, enum, flags, and the kind is mac',
    ],
    [
      [{ name: 'l', kind: 'uint', count: 2 }],
      'types[0].size: of one element is required for a list, as a number',
    ],
    [[{ name: 'n', kind: 'nested', size: 4 }], 'types[0].framing: is required for kind nested'],
    [
      [{ ...u8, framing: { kind: 'traits', version: 2, endian: 'big' } }],
      'types[0].framing: is for nested, and the kind is uint',
    ],
  ])('%j', (types, error) => {
    expect(struct(types)).toContain(error);
  });

  it('of a struct from its end need its size, of other framings have no offsets', () => {
    expect(struct([u8], { from: 'end' })).toEqual([
      'framing.size: is required for a struct from the end: it says where the struct begins',
    ]);
    expect(
      errorsWith({ types: [typeWith({ offset: 1 }), typeWith({ type: 8, name: 'y', count: 2, size: 1 })] }),
    ).toEqual([
      'types[0].offset: is for fields of a struct, not of tlv',
      'types[1].count: must be "rest": here the length of the value is in the bytes',
    ]);
    expect(errorsWith({ types: [{ name: 'x', kind: 'uint' }] })).toEqual(['types[0].type: is required']);
  });

  it('are not nested deeper than decoding goes', () => {
    let inner: Record<string, unknown> = u8;
    for (let i = 0; i < MAX_NESTING; i++) {
      inner = {
        name: 'n',
        kind: 'nested',
        size: 1,
        framing: { kind: 'struct', endian: 'little' },
        types: [inner],
      };
    }
    expect(struct([inner]).join()).toContain(`is nested more than ${MAX_NESTING - 1} deep`);
  });
});

describe('a TLV whose header is not type and length alone', () => {
  it.each([
    [
      { classBytes: 2, typeBytes: 4, pad: undefined },
      'framing.classBytes: and typeBytes are 6 bytes together; at most 4',
    ],
    [{ lengthMask: '0x05' }, 'framing.lengthMask: must be bits in one row'],
    [{ lengthMask: 0 }, 'framing.lengthMask: has no bits'],
    [
      { lengthAt: 0 },
      'framing.lengthAt: lies in the type; bytes that they share need typeMask and lengthMask',
    ],
    [{ typeAt: 15, lengthBytes: 4 }, 'framing.lengthAt: makes a header of 20 bytes; at most 16'],
  ])('%j', (changes, error) => {
    expect(errorsWith({ ...framingWith(changes), types: [] })).toEqual([error]);
  });
});

describe('several schemas in one document', () => {
  const part = { name: 'other', framing: EDGE.framing, types: [] };

  it('have names of their own and each its rules', () => {
    expect(
      errorsWith({
        also: [
          { ...part, name: 'edge' },
          { ...part, when: {} },
          { ...part, name: 'third', when: { bytes: { value: 'aabb', mask: 'ff' } } },
          { ...part, name: 'fourth', where: { in: 'mark' }, when: { devices: ['eth0'] } },
        ],
      }),
    ).toEqual([
      'also[0].name: "edge" is already the name of the first schema',
      'also[1].when: names no devices, programs or bytes',
      'also[2].when.bytes.mask: must have as many bytes as value',
      'also[3].when: chooses between schemas of the area, and this one is for mark',
    ]);
  });

  it('say where in a packet they are', () => {
    const at = (anchor: unknown): string[] => errorsWith({ where: { in: 'packet', at: anchor } });
    expect(at({ kind: 'udp-payload', port: 6081 })).toEqual([]);
    expect(at({ kind: 'tcp-option', option: 253 })).toEqual([]);
    expect(at({ kind: 'udp-payload' })).toEqual(['where.at.port: is required']);
    expect(at({ kind: 'after-bytes', bytes: 'abc' })).toEqual([
      'where.at.bytes: must be pairs of hexadecimal digits',
    ]);
  });
});
