/**
 * Options of IPv4 (RFC 791 section 3.1, RFC 2113 router alert, RFC 1108 security, include/uapi/linux/ip.h IPOPT_*) and of
 * IPv6 hop-by-hop and destination headers (RFC 8200 section 4.2, include/uapi/linux/in6.h IPV6_TLV_*). The length of an
 * IPv4 option counts its two header bytes, that of an IPv6 option does not; END/NOP and Pad1 are single bytes.
 */
import { CILIUM_IPV4_DSR, CILIUM_IPV6_DSR } from './cilium.ts';
import { IOAM_OPTION } from './ioam.ts';
import { BIG, bits, bytesOf, enumOf, field, hexUint, schema, tlv, tlvs, tlvStruct, uint } from './parts.ts';
import type { Format } from './parts.ts';

const ROUTE = [uint('pointer', 1), field('addresses', 'ipv4', { count: 'rest' })];

export const IPV4_OPTIONS: Format = {
  id: 'ipv4-options',
  title: 'Options of IPv4',
  reference: 'RFC 791 3.1; include/uapi/linux/ip.h IPOPT_*',
  schema: schema('ipv4_options', {
    framing: tlvs({
      typeBytes: 1,
      lengthBytes: 1,
      lengthIncludesHeader: true,
      endian: 'big',
      pad: 1,
      terminator: 0,
    }),
    types: [
      tlvStruct(7, 'record_route', ROUTE),
      tlvStruct(68, 'timestamp', [
        uint('pointer', 1),
        bits('overflow', 1, 4, 4),
        {
          ...enumOf('flag', 1, { 0: 'timestamps', 1: 'with addresses', 3: 'prespecified' }),
          bits: { from: 0, count: 4 },
        },
        uint('timestamps', 4, { count: 'rest', unit: 'ms', only: { field: 'flag', mask: 3, is: 0 } }),
        {
          ...field('entries', 'nested', { size: 8, count: 'rest', framing: BIG }),
          only: { field: 'flag', mask: 1, is: 1 },
          types: [
            { type: 0, name: 'address', kind: 'ipv4' },
            { type: 1, name: 'timestamp', kind: 'uint', size: 4, unit: 'ms' },
          ],
        },
      ]),
      tlvStruct(130, 'security', [
        enumOf('classification', 1, {
          0x3d: 'top secret',
          0x5a: 'secret',
          0x96: 'confidential',
          0xab: 'unclassified',
        }),
        bytesOf('authority', 'rest'),
      ]),
      tlvStruct(131, 'loose_source_route', ROUTE),
      tlvStruct(134, 'cipso', [uint('doi', 4), bytesOf('tags', 'rest')]),
      tlv(136, 'stream_id', 'uint', { display: 'hex' }),
      tlvStruct(137, 'strict_source_route', ROUTE),
      tlv(148, 'router_alert', 'enum', { names: { 0: 'examine' } }),
      CILIUM_IPV4_DSR,
    ],
  }),
};

export const IPV6_OPTIONS: Format = {
  id: 'ipv6-options',
  title: 'Options of IPv6 hop-by-hop and destination headers',
  reference: 'RFC 8200 4.2; include/uapi/linux/in6.h IPV6_TLV_*',
  schema: schema('ipv6_options', {
    framing: tlvs({ typeBytes: 1, lengthBytes: 1, endian: 'big', pad: 0 }),
    types: [
      tlv(1, 'padn', 'bytes'),
      tlv(4, 'tunnel_encapsulation_limit', 'uint', { description: 'RFC 2473 4.1.1' }),
      tlv(5, 'router_alert', 'enum', {
        names: { 0: 'MLD', 1: 'RSVP', 2: 'active networks' },
        description: 'RFC 2711',
      }),
      tlvStruct(
        7,
        'calipso',
        [
          uint('doi', 4),
          uint('compartment_words', 1),
          uint('level', 1),
          hexUint('checksum', 2),
          bytesOf('compartments', { field: 'compartment_words', unit: 4 }),
        ],
        { description: 'RFC 5570 5.1' },
      ),
      CILIUM_IPV6_DSR,
      { type: 49, name: 'ioam', kind: 'nested', framing: BIG, types: IOAM_OPTION, description: 'RFC 9486' },
      tlv(0xc2, 'jumbo', 'uint', { unit: 'B', description: 'RFC 2675' }),
      tlv(0xc9, 'home_address', 'ipv6', { description: 'RFC 6275 6.3' }),
    ],
  }),
};
