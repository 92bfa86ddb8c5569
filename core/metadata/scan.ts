/**
 * The hot path: one metadata area in, offsets of its TLVs out. Nothing is allocated per area and no
 * value is printed; `decode.ts` does that for the rows on screen.
 */
import type { AreaDecoder, Scan } from './area-scan.ts';
import { structScan, structScope, type Scope } from './struct-scan.ts';
import { tlvScan } from './tlv-scan.ts';
import { traitsScan } from './traits-scan.ts';
import type { Layout, MetadataSchema } from './types.ts';

export { createAreaScan, FAULT, FAULT_CODES, MAX_TLVS, readUint } from './area-scan.ts';
export type { AreaDecoder, AreaScan, Fault } from './area-scan.ts';

/** A schema that `parseSchema` accepted, made ready for `scan`. */
export function compileSchema(schema: MetadataSchema): AreaDecoder {
  return compile(schema, null);
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
