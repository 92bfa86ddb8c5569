/** `whither schema emit`: a schema as a Lua script for Wireshark, or as a C header. */
import { emitC } from '#core/emit/c-header.ts';
import { emitWireshark } from '#core/emit/wireshark.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { Failure } from '../failure.ts';

export const EMITTED = ['wireshark', 'c'] as const;
export type Emitted = (typeof EMITTED)[number];

/** Failure when the schema has what the other language cannot say. */
export function emitSchema(schema: MetadataSchema, as: Emitted): string {
  if (as === 'wireshark') return emitWireshark(schema);
  try {
    return emitC(schema);
  } catch (thrown) {
    throw new Failure(
      thrown instanceof Error ? thrown.message : String(thrown),
      'emit wireshark has all of the language',
    );
  }
}
