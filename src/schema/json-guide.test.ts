import { readFileSync } from 'node:fs';
import { jsonLanguage } from '@codemirror/lang-json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextAt, pathAt, valueOf } from './json-context.ts';
import { JsonGuide, type JsonSchema } from './json-guide.ts';

const FILE = new URL('../../public/schema/metadata-schema-v2.json', import.meta.url);
const guide = new JsonGuide(JSON.parse(readFileSync(FILE, 'utf8')) as JsonSchema);

/** What is offered at `|` in the text. */
function offered(marked: string): { readonly kind: string; readonly options: readonly string[] } {
  const pos = marked.indexOf('|');
  const text = marked.replace('|', '');
  const tree = jsonLanguage.parser.parse(text);
  const context = contextAt(tree, text, pos);
  if (context === null) return { kind: 'nothing', options: [] };
  const document = valueOf(tree.topNode, text);
  const { kind, path } = context;
  return {
    kind,
    options:
      kind === 'key'
        ? guide.keys(document, path).map(({ key }) => key)
        : guide.values(document, path).map(({ json }) => json),
  };
}

describe('what may stand at a place of a schema', () => {
  it('is the keys of the document, those that must be there first', () => {
    const { kind, options } = offered('{ "wh|" }');
    expect(kind).toBe('key');
    expect(options.slice(0, 4).sort()).toEqual(['framing', 'name', 'types', 'whither']);
    expect(options).toContain('also');
  });

  it('is the keys of a framing of the kind that is written, and of all kinds before that', () => {
    expect(offered('{"framing": {"kind": "traits", |}}').options).toContain('version');
    expect(offered('{"framing": {"kind": "traits", |}}').options).not.toContain('typeBytes');
    expect(offered('{"framing": {|}}').options).toEqual(
      expect.arrayContaining(['version', 'typeBytes', 'size']),
    );
  });

  it('is values that can be counted, in quotes or not, begun or not', () => {
    const kinds = ['"tlv"', '"struct"', '"traits"'];
    for (const text of [
      '{"framing": {"kind": |}}',
      '{"framing": {"kind": "t|"}}',
      '{"framing": {"kind": "t|',
    ]) {
      const { kind, options } = offered(text);
      expect([kind, options]).toEqual(['value', kinds]);
    }
    expect(offered('{"framing": {"kind": "tlv", "typeBytes": |}}').options).toEqual(['1', '2', '4']);
  });

  it('is the same at any depth: types in types, schemas in also', () => {
    const nested = '{"types": [{"kind": "nested", "types": [{"name": "a", "kind": "|"}]}]}';
    expect(offered(nested).options).toContain('"ipv4"');
    expect(
      offered('{"also": [{"where": {"in": "packet", "at": {"kind": "tcp-option", |}}}]}').options,
    ).toEqual(expect.arrayContaining(['option', 'magic']));
  });

  it('has a description for what the cursor is at', () => {
    const text = '{"framing": {"kind": "tlv", "typeBytes": 1}}';
    const tree = jsonLanguage.parser.parse(text);
    const path = pathAt(tree, text, text.indexOf('typeBytes'));
    expect(path).toEqual(['framing', 'typeBytes']);
    expect(guide.describe(valueOf(tree.topNode, text), path)).not.toBe('');
  });

  it('is found in any text at any place, without an exception', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      ' ',
      '"kind"',
      '"tlv"',
      '1',
      'true',
      '\\',
      '\n',
      'framing',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(), (pieces, at) => {
        const text = pieces.join('');
        const pos = text.length === 0 ? 0 : at % (text.length + 1);
        const { options } = offered(`${text.slice(0, pos)}|${text.slice(pos)}`);
        expect(options.length).toBeLessThan(200);
      }),
    );
  });

  it('reads what is whole as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const tree = jsonLanguage.parser.parse(json);
        expect(JSON.stringify(valueOf(tree.topNode, json))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });
});
