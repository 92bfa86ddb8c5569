/** Schemas as text: what differs between two, and what other tools take. */
import { emitC } from '#core/emit/c-header.ts';
import { emitWireshark } from '#core/emit/wireshark.ts';
import { parseSchema, type ParsedSchema } from '#core/metadata/schema.ts';
import { changeText, diffSchemas } from '#core/metadata/schema-diff.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { Fault } from '#workers/fault.ts';
import type { EmittedKind, SchemaDiff } from './api.ts';

export function diffTexts(before: string, after: string): SchemaDiff {
  const [old, now] = [parseSchema(before), parseSchema(after)];
  if (!old.ok) return { changes: [], error: `The other schema is not valid: ${firstError(old)}` };
  if (!now.ok) return { changes: [], error: `The schema here is not valid: ${firstError(now)}` };
  const changes = diffSchemas(old.schema, now.schema);
  return {
    changes: changes.map((change) => ({ text: changeText(change), decodes: change.decodes })),
    error: '',
  };
}

export function emitText(json: string, as: EmittedKind): string {
  const schema = validSchema(json);
  if (as === 'wireshark') return emitWireshark(schema);
  try {
    return emitC(schema);
  } catch (thrown) {
    throw new Fault(
      'not-in-c',
      `${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      'The script for Wireshark has all of the language.',
    );
  }
}

function validSchema(json: string): MetadataSchema {
  const parsed = parseSchema(json);
  if (parsed.ok) return parsed.schema;
  throw new Fault('schema-invalid', `The schema is not valid: ${firstError(parsed)}.`, 'Mend it first.');
}

function firstError(parsed: ParsedSchema & { readonly ok: false }): string {
  const [first] = parsed.errors;
  return first === undefined ? '' : `${first.path}: ${first.message}`;
}
