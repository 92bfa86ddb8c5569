import type { MetadataSchema } from '#core/metadata/types.ts';

/** A schema as a file: fields of structs without the numbers that `parseSchema` gives them, for a person to edit. */
export function schemaText(schema: MetadataSchema): string {
  return `${JSON.stringify(withoutNumbers(schema), null, 2)}\n`;
}

/** Of any level of the document. */
function withoutNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inside]) => [key, withoutNumbers(inside)] as const);
  const cleaned = Object.fromEntries(entries);
  if (!isStruct(cleaned['framing']) || !Array.isArray(cleaned['types'])) return cleaned;
  const types = (cleaned['types'] as readonly object[]).map((field) =>
    Object.fromEntries(Object.entries(field).filter(([key]) => key !== 'type')),
  );
  return { ...cleaned, types };
}

function isStruct(framing: unknown): boolean {
  return typeof framing === 'object' && framing !== null && 'kind' in framing && framing.kind === 'struct';
}
