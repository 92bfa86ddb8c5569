/**
 * What Cilium puts into packets and beside them: DSR (direct server return) in Geneve, IPv4 and IPv6 options
 * (bpf/lib/tunnel.h, bpf/lib/nodeport.h), the word of flags from XDP to TC (bpf/lib/xdp.h), and skb->mark
 * (bpf/lib/common.h, MARK_MAGIC_*).
 */
import { enumBits, field, fields, flagsOf, hexUint, bits, LITTLE, schema, tlvStruct, uint } from './parts.ts';
import type { Draft, Format } from './parts.ts';

/** IPv4 or IPv6 address, port, and 16 bits of padding. */
const DSR: readonly Draft[] = [
  field('address', 'ip', { size: { add: -4 } }),
  uint('port', 2),
  hexUint('pad', 2),
];

/** Class 0x014b, type 0x81 (critical): @0 address 4 or 16 B, be16 port, be16 pad. */
export const CILIUM_GENEVE_DSR = tlvStruct(0x014b81, 'cilium_dsr', DSR, {
  owner: 'cilium',
  description: 'Service address and port for direct server return',
});

/**
 * Option 0x9a: be16 port, be32 address. Where the writer passed values that were in network order already, bytes are the
 * other way round: as `port_swapped` and `address_swapped`.
 */
export const CILIUM_IPV4_DSR = tlvStruct(
  0x9a,
  'cilium_dsr',
  [
    uint('port', 2),
    field('address', 'ipv4'),
    uint('port_swapped', 2, { offset: 0, endian: 'little' }),
    field('address_swapped', 'ipv4', { offset: 2, endian: 'little' }),
  ],
  { owner: 'cilium', description: 'Service address and port for direct server return' },
);

/** Destination option 0x1b: IPv6 address, be16 port, and padding where the header needs it. */
export const CILIUM_IPV6_DSR = tlvStruct(
  0x1b,
  'cilium_dsr',
  [field('address', 'ipv6'), uint('port', 2), hexUint('pad', 'rest', { only: { room: 1 } })],
  { owner: 'cilium', description: 'Service address and port for direct server return' },
);

const MAGIC = {
  0x2: 'TO_PROXY',
  0xa: 'PROXY_INGRESS',
  0xb: 'PROXY_EGRESS',
  0xc: 'HOST',
  0xd: 'DECRYPT',
  0xe: 'ENCRYPT',
  0xf: 'IDENTITY',
};
/** Bits 31 to 16 are a port with these, of an identity with the others. */
const WITH_PORT = [0x2];
const WITH_IDENTITY = [0xa, 0xb, 0xe, 0xf];

/** mark & 0x0f00 says what the rest is; an identity has its low 16 bits in 31 to 16, its high 8 in 7 to 0. */
export const CILIUM_MARK: Format = {
  id: 'cilium-mark',
  title: "Cilium's layout of skb->mark",
  reference: 'cilium bpf/lib/common.h MARK_MAGIC_*, bpf/lib/identity.h',
  schema: schema('cilium_mark', {
    where: { in: 'mark' },
    framing: { ...LITTLE, size: 4 },
    types: fields(
      enumBits('magic', 4, 8, 4, MAGIC),
      bits('identity_low', 4, 16, 16, { only: { field: 'magic', is: WITH_IDENTITY } }),
      bits('identity_high', 4, 0, 8, {
        offset: 0,
        only: { field: 'magic', is: WITH_IDENTITY },
        description: 'Cluster id, or high bits of the identity',
      }),
      bits('proxy_port', 4, 16, 16, { offset: 0, only: { field: 'magic', is: WITH_PORT } }),
      bits('value', 4, 16, 16, { offset: 0, display: 'hex', only: { field: 'magic', is: [0xc, 0xd] } }),
    ),
  }),
};

/** The one word that XDP leaves for TC. Cilium keeps it equal in all packets, so that GRO goes on merging. */
export const CILIUM_XFER: Format = {
  id: 'cilium-xfer',
  title: "Cilium's flags from XDP to TC",
  reference: 'cilium bpf/lib/xdp.h XFER_FLAGS',
  schema: schema('cilium_xfer', {
    framing: { ...LITTLE, from: 'end', size: 4 },
    types: fields(flagsOf('xfer_flags', 4, { 0: 'XFER_PKT_NO_SVC', 3: 'XFER_PKT_SNAT_DONE' })),
  }),
};
