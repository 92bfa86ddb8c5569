import { describe, expect, it } from 'vitest';
import { parseSchema } from '#core/metadata/schema.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { rulesOf, typesByName, wrongRule } from './value-rules.ts';

const SCHEMA = schemaOf({
  whither: 2,
  name: 'edge lab',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
  types: [
    { type: 1, name: 'trace_id', kind: 'uint' },
    { type: 2, name: 'client', kind: 'ipv4' },
    { type: 3, name: 'tenant', kind: 'string' },
    {
      type: 4,
      name: 'policy',
      kind: 'nested',
      framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
      types: [{ type: 1, name: 'ttl', kind: 'uint' }],
    },
  ],
});

function schemaOf(document: unknown): MetadataSchema {
  const parsed = parseSchema(JSON.stringify(document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.schema;
}

it('types are called by schema and what they are in', () => {
  expect([...typesByName(SCHEMA).keys()]).toEqual([
    'edge lab.trace_id',
    'edge lab.client',
    'edge lab.tenant',
    'edge lab.policy',
    'edge lab.policy.ttl',
  ]);
});

describe('a rule', () => {
  it.each<[string, string, RegExp]>([
    ['edge.trace_id', 'drop', /did you mean edge lab\.trace_id\? The types are edge lab\.trace_id, .*ttl$/],
    ['foo.bar', 'drop', /The types are/],
    ['edge lab.ttl', 'drop', /did you mean edge lab\.policy\.ttl/],
    ['edge lab.trace_id', 'pseudonym', /^hash or drop takes it out$/],
    ['edge lab.tenant', 'pseudonym', /^hash or drop/],
    ['edge lab.policy', 'hash', /^drop takes it out$/],
  ])('%s=%s says what is meant', (name, rule, remedy) => {
    expect(wrongRule({ [name]: rule as 'drop' }, [SCHEMA])?.remedy).toMatch(remedy);
  });

  it('for what there is stands', () => {
    const values = {
      'edge lab.trace_id': 'hash',
      'edge lab.client': 'pseudonym',
      'edge lab.policy.ttl': 'drop',
      'edge lab.policy': 'keep',
    } as const;
    expect(wrongRule(values, [SCHEMA])).toBeNull();
    expect(wrongRule({}, [])).toBeNull();
    expect(wrongRule(values, [])?.remedy).toMatch(/no schema/);
    const addresses = schemaOf({ ...SCHEMA, types: [{ type: 1, name: 'trace_id', kind: 'ipv6' }] });
    expect(wrongRule({ 'edge lab.trace_id': 'pseudonym' }, [SCHEMA, addresses])).toBeNull();
  });
});

it('a field of bits can be kept and dropped', () => {
  expect(rulesOf({ type: 1, name: 'a', kind: 'uint', bits: { from: 0, count: 2 } })).toEqual([
    'keep',
    'drop',
  ]);
});
