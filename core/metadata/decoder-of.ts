/** Decoders of the schemas in a capture: where several hosts are in it these take turns, thousands of times. */
import { compileSchema, type AreaDecoder } from './scan.ts';
import type { MetadataSchema } from './types.ts';

const known = new WeakMap<MetadataSchema, AreaDecoder>();

/** As compileSchema, and for the same object the same decoder. */
export function decoderOf(schema: MetadataSchema): AreaDecoder {
  let decoder = known.get(schema);
  if (decoder === undefined) known.set(schema, (decoder = compileSchema(schema)));
  return decoder;
}
