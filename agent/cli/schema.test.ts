import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkSchema } from './schema.ts';

const GOOD = readFileSync(new URL('../lab/edge/schema.json', import.meta.url), 'utf8');

function failureOf(text: string): string {
  try {
    checkSchema(text, 'my.json');
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

test('an error in a schema is named with line and column', () => {
  expect(failureOf(GOOD.replace('"typeBytes": 1', '"typeBytes": 3'))).toBe(
    'the schema my.json is not valid (line 7, column 18: framing.typeBytes: must be one of 1, 2, 4; it is 3)',
  );
  expect(failureOf(GOOD.replace('"kind": "ipv4"', '"knd": "ipv4"'))).toMatch(
    /\(line 29, column 5: types\[2\]\.kind: is required; line 32, column 14: types\[2\]\.knd: is not a key/,
  );
  expect(failureOf('{\n  "whither": 1,\n}')).toBe(
    'the schema my.json is not valid (line 3, column 1: Not JSON: a comma must not stand before })',
  );
});

test('the example of docs/schema.md is the schema of the edge lab', () => {
  const doc = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(doc)?.[1];
  expect(example).toBe(GOOD);
});
