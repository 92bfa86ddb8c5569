import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locateJson } from './json-path.ts';
import { positionIn } from './json-position.ts';

const TEXT = `{
  "whither": 1,
  "types": [
    { "type": 1, "name": "a\\"}]" },
    { "type": 2, "kind": "enum", "names": { "7": "seven", "a.b": "" } }
  ]
}`;

/** What is in TEXT from the place of `path` on. */
function at(path: string): string {
  const { line, column } = locateJson(TEXT, path);
  return TEXT.split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
}

test('a path of an error is found', () => {
  expect(at('types[1].kind')).toMatch(/^"enum"/);
  expect(at('types[1].names["7"]')).toMatch(/^"seven"/);
  expect(at('types[1].names["a.b"]')).toMatch(/^"" \}/);
  expect(locateJson(TEXT, 'types[1].kind')).toEqual({ line: 5, column: 26 });
});

test('what is missing is where it should be', () => {
  expect(at('types[0].kind')).toMatch(/^\{ "type": 1/);
  expect(at('types[9].kind')).toMatch(/^\[\n/);
  expect(at('(whole schema)')).toBe(TEXT);
});

test('of a key that is there twice, the last is meant, as JSON.parse has it', () => {
  expect(locateJson('{"a": 1, "a": 22}', 'a')).toEqual({ line: 1, column: 15 });
});

test('every value of any JSON is found', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      const walk = (node: unknown, path: string): void => {
        const { line, column } = locateJson(text, path);
        const from = text.split('\n', line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
        expect(positionIn(text, from)).toEqual({ line, column });
        expect(text.slice(from)).toMatch(startOf(node));
        if (Array.isArray(node)) node.forEach((child, i) => walk(child, `${path}[${i}]`));
        else if (typeof node === 'object' && node !== null) {
          for (const [key, child] of Object.entries(node)) walk(child, `${path}[${JSON.stringify(key)}]`);
        }
      };
      walk(JSON.parse(text), '');
    }),
  );
});

/** How the JSON of `node` begins, whatever its indentation. */
function startOf(node: unknown): RegExp {
  const text = JSON.stringify(node);
  const literal = typeof node === 'object' && node !== null ? text[0]! : text;
  return new RegExp(`^${literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

test('text that is no JSON is no crash and no endless loop', () => {
  const broken = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', 'a', '\\', ' ') });
  fc.assert(
    fc.property(broken, fc.constantFrom('a', 'a.a', '[0]', '[1].a', '["\\"]'), (text, path) => {
      expect(locateJson(text, path).line).toBe(1);
    }),
  );
});
