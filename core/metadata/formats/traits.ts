/** Traits without the meaning of their keys, which each deployment gives itself: traits-scan.ts has the reference. */
import { schema, type Format } from './parts.ts';

function traits(version: 1 | 2): Format {
  return {
    id: `traits-v${version}`,
    title: `Traits, version ${version} of the RFC`,
    reference:
      version === 1
        ? 'RFC PATCH bpf-next 00/20, traits: Per packet metadata KV store'
        : '20250422-afabre-traits-010-rfc2-v2, patch 01/17',
    schema: schema(`traits_v${version}`, {
      framing: { kind: 'traits', version, endian: 'little' },
      types: [],
    }),
  };
}

export const TRAITS_V1 = traits(1);
export const TRAITS_V2 = traits(2);
