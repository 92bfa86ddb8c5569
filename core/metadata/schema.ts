/** Metadata schemas as people write them: JSON text in, a schema that `compileSchema` takes out. */
import * as v from 'valibot';
import { findJsonFault } from './json-position.ts';
import { brokenRules } from './schema-rules.ts';
import { withDefaults, withNumbers } from './schema-normal.ts';
import { schemaShape } from './schema-shape.ts';
import { upgradeSchema } from './schema-upgrade.ts';
import type { MetadataSchema } from './types.ts';

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
 * normalised: of the newest version, framing defaults filled in, numbers as numbers, fields of structs numbered, keys of
 * `names` in decimal, `$schema` dropped. As JSON text it parses to itself. Never throws.
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
  const shaped = v.safeParse(schemaShape, isDocument(input) ? upgradeSchema(input) : input);
  if (!shaped.success) return failed(...shaped.issues.map(explain));
  const schema = withNumbers(shaped.output);
  const broken = brokenRules(schema);
  if (broken.length > 0) return failed(...broken);
  return { ok: true, schema: withDefaults(schema) };
}

function isDocument(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null;
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
