/**
 * Structs that real programs put into the metadata area or beside it, as their sources have them, on hosts of little
 * byte order. An area grows to the front, so a struct ends where the packet begins.
 */
import {
  bits,
  bytesOf,
  enumOf,
  fields,
  field,
  flagsOf,
  hexUint,
  schema,
  uint,
  type Draft,
  type Format,
} from './parts.ts';
import type { PartSchema, TlvType } from '../types.ts';

function atEnd(size: number) {
  return { kind: 'struct', endian: 'little', size, from: 'end' } as const;
}

const KTIME = { kind: 'timestamp', size: 8, timestamp: { unit: 'ns', epoch: 'boot' } } as const;

/** Without the bit of `hint_valid` the place holds a negative error number instead of the hint. */
const HAS = (mask: number) => ({ field: 'hint_valid', mask }) as const;
const LACKS = (mask: number) => ({ field: 'hint_valid', mask, is: 0 }) as const;
const [TIMESTAMP, RSS, VLAN] = [1, 2, 4] as const;

/** enum xdp_rss_hash_type, include/net/xdp.h */
const RSS_TYPES = {
  0: 'L3_IPV4',
  1: 'L3_IPV6',
  2: 'L3_DYNHDR',
  3: 'L4',
  4: 'L4_TCP',
  5: 'L4_UDP',
  6: 'L4_SCTP',
  7: 'L4_IPSEC',
  8: 'L4_ICMP',
};

/** 32 bytes: u64 rx_timestamp or s32 error, u64 xdp_timestamp, u32 hash, u32 type or s32 error, be16 and u16 or s32, u32. */
export const XDP_META: Format = {
  id: 'xdp-hints',
  title: "struct xdp_meta of the kernel's selftests: receive hints of the device",
  reference: 'tools/testing/selftests/bpf/xdp_metadata.h struct xdp_meta',
  schema: schema('xdp_hints', {
    framing: atEnd(32),
    types: fields(
      flagsOf('hint_valid', 4, { 0: 'TIMESTAMP', 1: 'RSS', 2: 'VLAN' }, { offset: 28 }),
      {
        ...KTIME,
        name: 'rx_timestamp',
        offset: 0,
        timestamp: { unit: 'ns', epoch: 'unix' },
        only: HAS(TIMESTAMP),
      },
      field('rx_timestamp_error', 'int', { size: 4, offset: 0, only: LACKS(TIMESTAMP) }),
      { ...KTIME, name: 'xdp_timestamp', offset: 8, timestamp: { unit: 'ns', epoch: 'unix' } },
      hexUint('rx_hash', 4, { offset: 16, only: HAS(RSS) }),
      flagsOf('rx_hash_type', 4, RSS_TYPES, { offset: 20, only: HAS(RSS) }),
      field('rx_hash_error', 'int', { size: 4, offset: 20, only: LACKS(RSS) }),
      hexUint('vlan_protocol', 2, { offset: 24, endian: 'big', only: HAS(VLAN) }),
      bits('vlan_id', 2, 0, 12, { offset: 26, only: HAS(VLAN) }),
      bits('vlan_priority', 2, 13, 3, { offset: 26, only: HAS(VLAN) }),
      field('vlan_error', 'int', { size: 4, offset: 24, only: LACKS(VLAN) }),
    ),
  }),
};

/** 24 bytes in front of the frame in the umem: u64 flags, then what is asked for, or after completion the time. */
export const XSK_TX_REQUEST: Format = {
  id: 'xsk-tx-request',
  title: 'struct xsk_tx_metadata: what AF_XDP asks of the device',
  reference:
    'include/uapi/linux/if_xdp.h struct xsk_tx_metadata; Documentation/networking/xsk-tx-metadata.rst',
  schema: schema('xsk_tx_request', {
    framing: atEnd(24),
    types: fields(
      flagsOf('flags', 8, { 0: 'TIMESTAMP', 1: 'CHECKSUM', 2: 'LAUNCH_TIME' }),
      uint('checksum_start', 2),
      uint('checksum_offset', 2),
      hexUint('reserved', 4),
      uint('launch_time', 8, { unit: 'ns' }),
    ),
  }),
};

export const XSK_TX_COMPLETION: Format = {
  id: 'xsk-tx-completion',
  title: 'struct xsk_tx_metadata: what the device says when it has sent',
  reference: XSK_TX_REQUEST.reference,
  schema: schema('xsk_tx_completion', {
    framing: atEnd(24),
    types: fields(
      flagsOf('flags', 8, { 0: 'TIMESTAMP', 1: 'CHECKSUM', 2: 'LAUNCH_TIME' }),
      uint('tx_timestamp', 8, { unit: 'ns' }),
      bytesOf('unused', 8),
    ),
  }),
};

const BTF_ID_BYTES = 4;

/**
 * A struct that is known by the BTF id in its last four bytes, as xdp-project/bpf-examples AF_XDP-interaction has it:
 * one of the schemas in `also`. `inside` is the struct without its id, `size` its bytes with it. The id is that of one
 * object file: another build has others.
 */
export function btfTagged(name: string, id: number, size: number, inside: readonly Draft[]): PartSchema {
  const value = Array.from({ length: BTF_ID_BYTES }, (_, i) =>
    ((id >>> (8 * i)) & 0xff).toString(16).padStart(2, '0'),
  ).join('');
  const types: TlvType[] = fields(...inside, uint('btf_id', BTF_ID_BYTES, { offset: size - BTF_ID_BYTES }));
  return { name, when: { bytes: { value, at: -BTF_ID_BYTES } }, framing: atEnd(size), types };
}

/** 16 and 8 bytes: { u64 rx_ktime; u32 xdp_rx_cpu; u32 btf_id } and { u32 mark; u32 btf_id }. */
export function afXdpInteraction(timeId: number, markId: number): Format {
  const time = btfTagged('xdp_hints_rx_time', timeId, 16, [
    { ...KTIME, name: 'rx_ktime' },
    uint('xdp_rx_cpu', 4),
  ]);
  const mark = btfTagged('xdp_hints_mark', markId, 8, [hexUint('mark', 4)]);
  return {
    id: 'af-xdp-interaction',
    title: 'Hints with a BTF id of AF_XDP-interaction',
    reference: 'xdp-project/bpf-examples AF_XDP-interaction/xdp_hints.h',
    schema: schema('af_xdp_interaction', { ...time, also: [mark] }),
  };
}

const WORDS: readonly Format[] = [
  {
    id: 'xdp2skb-meta',
    title: 'samples/bpf/xdp2skb_meta_kern.c: a mark for TC',
    reference: 'samples/bpf/xdp2skb_meta_kern.c struct meta_info',
    schema: schema('xdp2skb_meta', { framing: atEnd(4), types: fields(uint('mark', 4)) }),
  },
  {
    id: 'calico',
    title: "Calico's flags from XDP to TC",
    reference: 'projectcalico/calico felix/bpf-gpl/metadata.h struct cali_metadata',
    schema: schema('calico', {
      framing: atEnd(4),
      types: fields(flagsOf('flags', 4, { 7: 'ACCEPTED_BY_XDP' })),
    }),
  },
  {
    id: 'loxilb',
    title: "loxilb's ports between its hooks",
    reference: 'loxilb-io/loxilb-ebpf kernel/loxilb_libdp.h',
    schema: schema('loxilb', {
      framing: atEnd(8),
      types: fields(uint('iport', 2), uint('oport', 2), uint('skip', 4)),
    }),
  },
  {
    id: 'psa-ebpf',
    title: 'p4c PSA-eBPF: the EtherType that XDP took off',
    reference: 'p4lang/p4c backends/ebpf/psa/ebpfPsaGen.cpp struct xdp2tc_metadata',
    schema: schema('psa_ebpf', {
      framing: atEnd(4),
      types: fields(
        enumOf('ether_type', 2, { 0x0800: 'IPv4', 0x86dd: 'IPv6', 0x8100: 'VLAN' }, { endian: 'big' }),
        hexUint('pad', 2),
      ),
    }),
  },
];

export const PRODUCERS: readonly Format[] = [XDP_META, XSK_TX_REQUEST, XSK_TX_COMPLETION, ...WORDS];
