/** The segment routing header behind the four bytes of every routing header (RFC 8754 2). */
import { SRH_FIXED_BYTES } from '../constants.ts';
import type { Layer } from '../layer.ts';
import { SRH_TLV_TYPES } from '../option-names.ts';

const IPV6_BYTES = 16;
const TLV_PAD1 = 0;

/** `at` is last entry, flags and tag; segments and TLVs follow up to `until`. */
export function segmentRouting(layer: Layer, at: number, until: number): void {
  layer.add('ipv6.routing.srh.last_entry', at, 1);
  layer.add('ipv6.routing.srh.flags', at + 1, 1);
  layer.add('ipv6.routing.srh.tag', at + 2, 2);
  if (layer.cut) return;
  const segments = layer.bytes[at]! + 1;
  const from = at + SRH_FIXED_BYTES - 4;
  const tlvs = from + segments * IPV6_BYTES;
  for (let segment = from; segment < Math.min(tlvs, until); segment += IPV6_BYTES) {
    if (segment + IPV6_BYTES > until) {
      layer.note('Bad last entry', `${segments} segments do not fit into the header`, at, 1);
      return;
    }
    if (!layer.add('ipv6.routing.srh.addr', segment, IPV6_BYTES)) return;
  }
  segmentTlvs(layer, tlvs, until);
}

/** RFC 8754 2.1: Pad1 is one zero byte, every other TLV type, length of the value, value. */
function segmentTlvs(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && layer.has(at, 1);) {
    const start = at;
    const type = bytes[at]!;
    const headed = type !== TLV_PAD1;
    const size = !headed ? 1 : layer.has(at, 2) && at + 2 <= until ? 2 + bytes[at + 1]! : 2;
    const overrun = at + size > until;
    const name = SRH_TLV_TYPES[type] ?? `type ${type}`;
    layer.group('ipv6.routing.srh.tlv', start, Math.min(size, until - start), name, () => {
      layer.add('ipv6.routing.srh.tlv.type', start, 1);
      if (!headed || start + 2 > until || !layer.add('ipv6.routing.srh.tlv.length', start + 1, 1)) return;
      if (overrun) layer.note('Bad TLV length', (size - 2).toString(), start + 1, 1);
      else if (size > 2) layer.add('ipv6.routing.srh.tlv.value', start + 2, size - 2);
    });
    if (overrun) return;
    at += size;
  }
}
