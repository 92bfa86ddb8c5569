import { describe, expect, it } from 'vitest';
import { FORMATS } from './formats/formats.ts';
import { changeText, diffSchemas } from './schema-diff.ts';
import { parseSchema } from './schema.ts';
import { EDGE } from './testing/schemas.ts';
import type { MetadataSchema, TlvType } from './types.ts';

const changesOf = (after: MetadataSchema): string[] => diffSchemas(EDGE, after).map(changeText);
const verdict = (changes: Partial<TlvType>): MetadataSchema => ({
  ...EDGE,
  types: EDGE.types.map((type) => (type.name === 'verdict' ? { ...type, ...changes } : type)),
});

describe('the difference of two schemas', () => {
  it('is nothing for the same, however it was written', () => {
    for (const { schema } of FORMATS) expect(diffSchemas(schema, schema)).toEqual([]);
    const shuffled = Object.fromEntries(Object.entries(EDGE).reverse());
    const [a, b] = [EDGE, { ...shuffled, whither: 1 }].map((one) => parseSchema(JSON.stringify(one)));
    if (a?.ok !== true || b?.ok !== true) throw new Error('a schema of the test is none');
    expect(diffSchemas(a.schema, b.schema)).toEqual([]);
  });

  it('names what is added, removed and changed, by the names of types', () => {
    expect(changesOf({ ...EDGE, types: EDGE.types.slice(1) })).toEqual([
      '- types[trace_id]: {"display":"hex","kind":"uint","name":"trace_id","type":1}',
    ]);
    expect(changesOf({ ...EDGE, types: [...EDGE.types, { type: 9, name: 'new', kind: 'flag' }] })).toEqual([
      '+ types[new]: {"kind":"flag","name":"new","type":9}',
    ]);
    expect(changesOf(verdict({ kind: 'uint', name: 'decision' }))).toEqual([
      '~ types[verdict].kind: "enum" → "uint"',
      '~ types[verdict].name: "verdict" → "decision"',
    ]);
    const { pad: _, ...framing } = EDGE.framing;
    expect(changesOf({ ...EDGE, framing: { ...framing, endian: 'big' } })).toEqual([
      '~ framing.endian: "little" → "big"',
      '- framing.pad: 0',
    ]);
  });

  it('puts what decodes in another way before words', () => {
    const changes = diffSchemas(EDGE, {
      ...verdict({ description: 'What was decided', endian: 'big' }),
      description: 'The edge',
    });
    expect(changes.map(({ path, decodes }) => [path, decodes])).toEqual([
      ['types[verdict].endian', true],
      ['description', false],
      ['types[verdict].description', false],
    ]);
  });

  it('goes into nested values and the other schemas of a document', () => {
    const inner: TlvType = { type: 0, name: 'port', kind: 'uint', size: 2 };
    const outer = (type: TlvType): MetadataSchema => ({
      ...EDGE,
      types: [
        { type: 7, name: 'in', kind: 'nested', framing: { kind: 'struct', endian: 'big' }, types: [type] },
      ],
      also: [{ name: 'other', framing: { kind: 'struct', endian: 'big' }, types: [type] }],
    });
    expect(diffSchemas(outer(inner), outer({ ...inner, size: 4 })).map(changeText)).toEqual([
      '~ types[in].types[port].size: 2 → 4',
      '~ also[other].types[port].size: 2 → 4',
    ]);
    expect(diffSchemas(EDGE, outer(inner)).map(({ path }) => path)).toContain('also[other]');
  });
});
