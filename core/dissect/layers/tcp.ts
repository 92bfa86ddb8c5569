/** TCP (RFC 9293); its options are in `tcp-options.ts`. */
import { TCP_MIN_BYTES, u16 } from '../constants.ts';
import { tcpFlagNames } from '../info.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { tcpOptions } from './tcp-options.ts';
import { portsText } from './udp.ts';

export function tcpLayer(layer: Layer, at: number): FieldNode {
  const { bytes } = layer;
  layer.add('tcp.srcport', at, 2);
  layer.add('tcp.dstport', at + 2, 2);
  layer.add('tcp.seq_raw', at + 4, 4);
  layer.add('tcp.ack_raw', at + 8, 4);
  const stated = layer.has(at, 13) ? (bytes[at + 12]! >>> 4) * 4 : TCP_MIN_BYTES;
  layer.bits('tcp.hdr_len', at + 12, 1, 4, 4, { value: stated });
  const flags = layer.has(at, 14) ? u16(bytes, at + 12) & 0xfff : 0;
  layer.bits('tcp.flags', at + 12, 2, 0, 12, {
    text: `${tcpFlagNames(flags & 0xff)} (0x${flags.toString(16).padStart(4, '0')})`,
    inside: () => {
      layer.bits('tcp.flags.res', at + 12, 2, 9, 3);
      layer.bits('tcp.flags.ae', at + 12, 2, 8, 1);
      layer.bits('tcp.flags.cwr', at + 12, 2, 7, 1);
      layer.bits('tcp.flags.ece', at + 12, 2, 6, 1);
      layer.bits('tcp.flags.urg', at + 12, 2, 5, 1);
      layer.bits('tcp.flags.ack', at + 12, 2, 4, 1);
      layer.bits('tcp.flags.push', at + 12, 2, 3, 1);
      layer.bits('tcp.flags.reset', at + 12, 2, 2, 1);
      layer.bits('tcp.flags.syn', at + 12, 2, 1, 1);
      layer.bits('tcp.flags.fin', at + 12, 2, 0, 1);
    },
  });
  layer.add('tcp.window_size_value', at + 14, 2);
  layer.add('tcp.checksum', at + 16, 2);
  layer.add('tcp.urgent_pointer', at + 18, 2);
  if (stated < TCP_MIN_BYTES) {
    const value = `${stated}, less than the ${TCP_MIN_BYTES} bytes every header has`;
    layer.note('Bad header length', value, at + 12, 1);
  }
  tcpOptions(layer, at + TCP_MIN_BYTES, at + stated);
  return layer.node('tcp', portsText(layer, at), at, at + Math.max(stated, TCP_MIN_BYTES));
}
