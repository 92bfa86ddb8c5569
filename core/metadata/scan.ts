/**
 * The hot path: one metadata area in, offsets of its TLVs out. Nothing is allocated per area and no
 * value is printed; `decode.ts` does that for the rows on screen.
 */
import type { AreaDecoder, Scan, ElsewherePart, SchemaPart } from './area-scan.ts';
import { compileWhen } from './choose.ts';
import { fixedStructScan } from './fixed-struct-scan.ts';
import { decidingFields, sharedUnits, structScan, structScope, type Scope } from './struct-scan.ts';
import { tlvScan } from './tlv-scan.ts';
import { traitsScan } from './traits-scan.ts';
import type { Layout, MetadataSchema } from './types.ts';

export { createAreaScan, FAULT, FAULT_CODES, MAX_TLVS, readUint } from './area-scan.ts';
export type { AreaDecoder, AreaScan, Fault } from './area-scan.ts';

/** A schema that `parseSchema` accepted, made ready for `scan`, with the others of its document as `parts`. */
export function compileSchema(schema: MetadataSchema): AreaDecoder {
  const parts: SchemaPart[] = [];
  const elsewhere: ElsewherePart[] = [];
  const decoder: AreaDecoder = { ...compile(schema, null), parts, elsewhere };
  const { maps, also = [] } = schema;
  for (const part of [schema, ...also]) {
    const own = { ...part, whither: 2, ...(maps !== undefined && { maps }) } as const;
    const { when, where } = part;
    const reader = part === schema ? decoder : compile(own, null);
    if (where !== undefined && where.in !== 'area') {
      elsewhere.push({ schema: part.name, where, decoder: reader });
      continue;
    }
    parts.push({
      decoder: reader,
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
    decides: framing.kind === 'struct' ? decidingFields(types) : null,
    parts: [],
    elsewhere: [],
  };
}

function scanOf({ framing, types }: Layout, scope: Scope | null): Scan {
  switch (framing.kind) {
    case 'tlv':
      return tlvScan(framing, types);
    case 'struct':
      return (
        fixedStructScan(framing, types, sharedUnits(types)) ??
        structScan(framing, types, scope ?? structScope(types, null))
      );
    case 'traits':
      return traitsScan(framing, types);
  }
}
