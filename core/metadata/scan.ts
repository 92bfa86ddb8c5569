/**
 * The hot path: one metadata area in, offsets of its TLVs out. Nothing is allocated per area and no
 * value is printed; `decode.ts` does that for the rows on screen.
 */
import type { AreaDecoder, Scan, SchemaPart } from './area-scan.ts';
import { compileWhen } from './choose.ts';
import { structScan, structScope, type Scope } from './struct-scan.ts';
import { tlvScan } from './tlv-scan.ts';
import { traitsScan } from './traits-scan.ts';
import type { Layout, MetadataSchema } from './types.ts';

export { createAreaScan, FAULT, FAULT_CODES, MAX_TLVS, readUint } from './area-scan.ts';
export type { AreaDecoder, AreaScan, Fault } from './area-scan.ts';

/** A schema that `parseSchema` accepted, made ready for `scan`, with the others of its document as `parts`. */
export function compileSchema(schema: MetadataSchema): AreaDecoder {
  const parts: SchemaPart[] = [];
  const decoder: AreaDecoder = { ...compile(schema, null), parts };
  const { maps, also = [] } = schema;
  for (const part of [schema, ...also]) {
    if (part.where !== undefined && part.where.in !== 'area') continue;
    const own = { ...part, whither: 2, ...(maps !== undefined && { maps }) } as const;
    const { when } = part;
    parts.push({
      decoder: part === schema ? decoder : compile(own, null),
      matches: when === undefined ? null : compileWhen(when),
      needsPlace: when?.devices !== undefined || when?.programs !== undefined,
    });
  }
  return decoder;
}

function compile(schema: MetadataSchema, outer: Scope | null): AreaDecoder {
  const { types, framing } = schema;
  const scope = framing.kind === 'struct' ? structScope(types, outer) : outer;
  return {
    schema,
    names: types.map((type) => type.name),
    nested: types.map(({ name, framing: own, types: inside = [] }) =>
      own === undefined ? null : compile({ whither: 2, name, framing: own, types: inside }, scope),
    ),
    scan: scanOf(schema, scope),
    parts: [],
  };
}

function scanOf({ framing, types }: Layout, scope: Scope | null): Scan {
  switch (framing.kind) {
    case 'tlv':
      return tlvScan(framing, types);
    case 'struct':
      return structScan(framing, types, scope ?? structScope(types, null));
    case 'traits':
      return traitsScan(framing, types);
  }
}
