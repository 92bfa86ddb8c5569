/**
 * What is told of those who act on a packet: programs of somebody at their entry and exit, and functions of the kernel
 * that were seen at work. Part of the field table (structs.ts).
 */
import type { Struct } from './structs.ts';

/** Functions of the kernel that do something to metadata, watched at their entry and exit. */
export const OPERATION = {
  /** pskb_expand_head(): skb_cow(), skb_unclone(), skb_ensure_writable() and their like. */
  expandHead: 1,
  /** neigh_hh_output(): seen at its entry alone, for it hands the packet on. */
  neighbourHeader: 2,
  vlanUntag: 3,
  vlanPush: 4,
  vlanPop: 5,
  /** __iptunnel_pull_header() */
  pullHeader: 6,
  /** skb_scrub_packet() */
  scrub: 7,
  /** lwtunnel_xmit(): seen at its entry alone. */
  lwtunnel: 8,
  /** bpf_skb_adjust_room() */
  adjustRoom: 9,
  /** bpf_skb_change_head() */
  changeHead: 10,
  /** bpf_skb_change_proto() */
  changeProto: 11,
} as const;

/** Bits of `flags` of an operation. */
export const OPERATION_FLAG = {
  /** It returned before the event: what is said of afterwards is known. */
  returned: 1,
  headChanged: 2,
} as const;

/** Operations that one event tells; more are counted. */
export const MAX_OPERATIONS = 4;

/** What a program of somebody hangs on. */
export const PROGRAM_KIND = { xdp: 1, tc: 2 } as const;
export type ProgramKind = (typeof PROGRAM_KIND)[keyof typeof PROGRAM_KIND];

export const EXT_PROGRAM: Struct = {
  name: 'ext_program',
  size: 12,
  doc: "Extension bit 7, at the entry and exit of somebody's BPF program. At the exit epb_verdict repeats the verdict.",
  fields: [
    {
      name: 'id',
      offset: 0,
      type: 'u32',
      unit: 'id',
      doc: 'of the program; its name and tag are in the host block',
    },
    {
      name: 'verdict',
      offset: 4,
      type: 'u32',
      unit: 'enum xdp_action or TC_ACT_*',
      doc: 'what the program returned, signed; 0 at its entry',
    },
    { name: 'kind', offset: 8, type: 'u8', unit: 'enum PROGRAM_KIND', doc: 'what it hangs on' },
    { name: 'returned', offset: 9, type: 'u8', unit: 'bool', doc: '0 at its entry, 1 at its exit' },
    { name: 'reserved', offset: 10, type: 'u16', unit: '-', doc: '0' },
  ],
};

export const OPERATION_SEEN: Struct = {
  name: 'operation_seen',
  size: 8,
  doc: 'One operation of the kernel on this packet.',
  fields: [
    { name: 'operation', offset: 0, type: 'u8', unit: 'enum OPERATION', doc: 'which' },
    { name: 'flags', offset: 1, type: 'u8', unit: 'flags OPERATION_FLAG', doc: 'what is known' },
    { name: 'meta_before', offset: 2, type: 'u8', unit: 'B', doc: 'meta_len at its entry' },
    { name: 'meta_after', offset: 3, type: 'u8', unit: 'B', doc: 'meta_len at its exit' },
    { name: 'mac_before', offset: 4, type: 'u16', unit: 'B from head', doc: 'mac_header at its entry' },
    { name: 'mac_after', offset: 6, type: 'u16', unit: 'B from head', doc: 'mac_header at its exit' },
  ],
};

export const EXT_OPERATIONS: Struct = {
  name: 'ext_operations',
  size: 40,
  doc: 'Extension bit 8: what the kernel did to the packet since its event before, in the order in which it began.',
  fields: [
    { name: 'count', offset: 0, type: 'u8', unit: 'count', doc: 'of those that follow, 1 to 4' },
    {
      name: 'missed',
      offset: 1,
      type: 'u8',
      unit: 'count',
      doc: 'more of them, for which there was no room; 255 = 255 or more',
    },
    { name: 'reserved', offset: 2, type: 'u16', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 4, type: 'u32', unit: '-', doc: '0' },
    {
      name: 'seen',
      offset: 8,
      type: 'u8[32]',
      unit: '4 × operation_seen',
      doc: 'those not counted are not set',
    },
  ],
};
