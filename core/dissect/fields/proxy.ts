/** Fields of the PROXY protocol, version 2. */
import { bytes, dec, group, hex, ipv4, ipv6 } from '../field-spec.ts';
import { PROXY_TLV_TYPES } from '../option-names.ts';

export const PROXY_FIELDS = {
  proxy: group('PROXY protocol'),
  'proxy.v2.magic': bytes('Signature'),
  'proxy.v2.version': dec('Version'),
  'proxy.v2.cmd': dec('Command', { 0: 'LOCAL', 1: 'PROXY' }),
  'proxy.v2.addr_family_protocol': hex('Family and protocol'),
  'proxy.v2.addr_family': hex('Address family', { 0: 'unspecified', 1: 'IPv4', 2: 'IPv6', 3: 'Unix' }),
  'proxy.v2.protocol': hex('Protocol', { 0: 'unspecified', 1: 'stream', 2: 'datagram' }),
  'proxy.v2.length': dec('Length'),
  'proxy.src.ipv4': ipv4('Source'),
  'proxy.dst.ipv4': ipv4('Destination'),
  'proxy.src.ipv6': ipv6('Source'),
  'proxy.dst.ipv6': ipv6('Destination'),
  'proxy.srcport': dec('Source port'),
  'proxy.dstport': dec('Destination port'),
  'proxy.v2.src.unix': bytes('Source'),
  'proxy.v2.dst.unix': bytes('Destination'),
  'proxy.v2.tlv': group('TLV'),
  'proxy.v2.tlv.type': hex('Type', PROXY_TLV_TYPES),
  'proxy.v2.tlv.length': dec('Length'),
  'proxy.v2.tlv.value': bytes('Value'),
  'proxy.v2.tlv.ssl.client': hex('Client'),
  'proxy.v2.tlv.ssl.verify': hex('Verify'),
} as const;
