/** Network service header (RFC 8300) with metadata of type 1 and 2. */
import { NSH_MD, NSH_MIN_BYTES, NSH_TLV_HEADER_BYTES, u16, u32 } from '../constants.ts';
import { nshBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

const CONTEXT_HEADER_BYTES = 4;

/** @0 2 bits version, O, unassigned, 6 bits TTL, 6 bits words, @2 4 bits, 4 bits MD type, @3 u8 next, @4 u24be SPI, @7 u8 SI. */
export function nshLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.bits('nsh.version', at, 2, 14, 2);
  layer.bits('nsh.Obit', at, 2, 13, 1);
  layer.bits('nsh.CBit', at, 2, 12, 1);
  layer.bits('nsh.ttl', at, 2, 6, 6);
  layer.bits('nsh.length', at, 2, 0, 6);
  layer.add('nsh.mdtype', at + 2, 1);
  layer.add('nsh.nextproto', at + 3, 1);
  layer.add('nsh.spi', at + 4, 3);
  layer.add('nsh.si', at + 7, 1);
  const until = at + Math.max(NSH_MIN_BYTES, nshBytes(bytes, at, end));
  const from = at + NSH_MIN_BYTES;
  if (!layer.cut) {
    const type = bytes[at + 2]! & 0xf;
    if (type === NSH_MD.fixed) {
      for (let word = from; word < until; word += CONTEXT_HEADER_BYTES) {
        layer.add('nsh.contextheader', word, CONTEXT_HEADER_BYTES);
      }
    } else if (type === NSH_MD.variable) {
      tlvs(layer, from, until);
    } else if (until > from) {
      layer.unnamed('Metadata', from, until - from);
    }
  }
  const value = layer.has(at, NSH_MIN_BYTES) ? `SPI ${u32(bytes, at + 4) >>> 8} SI ${bytes[at + 7]!}` : '';
  return layer.node('nsh', value, at, until);
}

/** RFC 8300 2.5.1. Each: @0 u16be class, @2 u8 type, @3 unassigned bit, 7 bits bytes of the value, which is padded to 4. */
function tlvs(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  for (let at = from; at + NSH_TLV_HEADER_BYTES <= until && !layer.cut;) {
    const start = at;
    const headed = layer.has(at, NSH_TLV_HEADER_BYTES);
    const length = headed ? bytes[at + 3]! & 0x7f : 0;
    const padded = NSH_TLV_HEADER_BYTES + ((length + 3) & ~3);
    const name = headed ? `class ${u16(bytes, at)} type ${bytes[at + 2]!}` : '';
    layer.group('nsh.tlv', start, Math.min(padded, until - start), name, () => {
      layer.add('nsh.metadataclass', start, 2);
      layer.add('nsh.metadatatype', start + 2, 1);
      layer.bits('nsh.metadataunassignedbit', start + 3, 1, 7, 1);
      layer.bits('nsh.metadatalen', start + 3, 1, 0, 7);
      if (start + NSH_TLV_HEADER_BYTES + length > until) {
        layer.note('Bad TLV length', length.toString(), start + 3, 1);
      } else if (length > 0) {
        layer.add('nsh.metadata', start + NSH_TLV_HEADER_BYTES, length);
      }
    });
    at += padded;
  }
}
