/** IOAM in an IPv6 option (RFC 9486), and the trace in it (RFC 9197 4.4). */
import { u32 } from '../constants.ts';
import type { FieldName } from '../fields.ts';
import type { Layer } from '../layer.ts';
import { IOAM_OPTION_TYPES } from '../option-names.ts';

const TYPE_PREALLOCATED = 0;
const TYPE_INCREMENTAL = 1;
const TRACE_HEADER_BYTES = 8;

type NodePart = readonly [field: FieldName, offset: number, length: number];
/** What bit n of the trace type puts into each node's data, in order of the bits; 4 bytes, or 8 where two are wide. */
const PARTS: readonly (readonly NodePart[])[] = [
  [
    ['ipv6.opt.ioam.trace.node.hlim', 0, 1],
    ['ipv6.opt.ioam.trace.node.id', 1, 3],
  ],
  [
    ['ipv6.opt.ioam.trace.node.iif', 0, 2],
    ['ipv6.opt.ioam.trace.node.eif', 2, 2],
  ],
  [['ipv6.opt.ioam.trace.node.tss', 0, 4]],
  [['ipv6.opt.ioam.trace.node.tsf', 0, 4]],
  [['ipv6.opt.ioam.trace.node.trdelay', 0, 4]],
  [['ipv6.opt.ioam.trace.node.nsdata', 0, 4]],
  [['ipv6.opt.ioam.trace.node.qdepth', 0, 4]],
  [['ipv6.opt.ioam.trace.node.csum', 0, 4]],
  [
    ['ipv6.opt.ioam.trace.node.hlim', 0, 1],
    ['ipv6.opt.ioam.trace.node.id_wide', 1, 7],
  ],
  [
    ['ipv6.opt.ioam.trace.node.iif_wide', 0, 4],
    ['ipv6.opt.ioam.trace.node.eif_wide', 4, 4],
  ],
  [['ipv6.opt.ioam.trace.node.nsdata_wide', 0, 8]],
  [['ipv6.opt.ioam.trace.node.bufoccup', 0, 4]],
];
const UNDEFINED_PART: readonly NodePart[] = [['ipv6.opt.ioam.trace.node.undefined', 0, 4]];
const FIRST_UNDEFINED_BIT = PARTS.length;
/** Opaque state snapshot: the one part whose length is its own. */
const OPAQUE_BIT = 22;

/** `at` is behind the option's length: a reserved byte and the IOAM option type, then what that says. */
export function ioamOption(layer: Layer, at: number, until: number): void {
  layer.add('ipv6.opt.ioam.rsv', at, 1);
  layer.add('ipv6.opt.ioam.opt_type', at + 1, 1);
  if (layer.cut) return;
  const type = layer.bytes[at + 1]!;
  const from = at + 2;
  const traces = type === TYPE_PREALLOCATED || type === TYPE_INCREMENTAL;
  if (traces && until - from >= TRACE_HEADER_BYTES) trace(layer, type, from, until);
  else if (until > from) layer.unnamed(IOAM_OPTION_TYPES[type] ?? 'Data', from, until - from);
}

/**
 * Linux ioam6.h. @0 u16be namespace, @2 5 bits words of a node, 4 bits flags, 7 bits words that are free,
 * @4 24 bits trace type, @7 reserved; then the free space and the nodes, last one first.
 */
function trace(layer: Layer, type: number, at: number, until: number): void {
  layer.add('ipv6.opt.ioam.trace.ns', at, 2);
  layer.bits('ipv6.opt.ioam.trace.nodelen', at + 2, 1, 3, 5);
  layer.bits('ipv6.opt.ioam.trace.flags', at + 2, 2, 7, 4, {
    inside: () => {
      layer.bits('ipv6.opt.ioam.trace.flag.o', at + 2, 2, 10, 1);
      layer.bits('ipv6.opt.ioam.trace.flag.l', at + 2, 2, 9, 1);
      layer.bits('ipv6.opt.ioam.trace.flag.a', at + 2, 2, 8, 1);
      layer.bits('ipv6.opt.ioam.trace.flag.rsv', at + 2, 2, 7, 1);
    },
  });
  layer.bits('ipv6.opt.ioam.trace.remlen', at + 3, 1, 0, 7);
  layer.add('ipv6.opt.ioam.trace.type', at + 4, 3);
  layer.add('ipv6.opt.ioam.trace.rsv', at + 7, 1);
  if (layer.cut) return;
  const { bytes } = layer;
  const traceType = u32(bytes, at + 4) >>> 8;
  const from = at + TRACE_HEADER_BYTES;
  // Only a pre-allocated trace has its free space in the packet.
  const free = type === TYPE_PREALLOCATED ? (bytes[at + 3]! & 0x7f) * 4 : 0;
  if (free > 0 && from + free <= until) layer.add('ipv6.opt.ioam.trace.free_space', from, free);
  for (let node = from + free; node < until && traceType !== 0;) {
    const size = nodeBytes(bytes, traceType, node, Math.min(until, layer.end));
    if (size <= 0 || node + size > until) {
      layer.note('Bad trace', 'a node does not fit into what is left of the option', node, until - node);
      return;
    }
    const start = node;
    layer.group('ipv6.opt.ioam.trace.node', start, size, '', () => nodeData(layer, traceType, start));
    if (!layer.has(node, size)) return;
    node += size;
  }
}

/** Of the trace type's 24 bits, bit 0 is the first. */
function hasBit(traceType: number, bit: number): boolean {
  return ((traceType >>> (23 - bit)) & 1) !== 0;
}

function partOf(bit: number): readonly NodePart[] {
  return bit < FIRST_UNDEFINED_BIT ? PARTS[bit]! : UNDEFINED_PART;
}

function partBytes(part: readonly NodePart[]): number {
  const [, offset, length] = part.at(-1)!;
  return offset + length;
}

/** Bytes of the node at `at`; -1 = the length of its opaque state is behind `end`. */
function nodeBytes(bytes: Uint8Array, traceType: number, at: number, end: number): number {
  let size = 0;
  for (let bit = 0; bit < OPAQUE_BIT; bit++) if (hasBit(traceType, bit)) size += partBytes(partOf(bit));
  if (!hasBit(traceType, OPAQUE_BIT)) return size;
  return at + size >= end ? -1 : size + 4 + bytes[at + size]! * 4;
}

function nodeData(layer: Layer, traceType: number, from: number): void {
  let at = from;
  for (let bit = 0; bit < OPAQUE_BIT; bit++) {
    if (!hasBit(traceType, bit)) continue;
    const part = partOf(bit);
    for (const [field, offset, length] of part) layer.add(field, at + offset, length);
    at += partBytes(part);
  }
  if (!hasBit(traceType, OPAQUE_BIT) || !layer.has(at, 4)) return;
  const opaque = layer.bytes[at]! * 4;
  layer.add('ipv6.opt.ioam.trace.node.oss.len', at, 1);
  layer.add('ipv6.opt.ioam.trace.node.oss.scid', at + 1, 3);
  if (opaque > 0) layer.add('ipv6.opt.ioam.trace.node.oss.data', at + 4, opaque);
}
