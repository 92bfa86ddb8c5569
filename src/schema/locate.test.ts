import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '#core/metadata/json-position.ts';
import { locate, placeAt } from './locate.ts';

const TEXT = `{
  "whither": 1,
  "types": [
    { "type": 1, "name": "a\\"}]" },
    { "type": 2, "kind": "wrong" }
  ]
}`;

describe('an error in a schema', () => {
  it('is found by the path that the validator prints', () => {
    const place = locate(TEXT, 'types[1].kind');
    expect(TEXT.slice(place.from, place.to)).toBe('"wrong"');
    expect([place.line, place.column]).toEqual([5, 26]);
  });

  it('is at the last of two equal keys, the one that counts', () => {
    const text = '{"kind": 1, "kind": 2}';
    const { from, to } = locate(text, 'kind');
    expect(text.slice(from, to)).toBe('2');
  });

  it('points at the object when a member is missing', () => {
    const place = locate(TEXT, 'types[0].kind');
    expect(TEXT.slice(place.from, place.to)).toBe('{ "type": 1, "name": "a\\"}]" }');
  });

  it('is at the character where JSON ends to be JSON', () => {
    const text = '{\n  "a": 1,\n}';
    const fault = findJsonFault(text);
    const place = placeAt(text, fault!.line, fault!.column);
    expect(text.slice(place.from, place.to)).toBe('}');
    expect(placeAt('', 1, 1)).toEqual({ from: 0, to: 0, line: 1, column: 1 });
  });

  it('finds every value of any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (json, indent) => {
        const value: unknown = JSON.parse(json);
        const text = JSON.stringify(value, null, indent);
        const walk = (node: unknown, path: string): void => {
          const place = locate(text, path);
          expect(JSON.parse(text.slice(place.from, place.to))).toEqual(node);
          if (Array.isArray(node)) node.forEach((child, i) => walk(child, `${path}[${i}]`));
          else if (typeof node === 'object' && node !== null) {
            for (const [key, child] of Object.entries(node)) walk(child, `${path}[${JSON.stringify(key)}]`);
          }
        };
        walk(value, '');
      }),
    );
  });

  it('never throws on text that is not JSON', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, path) => {
        const place = locate(text, path);
        expect(place.to).toBeGreaterThanOrEqual(place.from);
      }),
    );
  });
});
