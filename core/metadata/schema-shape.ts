/**
 * The shape of a metadata schema: keys, kinds and bounds of each value, with the descriptions that the published
 * JSON Schema carries (scripts/generate/schema.ts). Rules between keys are in `schema-rules.ts`, versions of before
 * in `schema-upgrade.ts`.
 */
import * as v from 'valibot';
import { framing } from './shape-framing.ts';
import { MAX_MAP_RULES, mapRule } from './shape-maps.ts';
import { list, object, oneOf, text } from './shape-parts.ts';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_SCHEMA_TYPES, tlvType } from './shape-types.ts';
import { when, where } from './shape-where.ts';

export const SCHEMA_VERSION = 2;
/** Further schemas in one document. */
export const MAX_PART_SCHEMAS = 32;

const part = {
  name: v.pipe(
    text(MAX_NAME_LENGTH),
    v.minLength(1, 'must not be empty'),
    v.description('What this metadata is called.'),
  ),
  description: v.exactOptional(v.pipe(text(MAX_DESCRIPTION_LENGTH), v.description('For people.'))),
  where: v.exactOptional(
    v.pipe(where, v.description('Where the bytes are. Default { "in": "area" }, the metadata area.')),
  ),
  when: v.exactOptional(
    v.pipe(
      when,
      v.description(
        'Which of several schemas reads an area: all that is named holds. Default: those that no other takes.',
      ),
    ),
  ),
  framing: v.pipe(framing, v.description('Where one TLV or field ends and the next begins.')),
  types: v.pipe(
    list(tlvType, MAX_SCHEMA_TYPES),
    v.description(
      'The TLVs that are known; their order is that of the columns. Others are shown as bytes. Of a struct its fields, in order.',
    ),
  ),
};

export const schemaShape = object({
  $schema: v.exactOptional(
    v.pipe(
      text(MAX_DESCRIPTION_LENGTH),
      v.description('Address of this JSON Schema, for editors; not read.'),
    ),
  ),
  whither: v.pipe(oneOf([SCHEMA_VERSION]), v.description('Version of the schema language.')),
  ...part,
  maps: v.exactOptional(
    v.pipe(
      list(mapRule, MAX_MAP_RULES),
      v.description('BPF maps whose values hold the same TLVs, sampled with --map.'),
    ),
  ),
  also: v.exactOptional(
    v.pipe(
      list(object(part), MAX_PART_SCHEMAS),
      v.description('More schemas, for other places or other areas.'),
    ),
  ),
});

export type SchemaShape = v.InferOutput<typeof schemaShape>;
export type PartShape = NonNullable<SchemaShape['also']>[number];
