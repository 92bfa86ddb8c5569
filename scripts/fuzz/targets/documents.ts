/** Metadata schemas: as text that is nearly JSON, and as documents that are JSON with anything in them. */
import { CannotSay, emitC } from '#core/emit/c-header.ts';
import { emitWireshark } from '#core/emit/wireshark.ts';
import { FORMATS } from '#core/metadata/formats/formats.ts';
import { locateJson } from '#core/metadata/json-path.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { changeText, diffSchemas } from '#core/metadata/schema-diff.ts';
import { parseSchema, type ParsedSchema } from '#core/metadata/schema.ts';
import { EDGE } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { schemaText } from '#core/btf/schema-text.ts';
import { holds, type Target } from '../target.ts';
import { AREAS, readArea } from './areas.ts';
import { jsonBytes, textOf } from './text.ts';

const SCHEMA_BYTES = 64 * 1024;
const AREAS_READ = 4;

const KEYED: MetadataSchema = {
  ...EDGE,
  when: { devices: ['eth0'], programs: ['edge'], bytes: { value: '01', at: -8 } },
  maps: [
    {
      map: 'by_hash',
      key: { kind: 'skb-hash', fields: [{ field: 'hash', offset: 0, size: 4 }] },
      value: { offset: 0 },
    },
  ],
  also: [
    {
      name: 'mark',
      where: { in: 'mark' },
      framing: { kind: 'struct', endian: 'little', size: 4 },
      types: [],
    },
    ...FORMATS.slice(0, 6).map(({ schema: { name, framing, types, where } }) => ({
      name,
      framing,
      types,
      ...(where !== undefined && { where }),
    })),
  ],
};
const SCHEMAS: readonly MetadataSchema[] = [EDGE, KEYED, ...FORMATS.map(({ schema }) => schema)];
/** As people had them before version 2. */
const DOCUMENTS: readonly unknown[] = [...SCHEMAS, { ...EDGE, whither: 1 }];

/** What is emitted of a schema is lines of ASCII, whatever its texts have in them. */
function emit(schema: MetadataSchema): void {
  holds(/^[\t\n\x20-\x7e]*$/.test(emitWireshark(schema)), 'Lua with what is no ASCII');
  let c: string;
  try {
    c = emitC(schema);
  } catch (thrown) {
    holds(thrown instanceof CannotSay, `C: ${String(thrown)}`);
    return;
  }
  holds(/^[\t\n\x20-\x7e]*$/.test(c), 'C with what is no ASCII');
}

/** Everything that is done with a document: errors have their place, a schema parses to itself, reads and is emitted. */
function read(json: string): ParsedSchema {
  const parsed = parseSchema(json);
  if (!parsed.ok) {
    for (const { path, message } of parsed.errors) {
      holds(path !== '' && message !== '', 'an error without a place or words');
      locateJson(json, path);
    }
    return parsed;
  }
  const { schema } = parsed;
  const again = parseSchema(schemaText(schema));
  holds(
    again.ok && JSON.stringify(again.schema) === JSON.stringify(schema),
    'a schema that does not parse to itself',
  );
  holds(diffSchemas(schema, schema).length === 0, 'a schema that differs from itself');
  diffSchemas(EDGE, schema).forEach(changeText);
  const decoder = compileSchema(schema);
  for (const { decoder: part } of decoder.parts) {
    for (const area of AREAS.slice(0, AREAS_READ)) readArea(part, area);
  }
  emit(schema);
  return parsed;
}

const texts: Target = {
  name: 'schema',
  seeds: DOCUMENTS.map(jsonBytes),
  maxBytes: SCHEMA_BYTES,
  weighBytes: 1024 * 1024,
  run: (input) => read(textOf(input)),
};

type Json = unknown;

/** What stands where something else was expected. */
const ODD: readonly Json[] = [
  null, true, 0, -1, 1, 2, 3, 4, 7, 8, 16, 252, 255, 256, 65535, 2 ** 32 - 1, 2 ** 53, 0.5, '', '0', '0x10', 'a', 'rest',
  '0xffffffffffffffff', '__proto__', 'a b', '"]]', '*/', '\n', '\ud800', 'é', 'big', 'nested', 'uint', 'struct', [], {},
]; // oxfmt-ignore

/**
 * A document with so many changes as there are bytes in threes: where (twice), what. The first byte says which document.
 * Made by walking it, so that the result is JSON and mostly still a schema.
 */
function changed(input: Uint8Array): Json {
  const document = structuredClone<Json>(DOCUMENTS[(input[0] ?? 0) % DOCUMENTS.length]);
  for (let i = 1; i + 2 < input.length; i += 3) {
    const places = placesIn(document);
    const place = places[((input[i]! << 8) | input[i + 1]!) % places.length];
    if (place === undefined) continue;
    const [of, key] = place;
    const what = input[i + 2]!;
    const other = places[(what * 31) % places.length]!;
    if (what >= 0xf0) Reflect.deleteProperty(of, key);
    else if (what >= 0xa0) of[key] = structuredClone(other[0][other[1]]);
    else of[key] = structuredClone(ODD[what % ODD.length]);
  }
  return document;
}

type Place = readonly [of: Record<string, Json>, key: string];

const MAX_PLACES = 20_000;

function placesIn(document: Json, places: Place[] = []): Place[] {
  if (typeof document !== 'object' || document === null) return places;
  for (const key of Object.keys(document)) {
    if (places.length >= MAX_PLACES) return places;
    places.push([document as Record<string, Json>, key]);
    placesIn((document as Record<string, Json>)[key], places);
  }
  return places;
}

const documents: Target = {
  name: 'schema-documents',
  seeds: DOCUMENTS.map((_, i) => Uint8Array.of(i, 0, 5, 3, 0, 9, 0xa1)),
  maxBytes: 1 + 3 * 4,
  run: (input) => read(JSON.stringify(changed(input))),
};

export const DOCUMENT_TARGETS: readonly Target[] = [texts, documents];
