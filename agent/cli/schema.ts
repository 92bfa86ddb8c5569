/** The metadata schema named by --schema, checked before anything is captured with it. */
import { locateJson } from '#core/metadata/json-path.ts';
import { parseSchema, type SchemaError } from '#core/metadata/schema.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { Failure } from '../failure.ts';
import { MAX_BLOCK_BYTES } from '../spool/block-cutter.ts';
import { schemaBlock } from '../spool/whither-block.ts';
import { readText } from '../supervisor/handover.ts';

/** Errors past these are found when these are mended. */
const SHOWN_ERRORS = 3;

/** What --schema names, as it goes into a capture; empty without it. */
export function schemasOf({ schema }: { readonly schema?: string }): readonly string[] {
  return schema === undefined ? [] : [schemaForCapture(readText(schema), schema)];
}

/** JSON text as it goes into a capture; `source` names it in the Failure. */
export function schemaForCapture(text: string, source: string): string {
  const json = JSON.stringify(checkSchema(text, source));
  if (schemaBlock(json).length > MAX_BLOCK_BYTES) {
    throw new Failure(`the schema ${source} is too large to travel in a capture`, 'shorten its descriptions');
  }
  return json;
}

/** `source` names it in the Failure. */
export function checkSchema(text: string, source: string): MetadataSchema {
  const parsed = parseSchema(text);
  if (parsed.ok) return parsed.schema;
  const shown = parsed.errors.slice(0, SHOWN_ERRORS).map((error) => describe(text, error));
  const more = parsed.errors.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  throw new Failure(`the schema ${source} is not valid (${shown.join('; ')})`, 'see docs/schema.md');
}

/** `line 3, column 14: framing.typeBytes: must be …`; what is no JSON has its place as its path. */
function describe(text: string, { path, message }: SchemaError): string {
  if (path.startsWith('line ')) return `${path}: ${message}`;
  const { line, column } = locateJson(text, path);
  return `line ${line}, column ${column}: ${path}: ${message}`;
}
