/** A schema as a person would have written it: keys in the order of the documentation, defaults left away. */
import { schemaText } from '#core/btf/schema-text.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';

/** Of every object; keys that are not here stand behind, in the order they had. */
const ORDER = [
  ...['whither', 'type', 'name', 'kind', 'in', 'description', 'where', 'when'],
  ...[
    'version',
    'start',
    'classBytes',
    'typeBytes',
    'typeAt',
    'typeMask',
    'lengthBytes',
    'lengthAt',
    'lengthMask',
  ],
  ...['endian', 'lengthUnit', 'lengthIncludesHeader', 'align', 'pad', 'terminator', 'framing', 'types'],
] as const;

/** Of a framing (docs/schema.md). */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  start: 0,
  classBytes: 0,
  lengthUnit: 1,
  lengthIncludesHeader: false,
  align: 1,
};

export function tidyText(schema: MetadataSchema): string {
  return `${JSON.stringify(tidy(JSON.parse(schemaText(schema)), false), null, 2)}\n`;
}

function tidy(value: unknown, isFraming: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => tidy(one, false));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inside]) => !isFraming || DEFAULTS[key] !== inside);
  const place = ([key]: readonly [string, unknown]): number => {
    const at = ORDER.findIndex((one) => one === key);
    return at < 0 ? ORDER.length : at;
  };
  return Object.fromEntries(
    entries
      .sort((a, b) => place(a) - place(b))
      .map(([key, inside]) => [key, tidy(inside, key === 'framing')] as const),
  );
}
