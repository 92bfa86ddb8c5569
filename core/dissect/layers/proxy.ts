/** PROXY protocol version 2, in front of the first payload of a connection (haproxy doc/proxy-protocol.txt 2.2). */
import { PROXY_MIN_BYTES, PROXY_SIGNATURE, PROXY_TLV_HEADER_BYTES, u16 } from '../constants.ts';
import { proxyAddressBytes, proxyBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import { PROXY_TLV_TYPES } from '../option-names.ts';
import type { FieldNode } from '../types.ts';

const TLV_SSL = 0x20;
/** Client and verify, in front of the TLVs inside an SSL TLV. */
const SSL_HEADER_BYTES = 5;
/** TLVs of the header, and those inside its SSL TLV. */
const MAX_TLV_DEPTH = 2;
const UNIX_PATH_BYTES = 108;

/** @0 12 bytes signature, @12 version and command, @13 family and protocol, @14 u16be bytes of addresses and TLVs. */
export function proxyLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.add('proxy.v2.magic', at, PROXY_SIGNATURE.length);
  layer.bits('proxy.v2.version', at + 12, 1, 4, 4);
  layer.bits('proxy.v2.cmd', at + 12, 1, 0, 4);
  layer.add('proxy.v2.addr_family_protocol', at + 13, 1, {
    inside: () => {
      layer.bits('proxy.v2.addr_family', at + 13, 1, 4, 4);
      layer.bits('proxy.v2.protocol', at + 13, 1, 0, 4);
    },
  });
  layer.add('proxy.v2.length', at + 14, 2);
  const until = at + Math.max(PROXY_MIN_BYTES, proxyBytes(bytes, at, end));
  if (!layer.cut) {
    const from = at + PROXY_MIN_BYTES;
    const size = proxyAddressBytes(bytes, at);
    if (from + size > until) {
      layer.note('Bad length', `less than the ${size} bytes of the addresses`, at + 14, 2);
    } else {
      addresses(layer, bytes[at + 13]! >>> 4, from);
      tlvs(layer, from + size, until, 1);
    }
  }
  return layer.node('proxy', '', at, until);
}

function addresses(layer: Layer, family: number, at: number): void {
  switch (family) {
    case 1:
      layer.add('proxy.src.ipv4', at, 4);
      layer.add('proxy.dst.ipv4', at + 4, 4);
      layer.add('proxy.srcport', at + 8, 2);
      layer.add('proxy.dstport', at + 10, 2);
      return;
    case 2:
      layer.add('proxy.src.ipv6', at, 16);
      layer.add('proxy.dst.ipv6', at + 16, 16);
      layer.add('proxy.srcport', at + 32, 2);
      layer.add('proxy.dstport', at + 34, 2);
      return;
    case 3:
      layer.add('proxy.v2.src.unix', at, UNIX_PATH_BYTES);
      layer.add('proxy.v2.dst.unix', at + UNIX_PATH_BYTES, UNIX_PATH_BYTES);
  }
}

/** Each: @0 u8 type, @1 u16be bytes of the value. */
function tlvs(layer: Layer, from: number, until: number, depth: number): void {
  const { bytes } = layer;
  for (let at = from; at < until && !layer.cut;) {
    const start = at;
    const type = layer.has(at, 1) ? bytes[at]! : 0;
    if (at + PROXY_TLV_HEADER_BYTES > until) {
      layer.note('Bad TLV', 'no room for its type and length', at, until - at);
      return;
    }
    const length = layer.has(at, PROXY_TLV_HEADER_BYTES) ? u16(bytes, at + 1) : 0;
    const size = PROXY_TLV_HEADER_BYTES + length;
    const overrun = start + size > until;
    const name = PROXY_TLV_TYPES[type] ?? `type 0x${type.toString(16).padStart(2, '0')}`;
    layer.group('proxy.v2.tlv', start, Math.min(size, until - start), name, () => {
      layer.add('proxy.v2.tlv.type', start, 1);
      layer.add('proxy.v2.tlv.length', start + 1, 2);
      if (overrun) layer.note('Bad TLV length', length.toString(), start + 1, 2);
      else if (length > 0) {
        const value = start + PROXY_TLV_HEADER_BYTES;
        const nested = type === TLV_SSL && length >= SSL_HEADER_BYTES && depth < MAX_TLV_DEPTH;
        const inside = nested ? { inside: () => ssl(layer, value, start + size, depth) } : {};
        layer.add('proxy.v2.tlv.value', value, length, inside);
      }
    });
    if (overrun) return;
    at += size;
  }
}

/** @0 u8 client, @1 u32be verify, TLVs. */
function ssl(layer: Layer, at: number, until: number, depth: number): void {
  layer.add('proxy.v2.tlv.ssl.client', at, 1);
  layer.add('proxy.v2.tlv.ssl.verify', at + 1, 4);
  tlvs(layer, at + SSL_HEADER_BYTES, until, depth + 1);
}
