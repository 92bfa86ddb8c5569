/**
 * Network Service Header: RFC 8300 sections 2.2 to 2.5; include/net/nsh.h. The base header and service path are 8
 * bytes; metadata of type 1 is 16 bytes that the deployment defines, of type 2 TLVs: be16 class, u8 type, 1 unassigned bit,
 * 7 bits of length of the value, which is padded to 4 bytes.
 */
import { BIG, bits, enumBits, enumOf, fields, hexUint, nested, schema, tlvs, type Format } from './parts.ts';

const MD2 = tlvs({
  classBytes: 2,
  typeBytes: 1,
  lengthBytes: 1,
  lengthMask: 0x7f,
  align: 4,
  endian: 'big',
});

const HEADER_BYTES = 8;
const MD1_WORDS = 4;

export const NSH_MD2: Format = {
  id: 'nsh-md2',
  title: 'Metadata type 2 of NSH',
  reference: 'RFC 8300 2.5.1; include/net/nsh.h struct nsh_md2_tlv',
  schema: schema('nsh_md2', {
    where: { in: 'packet', at: { kind: 'nsh-tlvs' } },
    framing: MD2,
    types: [],
  }),
};

export const NSH: Format = {
  id: 'nsh',
  title: 'Network Service Header with its metadata',
  reference: 'RFC 8300 2; include/net/nsh.h struct nshhdr',
  schema: schema('nsh', {
    framing: BIG,
    types: fields(
      bits('version', 2, 14, 2),
      bits('oam', 2, 13, 1),
      bits('unassigned', 2, 12, 1),
      bits('ttl', 2, 6, 6),
      bits('length_words', 2, 0, 6, { description: 'Of the whole header, in words of 4 bytes' }),
      bits('unassigned2', 1, 4, 4),
      enumBits('md_type', 1, 0, 4, { 1: 'fixed', 2: 'TLVs' }),
      enumOf('next_protocol', 1, {
        1: 'IPv4',
        2: 'IPv6',
        3: 'Ethernet',
        4: 'NSH',
        5: 'MPLS',
      }),
      bits('path', 4, 8, 24, { description: 'Service path identifier' }),
      bits('index', 4, 0, 8, { description: 'Service index' }),
      hexUint('context', 4, { count: MD1_WORDS, only: { field: 'md_type', is: 1 } }),
      nested('metadata', { field: 'length_words', unit: 4, add: -HEADER_BYTES }, MD2, [], {
        only: { field: 'md_type', is: 2 },
      }),
    ),
  }),
};
