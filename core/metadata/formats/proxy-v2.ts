/**
 * PROXY protocol version 2: HAProxy's doc/proxy-protocol.txt, sections 2.2 (header and addresses) and 2.2.1 to 2.2.9
 * (TLVs). All in network order. The vendors' TLVs are those that proxy-protocol.txt lists as registered.
 */
import {
  BIG,
  bytesOf,
  enumBits,
  field,
  fields,
  nested,
  schema,
  tlv,
  tlvs,
  uint,
  type Draft,
  type Format,
} from './parts.ts';

const FRAMING = tlvs({ typeBytes: 1, lengthBytes: 2, endian: 'big' });

const SSL_TLVS = [
  tlv(0x21, 'ssl_version', 'string'),
  tlv(0x22, 'ssl_cn', 'string'),
  tlv(0x23, 'ssl_cipher', 'string'),
  tlv(0x24, 'ssl_sig_alg', 'string'),
  tlv(0x25, 'ssl_key_alg', 'string'),
  tlv(0x26, 'ssl_group', 'string'),
  tlv(0x27, 'ssl_sig_scheme', 'string'),
  tlv(0x28, 'ssl_client_cert', 'bytes'),
];

const TYPES = [
  tlv(0x01, 'alpn', 'string'),
  tlv(0x02, 'authority', 'string'),
  tlv(0x03, 'crc32c', 'uint', { display: 'hex' }),
  tlv(0x04, 'noop', 'bytes', { description: 'Padding: to be ignored' }),
  tlv(0x05, 'unique_id', 'bytes', { description: 'Opaque, at most 128 bytes' }),
  tlv(0x20, 'ssl', 'nested', {
    framing: BIG,
    types: fields(
      field('client', 'flags', { size: 1, names: { 0: 'SSL', 1: 'CERT_CONN', 2: 'CERT_SESS' } }),
      uint('verify', 4, { description: '0 = the client presented a certificate that was verified' }),
      nested('tlvs', 'rest', FRAMING, SSL_TLVS),
    ),
  }),
  tlv(0x30, 'netns', 'string', { description: 'Name of the network namespace' }),
  tlv(0xe0, 'gcp_psc_connection_id', 'uint'),
  tlv(0xea, 'aws_vpce', 'bytes', { description: 'Subtype 1, then the id of the VPC endpoint' }),
  tlv(0xee, 'azure_link_id', 'bytes', { description: 'Subtype 1, then the id, little-endian' }),
];

const FAMILY = { inet: 1, inet6: 2, unix: 3 } as const;
const UNIX_PATH_BYTES = 108;

function addresses(family: number, inside: readonly Draft[]): Draft[] {
  return inside.map((each) => ({ ...each, only: { field: 'family', is: family } }));
}

export const PROXY_V2_TLVS: Format = {
  id: 'proxy-v2-tlvs',
  title: 'TLVs of PROXY protocol version 2',
  reference: 'HAProxy doc/proxy-protocol.txt 2.2',
  schema: schema('proxy_v2', {
    where: { in: 'packet', at: { kind: 'proxy-tlvs' } },
    framing: FRAMING,
    types: TYPES,
  }),
};

export const PROXY_V2: Format = {
  id: 'proxy-v2',
  title: 'PROXY protocol version 2, header and TLVs',
  reference: 'HAProxy doc/proxy-protocol.txt 2.2',
  schema: schema('proxy_v2_header', {
    framing: BIG,
    types: fields(
      bytesOf('signature', 12, { description: '0d0a0d0a000d0a515549540a' }),
      enumBits('version', 1, 4, 4, { 2: '2' }),
      enumBits('command', 1, 0, 4, { 0: 'LOCAL', 1: 'PROXY' }),
      enumBits('family', 1, 4, 4, { 0: 'UNSPEC', 1: 'INET', 2: 'INET6', 3: 'UNIX' }),
      enumBits('protocol', 1, 0, 4, { 0: 'UNSPEC', 1: 'STREAM', 2: 'DGRAM' }),
      uint('length', 2, { description: 'Of addresses and TLVs' }),
      nested(
        'body',
        { field: 'length' },
        BIG,
        fields(
          ...addresses(FAMILY.inet, [
            field('source', 'ipv4'),
            field('destination', 'ipv4'),
            uint('source_port', 2),
            uint('destination_port', 2),
          ]),
          ...addresses(FAMILY.inet6, [
            field('source6', 'ipv6'),
            field('destination6', 'ipv6'),
            uint('source_port6', 2),
            uint('destination_port6', 2),
          ]),
          ...addresses(FAMILY.unix, [
            field('source_path', 'string', { size: UNIX_PATH_BYTES }),
            field('destination_path', 'string', { size: UNIX_PATH_BYTES }),
          ]),
          nested('tlvs', 'rest', FRAMING, TYPES),
        ),
      ),
    ),
  }),
};
