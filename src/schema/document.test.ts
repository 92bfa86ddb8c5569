import { describe, expect, it } from 'vitest';
import { parseSchema } from '#core/metadata/schema.ts';
import { EDGE } from '#core/metadata/testing/schemas.ts';
import { partsOf, withoutPart, withPart, withTypeNames } from './document.ts';
import { findingsOf } from './findings.ts';

const edge = JSON.stringify(EDGE, null, 2);
const mark = JSON.stringify({
  whither: 2,
  name: 'mark',
  where: { in: 'mark' },
  framing: { kind: 'struct', endian: 'little', size: 4 },
  types: [{ name: 'zone', kind: 'uint', size: 2 }],
});
const errorsOf = (text: string) => {
  const parsed = parseSchema(text);
  return parsed.ok ? [] : parsed.errors;
};

describe('a document of several schemas', () => {
  it('takes one more, says what each reads, and gives it back', () => {
    const both = withPart(edge, mark)!;
    expect(errorsOf(both)).toEqual([]);
    expect(partsOf(both).map(({ reads, path }) => [reads, path])).toEqual([
      ['the metadata area', ''],
      ['skb->mark', 'also[0]'],
    ]);
    expect(JSON.parse(withoutPart(both, 'also[0]')!)).toEqual(JSON.parse(edge));
    const only = withoutPart(both, '')!;
    expect(errorsOf(only)).toEqual([]);
    expect(partsOf(only).map(({ name }) => name)).toEqual(['mark']);
    expect(withoutPart(only, '')).toBeNull();
  });

  it('names the same schema twice in two ways', () => {
    const twice = withPart(withPart(edge, edge)!, edge)!;
    expect(new Set(partsOf(twice).map(({ name }) => name)).size).toBe(3);
    expect(errorsOf(twice)).toEqual([]);
    const [first] = partsOf(twice);
    expect(partsOf(twice).map(({ shadowedBy }) => shadowedBy)).toEqual(['', first!.name, first!.name]);
  });

  it('is nothing while the text is no JSON', () => {
    for (const text of ['', '{', '[]', '1']) {
      expect(partsOf(text)).toEqual([]);
      expect(withPart(text, edge)).toBeNull();
      expect(withPart(edge, text)).toBeNull();
    }
  });

  it('says in words by what an area is chosen', () => {
    const when = { devices: ['eth0', 'eth1'], bytes: { value: 'a1b2' } };
    expect(partsOf(JSON.stringify({ name: 'x', when }))[0]!.reads).toBe(
      'areas of device eth0 or eth1, with a1b2 at byte 0',
    );
  });

  it('has its types named by an enum, and keeps what is known of them', () => {
    const named = JSON.stringify({
      whither: 2,
      name: 'edge_tlv',
      framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
      types: [
        { type: 1, name: 'trace', kind: 'bytes' },
        { type: 9, name: 'zone', kind: 'bytes' },
      ],
    });
    const text = withTypeNames(edge, named)!;
    expect(errorsOf(text)).toEqual([]);
    const { types } = JSON.parse(text) as { types: readonly object[] };
    expect(types[0]).toMatchObject({ type: 1, name: 'trace', kind: EDGE.types[0]!.kind });
    expect(types.at(-1)).toEqual({ type: 9, name: 'zone', kind: 'bytes' });
    expect(withTypeNames(mark, named)).toBeNull();
  });
});

describe('an error in the text', () => {
  const at = (text: string) =>
    findingsOf(text, errorsOf(text), null).map(({ place, cause, remedy }) => ({
      marked: text.slice(place.from, place.to),
      cause,
      remedy,
    }));

  it('marks the key that is not known and names the one that is meant', () => {
    const findings = at(edge.replace('"typeBytes"', '"typeByte"'));
    expect(findings).toContainEqual(
      expect.objectContaining({ marked: '"typeByte"', remedy: 'Did you mean “typeBytes”?' }),
    );
  });

  it('marks the value that is wrong', () => {
    expect(at(edge.replace('"enum"', '"wrong"'))[0]!.marked).toBe('"wrong"');
  });

  it('marks where it stops to be JSON', () => {
    expect(at('{"whither": 2,}')[0]).toMatchObject({ marked: '}' });
  });

  it('marks the bracket of what lacks a key, and says which', () => {
    const finding = at(edge.replace(/"name": "edge.*",/, '')).find(({ cause }) => cause.startsWith('name'));
    expect(finding).toMatchObject({ marked: '{', remedy: 'Add "name".' });
  });
});
