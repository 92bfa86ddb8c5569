/**
 * Generic UDP Encapsulation, UDP port 6080: draft-ietf-intarea-gue, include/net/gue.h. Variant 0: 2 bits variant, 1
 * control, 5 bits of length of the optional fields in words of 4 bytes; u8 protocol or control type; be16 flags; then
 * the fields of the flags that are set. Variant 1 has no header: the bits are those of the IP version that begins there.
 */
import { BIG, bits, bytesOf, fields, flagsOf, nested, schema, uint, type Format } from './parts.ts';

/** GUE_FLAG_PRIV: a word of private flags, of which GUE_PFLAG_REMCSUM has a field of its own. */
const PRIVATE = 0x0001;
const REMOTE_CHECKSUM = 0x80000000;

export const GUE: Format = {
  id: 'gue',
  title: 'Header of GUE',
  reference: 'draft-ietf-intarea-gue 3; include/net/gue.h struct guehdr',
  schema: schema('gue', {
    framing: BIG,
    types: fields(
      bits('variant', 1, 6, 2),
      bits('control', 1, 5, 1, { only: { field: 'variant', is: 0 } }),
      bits('field_words', 1, 0, 5, { only: { field: 'variant', is: 0 } }),
      uint('protocol', 1, { only: { field: 'variant', is: 0 } }),
      flagsOf('flags', 2, { 0: 'PRIVATE' }, { only: { field: 'variant', is: 0 } }),
      nested(
        'fields',
        { field: 'field_words', unit: 4 },
        BIG,
        fields(
          flagsOf('private_flags', 4, { 31: 'REMOTE_CHECKSUM' }, { only: { field: 'flags', mask: PRIVATE } }),
          uint('checksum_start', 2, { only: { field: 'private_flags', mask: REMOTE_CHECKSUM } }),
          uint('checksum_offset', 2, { only: { field: 'private_flags', mask: REMOTE_CHECKSUM } }),
          bytesOf('private_data', 'rest', { only: { room: 1 } }),
        ),
        { only: { field: 'field_words' } },
      ),
    ),
  }),
};
