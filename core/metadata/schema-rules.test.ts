/** What holds between the keys of a schema, and that each error names its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SCHEMA_ERRORS, parseSchema } from './schema.ts';
import { errorsWith, framingWith, typeWith } from './testing/schema-errors.ts';
import { EDGE } from './testing/schemas.ts';

const SOURCE = { field: 'source', offset: 0, size: 4 };

describe('every rule names its path', () => {
  it.each([
    [{ whither: 3 }, 'whither: must be one of 2; it is 3'],
    [{ name: undefined }, 'name: is required'],
    [{ name: '' }, 'name: must not be empty'],
    [{ types: 7 }, 'types: must be a list, it is 7'],
    [
      { typs: [] },
      'typs: is not a key that is known here; known are: $schema, whither, name, description, where, when, framing, types, maps, also',
    ],
    [{ description: 'x'.repeat(2001) }, 'description: must be at most 2000 characters long'],
    [framingWith({ typeBytes: 3 }), 'framing.typeBytes: must be one of 1, 2, 4; it is 3'],
    [framingWith({ endian: 'LE' }), 'framing.endian: must be one of "little", "big"; it is "LE"'],
    [framingWith({ start: 253 }), 'framing.start: must be a whole number from 0 to 252'],
    [framingWith({ start: 1.5 }), 'framing.start: must be a whole number from 0 to 252'],
    [
      framingWith({ lengthIncludesHeader: 1 }),
      'framing.lengthIncludesHeader: must be true or false, it is 1',
    ],
    [framingWith({ align: 3 }), 'framing.align: must be one of 1, 2, 4, 8; it is 3'],
    [framingWith({ lengthUnit: 2 }), 'framing.lengthUnit: must be one of 1, 4, 8; it is 2'],
    [framingWith({ pad: 256 }), 'framing.pad: must be a whole number from 0 to 255'],
    [
      framingWith({ typeBytes: 2 }),
      'framing.pad: is a single byte and needs typeBytes 1, which is 2; use align or terminator',
    ],
    [
      framingWith({ terminator: 256 }),
      'framing.terminator: 256 does not fit in a type of 1 byte (at most 255)',
    ],
    [framingWith({ terminator: 0 }), 'framing.terminator: is 0, which is already the pad'],
    [
      { types: [typeWith({ type: 256 })] },
      'types[0].type: 256 does not fit in a type of 1 byte (at most 255)',
    ],
    [
      { types: [typeWith({ type: '0x100' })] },
      'types[0].type: 256 does not fit in a type of 1 byte (at most 255)',
    ],
    [
      { types: [typeWith({ type: '9' }), typeWith({ name: 'y' })] },
      'types[1].type: 9 is already the type of types[0]',
    ],
    [
      { types: [typeWith({ type: '0x' })] },
      'types[0].type: must be a number, or text such as "257" or "0x0101"',
    ],
    [
      { types: [typeWith({ type: null })] },
      'types[0].type: must be a whole number from 0 to 4294967295, it is null',
    ],
    [framingWith({ pad: '0x100' }), 'framing.pad: 256 does not fit in a type of 1 byte (at most 255)'],
    [
      {
        framing: { ...EDGE.framing, typeBytes: 2, pad: undefined },
        types: [typeWith({ type: '0x10000' })],
      },
      'types[0].type: 0x10000 does not fit in a type of 2 bytes (at most 0xffff)',
    ],
    [{ types: [typeWith({ type: 0 })] }, 'types[0].type: 0 is the pad, which has no value'],
    [{ types: [typeWith({}), typeWith({ name: 'y' })] }, 'types[1].type: 9 is already the type of types[0]'],
    [{ types: [typeWith({}), typeWith({ type: 8 })] }, 'types[1].name: "x" is already the name of types[0]'],
    [
      { types: [typeWith({ name: '1st' })] },
      'types[0].name: must begin with a letter or _ and go on with letters, digits and _',
    ],
    [{ types: [typeWith({ kind: 'enum' })] }, 'types[0].names: is required for kind enum'],
    [
      { types: [typeWith({ kind: 'enum', names: { a: 'b' } })] },
      'types[0].names.a: must have a number as its key, decimal or 0x hexadecimal',
    ],
    [{ types: [typeWith({ kind: 'enum', names: { 1: '' } })] }, 'types[0].names["1"]: must not be empty'],
    [
      { types: [typeWith({ kind: 'enum', names: { 1: 'a', '0x01': 'b' } })] },
      'types[0].names["0x01"]: is the same number as "1"',
    ],
    [
      { types: [typeWith({ kind: 'enum', names: { '18446744073709551616': 'a' } })] },
      'types[0].names["18446744073709551616"]: does not fit in 8 bytes',
    ],
    [
      { types: [typeWith({ kind: 'flags', names: { 64: 'a' } })] },
      'types[0].names["64"]: is no bit: bits are 0 to 63',
    ],
    [
      { types: [typeWith({ kind: 'ipv4', display: 'hex' })] },
      'types[0].display: is for uint, and the kind is ipv4',
    ],
    [
      { types: [typeWith({ kind: 'mac', endian: 'big' })] },
      'types[0].endian: is for uint, int, enum, flags, timestamp, ipv4, and the kind is mac',
    ],
    [
      { types: [typeWith({ kind: 'timestamp' })] },
      'types[0].timestamp: is required for kind timestamp: nothing in the bytes tells the clock',
    ],
    [
      { types: [typeWith({ kind: 'timestamp', timestamp: { unit: 'ns', epoch: 'tai' } })] },
      'types[0].timestamp.epoch: must be one of "unix", "boot"; it is "tai"',
    ],
    [maps({ map: 0 }), 'maps[0].map: must be a whole number from 1 to 4294967295'],
    [maps({ map: 'a name' }), 'maps[0].map: must be a name of at most 15 characters'],
    [
      maps({}, { kind: 'flow' }),
      'maps[0].key.kind: must be one of "5-tuple", "socket-cookie", "skb-hash"; it is "flow"',
    ],
    [maps({}, { fields: [] }), 'maps[0].key.fields: must not be empty'],
    [
      maps({}, { fields: [{ field: 'hash', offset: 0, size: 4 }] }),
      'maps[0].key.fields[0].field: hash is no part of a socket-cookie, which has cookie',
    ],
    [
      maps({}, { fields: [{ field: 'cookie', offset: 0, size: 4 }] }),
      'maps[0].key.fields[0].size: of cookie must be 8, it is 4',
    ],
    [
      maps({}, { fields: [{ field: 'cookie', offset: 505, size: 8 }] }),
      'maps[0].key.fields[0].offset: is behind the longest key',
    ],
    [
      maps({}, { directions: 'both' }),
      'maps[0].key.directions: is for 5-tuple, and the kind is socket-cookie',
    ],
    [
      maps({}, { kind: '5-tuple', fields: [SOURCE, { ...SOURCE, offset: 4 }] }),
      'maps[0].key.fields[1].field: source is already there',
    ],
    [
      maps({ value: { offset: 0, framing: { ...EDGE.framing, typeBytes: 2 } } }),
      'maps[0].value.framing.pad: is a single byte and needs typeBytes 1, which is 2; use align or terminator',
    ],
  ])('%j', (changes, error) => {
    expect(errorsWith(changes as Record<string, unknown>)).toEqual([error]);
  });

  it('fills in the framing of a map as that of the area, and takes pad and terminator as text', () => {
    const framing = { kind: 'tlv', typeBytes: 2, lengthBytes: 1, endian: 'big', terminator: '0xffff' };
    const parsed = parseSchema(JSON.stringify({ ...EDGE, ...maps({ value: { offset: 4, framing } }) }));
    expect(parsed.ok && parsed.schema.maps).toEqual([
      {
        map: 'flows',
        key: { kind: 'socket-cookie', fields: [{ field: 'cookie', offset: 0, size: 8 }] },
        value: {
          offset: 4,
          framing: {
            ...framing,
            terminator: 0xffff,
            start: 0,
            lengthUnit: 1,
            lengthIncludesHeader: false,
            align: 1,
          },
        },
      },
    ]);
  });

  it('reports the terminator as a type, and no more errors than help', () => {
    expect(errorsWith({ framing: { ...EDGE.framing, terminator: 9 }, types: [typeWith({})] })).toEqual([
      'types[0].type: 9 is the terminator, which has no value',
    ]);
    const types = Array.from({ length: 200 }, () => typeWith({ name: '?' }));
    expect(errorsWith({ types })).toHaveLength(MAX_SCHEMA_ERRORS);
  });

  it('never throws, whatever JSON it is given', () => {
    const key = fc.constantFrom(
      'whither',
      'name',
      'framing',
      'types',
      'kind',
      '__proto__',
      'names',
      'toString',
    );
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(key, fc.jsonValue()).map((changes) => ({ ...EDGE, ...changes })),
      fc.dictionary(key, fc.jsonValue()).map((changes) => ({ ...EDGE, types: [typeWith(changes)] })),
    );
    fc.assert(
      fc.property(junk, (value) => {
        const parsed = parseSchema(JSON.stringify(value));
        if (!parsed.ok) expect(parsed.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

function maps(rule: Record<string, unknown>, key: Record<string, unknown> = {}): { maps: unknown[] } {
  return {
    maps: [
      {
        map: 'flows',
        key: { kind: 'socket-cookie', fields: [{ field: 'cookie', offset: 0, size: 8 }], ...key },
        value: { offset: 0 },
        ...rule,
      },
    ],
  };
}
