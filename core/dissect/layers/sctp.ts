/** SCTP (RFC 9260 3): the common header, and of every chunk its head. */
import { SCTP_CHUNK_HEADER_BYTES, SCTP_HEADER_BYTES, u16 } from '../constants.ts';
import { sctpBytes } from '../header-size.ts';
import { SCTP_CHUNK_TYPES } from '../names.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { portsText } from './udp.ts';

export function sctpLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.add('sctp.srcport', at, 2);
  layer.add('sctp.dstport', at + 2, 2);
  layer.add('sctp.verification_tag', at + 4, 4);
  layer.add('sctp.checksum', at + 8, 4);
  const until = at + sctpBytes(bytes, at, end);
  for (let chunk = at + SCTP_HEADER_BYTES; chunk < until && layer.has(chunk, SCTP_CHUNK_HEADER_BYTES);) {
    const start = chunk;
    const stated = u16(bytes, start + 2);
    if (stated < SCTP_CHUNK_HEADER_BYTES) {
      layer.note('Bad chunk length', stated.toString(), start + 2, 2);
      break;
    }
    // Chunks are padded to 4 bytes, which their length does not count.
    const padded = (stated + 3) & ~3;
    const name = SCTP_CHUNK_TYPES[bytes[start]!] ?? '';
    layer.group('sctp.chunk', start, padded, name, () => {
      layer.add('sctp.chunk_type', start, 1);
      layer.add('sctp.chunk_flags', start + 1, 1);
      layer.add('sctp.chunk_length', start + 2, 2);
      const rest = padded - SCTP_CHUNK_HEADER_BYTES;
      if (rest > 0) layer.unnamed('Value and padding', start + SCTP_CHUNK_HEADER_BYTES, rest);
    });
    chunk += padded;
  }
  return layer.node('sctp', portsText(layer, at), at, until);
}
