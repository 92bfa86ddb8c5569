/**
 * Geneve, UDP port 6081: RFC 8926 sections 3.4 (header) and 3.5 (options); include/net/geneve.h (struct genevehdr, 8
 * bytes; struct geneve_opt). Options: be16 class, u8 type whose bit 7 says critical, length in words of 4 bytes in the
 * low 5 bits of the fourth byte without its own word.
 */
import { CILIUM_GENEVE_DSR } from './cilium.ts';
import { BIG, bits, enumOf, fields, nested, schema, tlvs, type Format } from './parts.ts';

const OPTIONS = tlvs({
  classBytes: 2,
  typeBytes: 1,
  lengthBytes: 1,
  lengthMask: 0x1f,
  lengthUnit: 4,
  endian: 'big',
});

export const GENEVE_OPTIONS: Format = {
  id: 'geneve-options',
  title: 'Options of Geneve',
  reference: 'RFC 8926 3.5; include/net/geneve.h struct geneve_opt',
  schema: schema('geneve_options', {
    where: { in: 'packet', at: { kind: 'geneve-options' } },
    framing: OPTIONS,
    types: [CILIUM_GENEVE_DSR],
  }),
};

export const GENEVE: Format = {
  id: 'geneve',
  title: 'Geneve header and options',
  reference: 'RFC 8926 3.4; include/net/geneve.h struct genevehdr',
  schema: schema('geneve', {
    framing: BIG,
    types: fields(
      bits('version', 1, 6, 2),
      bits('options_words', 1, 0, 6, { description: 'Length of the options in words of 4 bytes' }),
      bits('oam', 1, 7, 1),
      bits('critical', 1, 6, 1, { description: 'An option is critical' }),
      bits('reserved', 1, 0, 6),
      enumOf('protocol', 2, { 0x6558: 'Ethernet', 0x0800: 'IPv4', 0x86dd: 'IPv6' }),
      bits('vni', 4, 8, 24),
      bits('reserved2', 4, 0, 8),
      nested('options', { field: 'options_words', unit: 4 }, OPTIONS, [CILIUM_GENEVE_DSR]),
    ),
  }),
};
