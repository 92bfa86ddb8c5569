/** IPv4 (RFC 791); its options are in `ipv4-options.ts`. */
import { formatIpv4 } from '../addresses.ts';
import { IPV4_FRAGMENT_OFFSET, IPV4_MIN_BYTES, u16 } from '../constants.ts';
import { ipv4Bytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { ipv4Options } from './ipv4-options.ts';
import { printFragmentOffset } from './ipv6.ts';

export function ipv4Layer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.bits('ip.version', at, 1, 4, 4);
  if (layer.has(at, 1) && bytes[at]! >>> 4 !== 4) layer.note('Bad version', 'this is no IPv4 header', at, 1);
  const stated = layer.has(at, 1) ? (bytes[at]! & 0xf) * 4 : IPV4_MIN_BYTES;
  layer.bits('ip.hdr_len', at, 1, 0, 4, { value: stated });
  if (stated < IPV4_MIN_BYTES) {
    layer.note(
      'Bad header length',
      `${stated}, less than the ${IPV4_MIN_BYTES} bytes every header has`,
      at,
      1,
    );
    return layer.node('ip', '', at, at + 1);
  }
  layer.add('ip.dsfield', at + 1, 1, {
    inside: () => {
      layer.bits('ip.dsfield.dscp', at + 1, 1, 2, 6);
      layer.bits('ip.dsfield.ecn', at + 1, 1, 0, 2);
    },
  });
  layer.add('ip.len', at + 2, 2);
  layer.add('ip.id', at + 4, 2);
  layer.bits('ip.flags', at + 6, 1, 5, 3, {
    inside: () => {
      layer.bits('ip.flags.rb', at + 6, 1, 7, 1);
      layer.bits('ip.flags.df', at + 6, 1, 6, 1);
      layer.bits('ip.flags.mf', at + 6, 1, 5, 1);
    },
  });
  const units = layer.has(at, 8) ? u16(bytes, at + 6) & IPV4_FRAGMENT_OFFSET : 0;
  layer.bits('ip.frag_offset', at + 6, 2, 0, 13, { text: printFragmentOffset(units) });
  layer.add('ip.ttl', at + 8, 1);
  layer.add('ip.proto', at + 9, 1);
  layer.add('ip.checksum', at + 10, 2);
  layer.add('ip.src', at + 12, 4);
  layer.add('ip.dst', at + 16, 4);
  if (ipv4Bytes(bytes, at, end) > IPV4_MIN_BYTES) ipv4Options(layer, at + IPV4_MIN_BYTES, at + stated);
  const fits = layer.has(at, IPV4_MIN_BYTES);
  const value = fits ? `${formatIpv4(bytes, at + 12)} → ${formatIpv4(bytes, at + 16)}` : '';
  return layer.node('ip', value, at, at + stated);
}
