/** The published JSON Schema of metadata schemas, from the shape that `parseSchema` validates with. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { schemaShape } from '#core/metadata/schema-shape.ts';
import { tlvType } from '#core/metadata/shape-types.ts';
import { EDGE } from '#core/metadata/testing/schemas.ts';
import { formatted } from './formatted.ts';
import type { GeneratedFile } from './files.ts';

export const JSON_SCHEMA_FILE = 'public/schema/metadata-schema-v2.json';

/** The files to write; text as formatted. */
export async function schemaFiles(): Promise<GeneratedFile[]> {
  const { $schema, ...shape } = toJsonSchema(schemaShape, {
    target: 'draft-2020-12',
    definitions: { type: tlvType },
  });
  const schema = {
    $schema,
    title: 'Whither metadata schema, version 2',
    description:
      'What the bytes in front of a packet mean: how TLVs, traits or the fields of a struct are framed, and the name and kind of each. See docs/schema.md. Rules between keys (unique types and names, a pad needs typeBytes 1, …) are checked when a schema is opened.',
    ...shape,
    examples: [EDGE],
  };
  const text = await formatted(JSON_SCHEMA_FILE, JSON.stringify(schema));
  return [{ file: JSON_SCHEMA_FILE, text }];
}
