import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { hex } from '#core/metadata/testing/schemas.ts';
import { JSON_SCHEMA_FILE, schemaFiles } from './schema.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface JsonSchema {
  readonly properties: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly additionalProperties?: unknown;
  readonly oneOf?: readonly JsonSchema[];
  readonly $defs?: Record<string, JsonSchema>;
}

/** Objects with keys that people write: the document, each kind of framing, a type. */
function objectsOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.properties['framing']?.oneOf ?? []), schema.$defs!['type']!];
}

describe('the JSON Schema of metadata schemas', () => {
  it('is up to date in public/schema', async () => {
    const [file] = await schemaFiles();
    expect(file?.file).toBe(JSON_SCHEMA_FILE);
    expect(readFileSync(path.join(ROOT, JSON_SCHEMA_FILE), 'utf8')).toBe(file?.text);
  });

  it('describes every key, refuses unknown ones, and its example is a schema', async () => {
    const [file] = await schemaFiles();
    const schema = JSON.parse(file?.text ?? '') as JsonSchema;
    expect(objectsOf(schema)).toHaveLength(5);
    for (const object of objectsOf(schema)) {
      expect(object.additionalProperties).toBe(false);
      for (const [key, value] of Object.entries(object.properties)) {
        expect(value.description, key).toBeTruthy();
      }
    }
    expect(schema.examples).not.toHaveLength(0);
    for (const example of schema.examples ?? [])
      expect(parseSchema(JSON.stringify(example))).toMatchObject({ ok: true });
  });

  it('and docs/schema.md name the same keys', async () => {
    const [file] = await schemaFiles();
    const schema = JSON.parse(file?.text ?? '') as JsonSchema;
    const doc = readFileSync(path.join(ROOT, 'docs/schema.md'), 'utf8');
    const keys = objectsOf(schema)
      .flatMap((object) => Object.keys(object.properties))
      .filter((key) => !['framing', 'types'].includes(key));
    for (const key of keys)
      expect(doc, key).toMatch(new RegExp(`^\\| \`${key.replace('$', '\\$')}\` +\\|`, 'm'));
  });

  it('and the worked example of docs/schema.md decodes as the document says', () => {
    const doc = readFileSync(path.join(ROOT, 'docs/schema.md'), 'utf8');
    const parsed = parseSchema(/```json\n([\s\S]*?)```/.exec(doc)?.[1] ?? '');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const area = /```\n((?:[0-9a-f]{2}\s+)+)```/.exec(doc)?.[1] ?? '';
    const { tlvs, fault } = decodeArea(compileSchema(parsed.schema), hex(area.replaceAll('\n', '')));
    expect(fault).toBeNull();
    expect(tlvs).toHaveLength(4);
    for (const { offset, type, name, value } of tlvs) {
      expect(doc).toMatch(new RegExp(`^\\| ${offset} +\\| ${type} +\\| ${name} +\\| ${value} +\\|$`, 'm'));
    }
  });
});
