/** Geneve with its options (RFC 8926 3.4, 3.5). */
import { GENEVE_MIN_BYTES, GENEVE_OPTION_HEADER_BYTES, u16 } from '../constants.ts';
import { geneveBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { vniText } from './vxlan.ts';

/** @0 2 bits version, 6 bits words of options, @1 flags, @2 u16be protocol, @4 u24be VNI, @7 reserved. */
export function geneveLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.bits('geneve.version', at, 1, 6, 2);
  const optionBytes = Math.max(GENEVE_MIN_BYTES, geneveBytes(bytes, at, end)) - GENEVE_MIN_BYTES;
  layer.bits('geneve.option.length', at, 1, 0, 6, { value: optionBytes });
  layer.add('geneve.flags', at + 1, 1, {
    inside: () => {
      layer.bits('geneve.flags.oam', at + 1, 1, 7, 1);
      layer.bits('geneve.flags.critical', at + 1, 1, 6, 1);
    },
  });
  layer.add('geneve.proto_type', at + 2, 2);
  layer.add('geneve.vni', at + 4, 3);
  layer.unnamed('Reserved', at + 7, 1);
  const from = at + GENEVE_MIN_BYTES;
  const until = from + optionBytes;
  if (until > from) layer.group('geneve.options', from, until - from, '', () => options(layer, from, until));
  return layer.node('geneve', vniText(layer, at + 4), at, until);
}

/** Each: @0 u16be class, @2 u8 type (its highest bit: critical), @3 3 reserved bits, 5 bits words of data. */
function options(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && !layer.cut;) {
    const start = at;
    const headed = layer.has(at, GENEVE_OPTION_HEADER_BYTES);
    const data = headed ? (bytes[at + 3]! & 0x1f) * 4 : 0;
    const size = GENEVE_OPTION_HEADER_BYTES + data;
    const name = headed
      ? `class 0x${u16(bytes, at).toString(16).padStart(4, '0')} type ${bytes[at + 2]!}`
      : '';
    layer.group('geneve.option', start, Math.min(size, until - start), name, () => {
      layer.add('geneve.option.class', start, 2);
      layer.add('geneve.option.type', start + 2, 1, {
        inside: () => layer.bits('geneve.option.type.critical', start + 2, 1, 7, 1),
      });
      layer.bits('geneve.option.flags', start + 3, 1, 5, 3);
      // As Wireshark counts it: with the option's own header.
      layer.bits('geneve.option.length', start + 3, 1, 0, 5, { value: size });
      if (start + size > until) layer.note('Bad option length', data.toString(), start + 3, 1);
      else if (data > 0) layer.add('geneve.option.unknown.data', start + GENEVE_OPTION_HEADER_BYTES, data);
    });
    at += size;
  }
}
