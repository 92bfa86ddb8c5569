/**
 * What an edit of the schema costs with everything loaded: all areas are read again. None is like the one before, so that
 * there are as many areas as events.
 */
import {
  GENERATED_SCHEMA,
  GENERATED_SCHEMA_10,
  generateCapture,
  type GenerateOptions,
} from '#core/pcapng/testing/generate-capture.ts';
import type { MetadataSchema, TlvSchema, TlvType } from '#core/metadata/types.ts';
import type * as decoder from './decoder.ts';
import { summarize, type Runs } from './stats.ts';

const STEP_AREAS = 1 << 16;
const ROUNDS = 5;

/** The same bytes as fields of a struct, of which some are bits and one is there or not by what another says. */
const FIELDS: readonly Omit<TlvType, 'type'>[] = [
  { name: 'tag', kind: 'uint', size: 2 },
  { name: 'trace_id', kind: 'uint', size: 8, display: 'hex' },
  { name: 'verdict', kind: 'uint', size: 1, offset: 12 },
  { name: 'client', kind: 'ipv4', offset: 15 },
  { name: 'low', kind: 'uint', size: 4, offset: 21, bits: { from: 0, count: 12 } },
  { name: 'high', kind: 'uint', size: 4, bits: { from: 12, count: 20 } },
];

const struct = (more: readonly Omit<TlvType, 'type'>[]): MetadataSchema => ({
  whither: 2,
  name: 'struct',
  framing: { kind: 'struct', endian: 'little' },
  types: [...FIELDS, ...more].map((field, type) => ({ ...field, type })),
});

/** As somebody does it who reads what it says: another name, another kind. */
function edited(schema: TlvSchema): MetadataSchema {
  const types = schema.types.map((type) =>
    type.name === 'score' ? { ...type, name: 'points', display: 'hex' as const } : type,
  );
  return { ...schema, types };
}

interface Edit {
  readonly name: string;
  /** In the JSON of the bench. */
  readonly key: string;
  readonly capture: Pick<GenerateOptions, 'metadata' | 'types'>;
  readonly schema: MetadataSchema;
}

const EDITS: readonly Edit[] = [
  { name: 'four types of TLV', key: 'tlv', capture: { metadata: 32 }, schema: edited(GENERATED_SCHEMA) },
  {
    name: 'ten types of TLV',
    key: 'ten_types',
    capture: { metadata: 64, types: 10 },
    schema: edited(GENERATED_SCHEMA_10),
  },
  { name: 'a struct of six fields', key: 'struct', capture: { metadata: 32 }, schema: struct([]) },
  {
    name: 'a struct with a field that depends',
    key: 'struct_depending',
    capture: { metadata: 32 },
    schema: struct([{ name: 'more', kind: 'uint', size: 2, only: { field: 'verdict', is: 1 } }]),
  },
];

export interface Redecoded {
  readonly name: string;
  readonly key: string;
  /** Seconds. */
  readonly runs: Runs;
}

export function redecode(
  { CaptureReader, CaptureStore, compileSchema }: typeof decoder,
  events: number,
): Redecoded[] {
  return EDITS.map(({ name, key, capture, schema }) => {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    for (const chunk of generateCapture({ events, rewrites: 'every-hop', ...capture })) reader.push(chunk);
    reader.end();
    if (store.areas.count !== events) throw new Error(`${store.areas.count} areas of ${events} events`);
    const seconds = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      store.rereading.begin(compileSchema(schema));
      while (!store.rereading.advance(STEP_AREAS));
      return (performance.now() - start) / 1000;
    });
    const column = store.tlvs.names.indexOf(schema.types[0]!.name);
    for (const area of [1, store.areas.count]) {
      if (store.tlvs.value(column, area) === null) throw new Error(`nothing was read of area ${area}`);
    }
    return { name, key, runs: summarize(seconds) };
  });
}
