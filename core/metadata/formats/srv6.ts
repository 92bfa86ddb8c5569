/**
 * Segment Routing Header: RFC 8754 section 2 and 2.1 (TLVs); include/uapi/linux/seg6.h. TLVs are u8 type, u8 length of the
 * value; Pad1 (0) is a single byte. They begin behind the segments, at 8 + 16 * (last entry + 1), and end with the
 * header, at 8 * (length + 1).
 */
import { BIG, bits, bytesOf, enumOf, field, fields, hexUint, nested, schema, tlv, tlvs } from './parts.ts';
import { tlvStruct, uint, type Format } from './parts.ts';

const FRAMING = tlvs({ typeBytes: 1, lengthBytes: 1, endian: 'big', pad: 0 });

/** Drafts before RFC 8754 had a node's address behind 2 reserved bytes (SR6_TLV_INGRESS, SR6_TLV_EGRESS). */
const NODE = [bytesOf('reserved', 2), field('address', 'ipv6')];

const TYPES = [
  tlvStruct(1, 'ingress_node', NODE),
  tlvStruct(2, 'egress_node', NODE),
  tlv(3, 'opaque', 'bytes'),
  tlv(4, 'padn', 'bytes'),
  tlvStruct(5, 'hmac', [
    bits('destination_excluded', 2, 15, 1, { description: 'D: the destination address is not in the HMAC' }),
    bits('reserved', 2, 0, 15),
    uint('key_id', 4),
    bytesOf('hmac', 'rest'),
  ]),
];

export const SRH_TLVS: Format = {
  id: 'srh-tlvs',
  title: 'TLVs of the Segment Routing Header',
  reference: 'RFC 8754 2.1; include/uapi/linux/seg6.h SR6_TLV_*',
  schema: schema('srh_tlvs', {
    where: { in: 'packet', at: { kind: 'srh-tlvs' } },
    framing: FRAMING,
    types: TYPES,
  }),
};

export const SRH: Format = {
  id: 'srh',
  title: 'Segment Routing Header',
  reference: 'RFC 8754 2; include/uapi/linux/seg6.h struct ipv6_sr_hdr',
  schema: schema('srh', {
    framing: BIG,
    types: fields(
      enumOf('next_header', 1, {
        4: 'IPv4',
        6: 'TCP',
        17: 'UDP',
        41: 'IPv6',
        43: 'routing',
        143: 'Ethernet',
      }),
      uint('length', 1, { description: 'In units of 8 bytes, without the first 8' }),
      enumOf('routing_type', 1, { 4: 'SRH' }),
      uint('segments_left', 1),
      uint('last_entry', 1),
      hexUint('flags', 1),
      hexUint('tag', 2),
      field('segments', 'ipv6', { count: { field: 'last_entry', add: 1 } }),
      nested('tlvs', 'rest', FRAMING, TYPES),
    ),
  }),
};
