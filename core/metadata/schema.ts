/** Metadata schemas as people write them: JSON text in, a schema that `compileSchema` takes out. */
import * as v from 'valibot';
import { findJsonFault } from './json-position.ts';
import { brokenRules } from './schema-rules.ts';
import { schemaShape, type SchemaShape } from './schema-shape.ts';
import type { MapRule, MetadataSchema, TlvType } from './types.ts';

/** Characters of JSON text. 256 types with long descriptions fit; more is not a schema. */
export const MAX_SCHEMA_CHARS = 1024 * 1024;
/** More errors than this help nobody. */
export const MAX_SCHEMA_ERRORS = 50;

export interface SchemaError {
  /** `framing.typeBytes`, `types[2].names["7"]`, `line 3, column 14`, or `(whole schema)`. */
  readonly path: string;
  readonly message: string;
}

export type ParsedSchema =
  | { readonly ok: true; readonly schema: MetadataSchema }
  | { readonly ok: false; readonly errors: readonly SchemaError[] };

const WHOLE = '(whole schema)';

/**
 * Parses and validates (docs/schema.md has the keys and their defaults). The schema that comes out is
 * normalised: framing defaults filled in, types as numbers, keys of `names` in decimal, `$schema` dropped. Never
 * throws.
 */
export function parseSchema(text: string): ParsedSchema {
  if (text.length > MAX_SCHEMA_CHARS) {
    return failed({ path: WHOLE, message: `is longer than ${MAX_SCHEMA_CHARS} characters` });
  }
  // Editors on Windows put a byte order mark in front, which RFC 8259 lets a reader ignore.
  const json = text.replace(/^\ufeff/, '');
  const fault = findJsonFault(json);
  if (fault !== null) {
    const { line, column, message } = fault;
    return failed({ path: `line ${line}, column ${column}`, message: `Not JSON: ${message}` });
  }
  const input: unknown = JSON.parse(json);
  if (Array.isArray(input)) return failed({ path: WHOLE, message: 'must be an object, it is a list' });
  const shaped = v.safeParse(schemaShape, input);
  if (!shaped.success) return failed(...shaped.issues.map(explain));
  const schema = withNumbers(shaped.output);
  const broken = brokenRules(schema);
  if (broken.length > 0) return failed(...broken);
  return { ok: true, schema: normalise(schema) };
}

function failed(...errors: readonly SchemaError[]): ParsedSchema {
  return { ok: false, errors: errors.slice(0, MAX_SCHEMA_ERRORS) };
}

function explain(issue: v.BaseIssue<unknown>): SchemaError {
  let path = '';
  for (const { key } of issue.path ?? []) {
    if (typeof key === 'number') path += `[${key}]`;
    else if (typeof key === 'string' && /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key)) path += `.${key}`;
    else path += `[${JSON.stringify(String(key))}]`;
  }
  return { path: path === '' ? WHOLE : path.replace(/^\./, ''), message: issue.message };
}

/** Types, pad and terminator as numbers, however they were written. */
function withNumbers({ $schema: _, framing, types, maps, ...rest }: SchemaShape): MetadataSchema {
  return {
    ...rest,
    framing: framingWithNumbers(framing),
    types: types.map((type) => ({ ...type, type: Number(type.type) })),
    ...(maps !== undefined && {
      maps: maps.map(({ value: { framing: own, ...place }, ...rule }) => ({
        ...rule,
        value: { ...place, ...(own !== undefined && { framing: framingWithNumbers(own) }) },
      })),
    }),
  };
}

function framingWithNumbers({
  pad,
  terminator,
  ...widths
}: SchemaShape['framing']): MetadataSchema['framing'] {
  return {
    ...widths,
    ...(pad !== undefined && { pad: Number(pad) }),
    ...(terminator !== undefined && { terminator: Number(terminator) }),
  };
}

const FRAMING_DEFAULTS = { start: 0, lengthUnit: 1, lengthIncludesHeader: false, align: 1 } as const;

function normalise(schema: MetadataSchema): MetadataSchema {
  return {
    ...schema,
    framing: { ...FRAMING_DEFAULTS, ...schema.framing },
    types: schema.types.map(normaliseType),
    ...(schema.maps !== undefined && { maps: schema.maps.map(normaliseMap) }),
  };
}

function normaliseMap({ value, ...rule }: MapRule): MapRule {
  const { framing } = value;
  return framing === undefined
    ? { ...rule, value }
    : { ...rule, value: { ...value, framing: { ...FRAMING_DEFAULTS, ...framing } } };
}

function normaliseType({ names, ...rest }: TlvType): TlvType {
  if (names === undefined) return rest;
  const decimal = Object.entries(names).map(([key, name]) => [BigInt(key).toString(), name]);
  return { ...rest, names: Object.fromEntries(decimal) as Record<string, string> };
}
