import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { AreaRedactor } from './area.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { Pseudonyms } from './pseudonyms.ts';

function compiled(schema: unknown) {
  const parsed = parseSchema(JSON.stringify(schema));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return compileSchema(parsed.schema);
}

function redactor(policy: Partial<SharePolicy> = {}): AreaRedactor {
  return new AreaRedactor({ ...CAREFUL, ...policy }, new Pseudonyms(new Uint8Array(32).fill(3)));
}

const TLVS = compiled({
  whither: 2,
  name: 'edge',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0, terminator: 255 },
  types: [
    { type: 1, name: 'trace_id', kind: 'uint' },
    { type: 2, name: 'client', kind: 'ipv4' },
    { type: 3, name: 'path', kind: 'ipv4', count: 'rest' },
    { type: 4, name: 'user', kind: 'string' },
  ],
});

const STRUCT = compiled({
  whither: 2,
  name: 'verdict',
  framing: { kind: 'struct', endian: 'little' },
  types: [
    { type: 0, name: 'action', kind: 'uint', size: 1, bits: { from: 0, count: 3 } },
    { type: 1, name: 'tenant', kind: 'uint', size: 1, bits: { from: 3, count: 5 } },
    { type: 2, name: 'seen', kind: 'mac' },
  ],
});

const values = (decoder: typeof TLVS, bytes: Uint8Array): string[] =>
  decodeArea(decoder, bytes).tlvs.map(({ name, value }) => `${name}=${value}`);

it('types and lengths stay, addresses and texts are replaced, what the schema does not know is zeros', () => {
  const area = Uint8Array.of(1, 4, 9, 0, 0, 0, 0, 2, 4, 10, 0, 0, 1, 9, 2, 7, 7, 4, 3, 97, 110, 110, 255, 66);
  const [trace, client, unknown, user] = values(TLVS, redactor().redact(TLVS, area));
  expect(trace).toBe('trace_id=9');
  expect(client).toMatch(/^client=\d+\.\d+\.\d+\.\d+$/);
  expect(client).not.toBe('client=10.0.0.1');
  expect(unknown).toBe('=0000');
  expect(user).toMatch(/^user=[a-z2-7]{3}$/);
  expect(redactor().redact(TLVS, area).at(-1)).toBe(0);
});

it('every address of a list has the pseudonym that it has by itself', () => {
  const one = redactor();
  const [alone] = values(TLVS, one.redact(TLVS, Uint8Array.of(2, 4, 10, 0, 0, 1)));
  const [list] = values(TLVS, one.redact(TLVS, Uint8Array.of(3, 8, 10, 0, 0, 1, 10, 0, 0, 1)));
  const address = alone!.replace('client=', '');
  expect(list).toBe(`path=${address}, ${address}`);
});

it('fields that share a byte each go by their own rule', () => {
  const area = Uint8Array.of(0b10101_110, 2, 0, 0, 0, 0, 9);
  expect(values(STRUCT, redactor().redact(STRUCT, area)).slice(0, 2)).toEqual(['action=6', 'tenant=21']);
  const dropped = redactor({ values: { 'verdict.tenant': 'drop' } }).redact(STRUCT, area);
  expect(values(STRUCT, dropped).slice(0, 2)).toEqual(['action=6', 'tenant=0']);
  const kept = redactor({ unknown: 'keep', values: { 'verdict.tenant': 'drop' } }).redact(STRUCT, area);
  expect(values(STRUCT, kept).slice(0, 2)).toEqual(['action=6', 'tenant=0']);
});

it('an address of a wrong length is dropped', () => {
  expect(values(TLVS, redactor().redact(TLVS, Uint8Array.of(2, 3, 1, 2, 3)))[0]).toMatch(/^client=000000 /);
});

it('counts what became of each type', () => {
  const one = redactor();
  one.redact(TLVS, Uint8Array.of(1, 1, 5, 77, 1, 5, 4, 1, 65));
  expect(Object.fromEntries(one.counts)).toEqual({
    'edge.trace_id': { kept: 1, replaced: 0, dropped: 0 },
    'edge.': { kept: 0, replaced: 0, dropped: 1 },
    'edge.user': { kept: 0, replaced: 1, dropped: 0 },
  });
});

for (const [name, decoder] of [
  ['TLVs', TLVS],
  ['a struct', STRUCT],
] as const) {
  it(`${name}: any bytes read as before, TLV by TLV`, () => {
    const one = redactor();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const places = (area: Uint8Array) =>
          decodeArea(decoder, area).tlvs.map(({ type, offset, length }) => [type, offset, length]);
        const out = one.redact(decoder, bytes);
        expect(out.length).toBe(bytes.length);
        expect(places(out).slice(0, places(bytes).length)).toEqual(places(bytes));
      }),
    );
  });

  it(`${name}: with everything kept any bytes stay as they are`, () => {
    const one = new AreaRedactor(KEEP_ALL, new Pseudonyms(new Uint8Array(32)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(one.redact(decoder, bytes)).toEqual(bytes);
      }),
    );
  });
}
