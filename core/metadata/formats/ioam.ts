/**
 * IOAM in IPv6 options: RFC 9486 section 3 (option type 49, IOAM type), RFC 9197 section 4.4 (trace) and 4.6 (edge to
 * edge); include/uapi/linux/ioam6.h struct ioam6_hdr and ioam6_trace_hdr. Trace: be16 namespace; 5 bits node length in
 * words of 4 bytes, 4 flags, 7 bits remaining length in such words; 24 bits of type, 8 reserved; free space, then the nodes,
 * the newest first, each with what the bits of the type say.
 */
import { BIG, bits, bytesOf, enumOf, fields, flagsOf, hexUint, nested, uint, type Draft } from './parts.ts';

/** Bit 0 of RFC 9197 is the highest of the 24. */
function bit(n: number): number {
  return 2 ** (23 - n);
}

function when(n: number, ...inside: readonly Draft[]): Draft[] {
  return inside.map((each) => ({ ...each, only: { field: 'trace_type', mask: bit(n) } }));
}

const TYPE_NAMES = {
  23: 'node_id',
  22: 'interfaces',
  21: 'timestamp_s',
  20: 'timestamp_fraction',
  19: 'transit_delay',
  18: 'namespace_data',
  17: 'queue_depth',
  16: 'checksum_complement',
  15: 'node_id_wide',
  14: 'interfaces_wide',
  13: 'namespace_data_wide',
  12: 'buffer_occupancy',
  1: 'opaque_state',
};
/** Not assigned: 4 bytes each, filled with ones. */
const UNDEFINED_BITS = [12, 13, 14, 15, 16, 17, 18, 19, 20, 21];

const NODE = fields(
  ...when(0, bits('hop_limit', 4, 24, 8), bits('node_id', 4, 0, 24)),
  ...when(1, uint('ingress_if', 2), uint('egress_if', 2)),
  ...when(2, uint('timestamp_s', 4)),
  ...when(3, uint('timestamp_fraction', 4)),
  ...when(4, bits('transit_overflow', 4, 31, 1), bits('transit_delay', 4, 0, 31)),
  ...when(5, hexUint('namespace_data', 4)),
  ...when(6, uint('queue_depth', 4)),
  ...when(7, hexUint('checksum_complement', 4)),
  ...when(8, bits('hop_limit_wide', 8, 56, 8), bits('node_id_wide', 8, 0, 56)),
  ...when(9, uint('ingress_if_wide', 4), uint('egress_if_wide', 4)),
  ...when(10, hexUint('namespace_data_wide', 8)),
  ...when(11, uint('buffer_occupancy', 4)),
  ...UNDEFINED_BITS.flatMap((n) => when(n, hexUint(`undefined_${n}`, 4))),
  ...when(
    22,
    uint('opaque_words', 1),
    uint('opaque_schema', 3),
    bytesOf('opaque', { field: 'opaque_words', unit: 4 }),
  ),
);

const IOAM_TYPE = {
  0: 'preallocated trace',
  1: 'incremental trace',
  2: 'proof of transit',
  3: 'edge to edge',
  4: 'direct export',
};
const TRACE = { field: 'ioam_type', is: [0, 1] } as const;
const EDGE = { field: 'ioam_type', is: 3 } as const;
const OTHER = { field: 'ioam_type', is: [2, 4] } as const;

/** Of the value of option 49: the two bytes of type and length are in front of it. */
export const IOAM_OPTION = fields(
  hexUint('reserved', 1),
  enumOf('ioam_type', 1, IOAM_TYPE),
  uint('namespace', 2),
  ...(
    [
      bits('node_words', 2, 11, 5, { description: 'Bytes of a node without opaque state, divided by 4' }),
      bits('overflow', 2, 10, 1),
      bits('loopback', 2, 9, 1),
      bits('active', 2, 8, 1),
      bits('flags_reserved', 2, 7, 1),
      bits('remaining_words', 2, 0, 7, { description: 'Free space in words of 4 bytes' }),
    ] as const
  ).map((each) => ({ ...each, only: TRACE })),
  flagsOf('trace_type', 3, TYPE_NAMES, { only: TRACE }),
  hexUint('trace_reserved', 1, { only: TRACE }),
  bytesOf('free', { field: 'remaining_words', unit: 4 }, { only: TRACE }),
  nested('nodes', { add: 0 }, BIG, NODE, { count: 'rest', only: TRACE }),
  flagsOf(
    'edge_type',
    2,
    { 15: 'sequence64', 14: 'sequence32', 13: 'timestamp_s', 12: 'timestamp_fraction' },
    { only: EDGE },
  ),
  bytesOf('edge_data', 'rest', { only: EDGE }),
  bytesOf('data', 'rest', { only: OTHER }),
);
