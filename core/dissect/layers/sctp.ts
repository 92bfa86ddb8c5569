/** SCTP (RFC 9260 3): the common header, and of every chunk its head. */
import { SCTP_HEADER_BYTES, u16 } from '../constants.ts';
import { sctpBytes } from '../header-size.ts';
import { SCTP_CHUNK_TYPES } from '../names.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { portsText } from './udp.ts';

const CHUNK_HEADER_BYTES = 4;

export function sctpLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.add('sctp.srcport', at, 2);
  layer.add('sctp.dstport', at + 2, 2);
  layer.add('sctp.verification_tag', at + 4, 4);
  layer.add('sctp.checksum', at + 8, 4);
  const until = at + sctpBytes(bytes, at, end);
  for (let chunk = at + SCTP_HEADER_BYTES; chunk + CHUNK_HEADER_BYTES <= Math.min(until, end);) {
    const start = chunk;
    const stated = u16(bytes, start + 2);
    if (stated < CHUNK_HEADER_BYTES) break;
    const name = SCTP_CHUNK_TYPES[bytes[start]!] ?? '';
    layer.group('sctp.chunk', start, stated, name, () => {
      layer.add('sctp.chunk_type', start, 1);
      layer.add('sctp.chunk_flags', start + 1, 1);
      layer.add('sctp.chunk_length', start + 2, 2);
    });
    // Chunks are padded to 4 bytes, which their length does not count.
    chunk += (stated + 3) & ~3;
  }
  return layer.node('sctp', portsText(layer, at), at, until);
}
