/**
 * The one field table of Whither's pcapng profile. The C header of the probe
 * (`agent/probe/whither-format.gen.h`, with static asserts), the TypeScript offsets
 * (`core/format/layout.gen.ts`) and the tables of `docs/capture-format.md` are generated from it by
 * `npm run generate`; `npm run check` fails when one of them is stale.
 *
 * Everything is little-endian. All structs are multiples of 4 bytes, because pcapng pads to 4.
 */

import { EXT_OPERATIONS, EXT_PROGRAM, OPERATION_SEEN } from './attribution.ts';
import {
  BLOCK,
  COST,
  COST_PROGRAM,
  COUNTED,
  COUNTS,
  GAP,
  MAP_SAMPLE,
  SECTION,
  TRIGGERED,
} from './block-structs.ts';

export type FieldType = 'u8' | 'u16' | 'u32' | 'u64' | 'char[16]' | 'u8[16]' | 'u8[32]' | 'u8[48]';

export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly type: FieldType;
  /** Unit or kind of value: `B`, `ns`, `id`, `enum …`, `flags …`, `address`. */
  readonly unit: string;
  readonly doc: string;
}

export interface Struct {
  readonly name: string;
  readonly size: number;
  readonly doc: string;
  readonly fields: readonly Field[];
}

export const FIELD_SIZE: Readonly<Record<FieldType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  'char[16]': 16,
  'u8[16]': 16,
  'u8[32]': 32,
  'u8[48]': 48,
};

/** Private enterprise number reserved for examples (RFC 5612), until one is assigned; hence the magics. */
export const PEN = 32473;
export const FORMAT_VERSION = 1;
/** ASCII, first character in the lowest byte. */
export const MAGIC_EVENT = 0x56454857; // "WHEV"
export const MAGIC_INTERFACE = 0x46494857; // "WHIF"
export const MAGIC_BLOCK = 0x4b424857; // "WHBK"

/** What is known about the metadata area at a hook, as the probe saw it. */
export const META_STATE = {
  /** meta_len is 0: the kernel knows of no metadata. */
  none: 0,
  /** meta_len bytes were read from where the kernel says they are (they end at the MAC header). */
  present: 1,
  /** meta_len > 0 but the MAC header is unset or nearer to the head than meta_len: nowhere to read. */
  unlocatable: 2,
  /** meta_len > 0 and the read faulted. */
  unreadable: 3,
} as const;
export type MetaState = (typeof META_STATE)[keyof typeof META_STATE];

/** Optional parts of an event, appended in ascending bit order. A reader stops at the first bit it does not know. */
export const EXTENSION = {
  task: 1,
  drop: 2,
  socket: 4,
  cb: 8,
  beside: 16,
  link: 32,
  tap: 64,
  program: 128,
  operations: 256,
} as const;

/** Bits of `flags` in an event. pkt_type (3 bits) is shifted by 4. */
export const EVENT_FLAG = {
  cloned: 1,
  nonlinear: 2,
  hashL4: 4,
  hashSoftware: 8,
  packetTypeShift: 4,
} as const;

/** How the kernel is known to have made one packet from another. */
export const LINK_KIND = {
  /** Two sk_buffs share one head: skb_clone(). */
  clone: 1,
} as const;
export type LinkKind = (typeof LINK_KIND)[keyof typeof LINK_KIND];

/** What a tap of whither.h says beside area and packet (EXT_TAP). */
export const TAP_KIND = {
  area: 0,
  /** Bytes that the program showed: a TLV on its way to a map. */
  blob: 1,
  /** What the hardware said, a TAP_HINTS. */
  hints: 2,
} as const;

/** How the journey of a tap's event is known. */
export const TAP_JOIN = {
  /** No event of a hook belongs to it: a journey of its own. */
  none: 0,
  /** The same sk_buff. */
  skb: 1,
  /** XDP: the next sk_buff seen with data_hard_start as its head. */
  head: 2,
} as const;
export const BLOCK_SUBTYPE = {
  /** Body: SECTION. First custom block of every section. */
  section: 1,
  /** Body: JSON, the hooks of this host: which are attached, how, and why one is not. */
  catalogue: 2,
  /** Body: JSON, a metadata schema (docs/schema.md). */
  schema: 3,
  /** Body: GAP. */
  gap: 4,
  /** Body: JSON, facts of the host: kernel, drivers, drop reason names, programs. */
  host: 5,
  /** Body: JSON, what was asked for: the filter in force. */
  filter: 6,
  /** Body: COST, then COST_PROGRAM rows. */
  cost: 7,
  /** Body: MAP_SAMPLE, key, value. An entry of a BPF map (--map) that is new or has changed. */
  mapSample: 8,
  /** Body: TRIGGERED, then text. Right before the event with which a journey met the trigger's condition. */
  triggered: 9,
  /** Body: JSON, of a share: what was taken out, when and by which rules (docs/share.md). Last block of the capture. */
  manifest: 10,
  /** Body: JSON, what people noted (docs/share.md). */
  notes: 11,
  /** Body: COUNTS, then COUNTED rows: packets that hooks count and do not show. */
  counts: 12,
  /** Body: JSON, the name of the file that what follows is of, up to the next such block: of captures that were opened together. */
  file: 13,
} as const;

/** What became of an entry of a BPF map since it was last looked at. */
export const MAP_CHANGE = {
  added: 1,
  changed: 2,
  deleted: 3,
  /** No entry: so many (a u64 as the value) were in the map and not kept track of. */
  leftOut: 4,
} as const;

export const GAP_CAUSE = {
  ringFull: 1,
  retention: 2,
  probeRestart: 3,
  skippedToLive: 4,
  sampling: 5,
  rateLimit: 6,
  /** No journey near it met the trigger's condition. */
  trigger: 7,
  /** The probe was started again because somebody asked for another capture; between the two nothing was captured. */
  askedRestart: 8,
} as const;
export type GapCause = (typeof GAP_CAUSE)[keyof typeof GAP_CAUSE];

/** Whether the kernel counts runs and run time of BPF programs while a cost block is written. */
export const COST_COUNTING = {
  on: 1,
  /** Not allowed or not there; `error` has the errno. What the kernel does not count stands still. */
  refused: 2,
} as const;

/** Where a program of a cost block runs. */
export const COST_ATTACH = {
  /** One of Whither's own. */
  own: 0,
  xdp: 1,
  tcxIngress: 2,
  tcxEgress: 3,
  /** Filters of the clsact qdisc. */
  tcIngress: 4,
  tcEgress: 5,
} as const;

export const EVENT: Struct = {
  name: 'event',
  size: 72,
  doc: 'In a binary custom option (2989) of every Enhanced Packet Block, after the enterprise number. Followed by the metadata bytes (meta_len of them when meta_state is present, else none), zero-padded to 4, then the extensions.',
  fields: [
    { name: 'magic', offset: 0, type: 'u32', unit: 'magic', doc: '"WHEV"' },
    { name: 'version', offset: 4, type: 'u8', unit: 'version', doc: '1' },
    {
      name: 'hook',
      offset: 5,
      type: 'u8',
      unit: 'id',
      doc: 'hook id of the catalogue (core/format/hooks.ts)',
    },
    { name: 'meta_state', offset: 6, type: 'u8', unit: 'enum META_STATE', doc: 'what is known of the area' },
    {
      name: 'meta_len',
      offset: 7,
      type: 'u8',
      unit: 'B',
      doc: 'skb_shared_info.meta_len as the kernel has it, also when the bytes could not be read',
    },
    {
      name: 'header_len',
      offset: 8,
      type: 'u16',
      unit: 'B',
      doc: 'size of this struct as written; the metadata bytes start there',
    },
    {
      name: 'extensions',
      offset: 10,
      type: 'u16',
      unit: 'flags EXTENSION',
      doc: 'which optional parts follow the metadata bytes',
    },
    { name: 'cpu', offset: 12, type: 'u16', unit: 'id', doc: 'CPU that ran the hook' },
    { name: 'queue', offset: 14, type: 'u16', unit: 'id', doc: 'skb->queue_mapping; 0xffff = not known' },
    { name: 'skb', offset: 16, type: 'u64', unit: 'address', doc: 'address of the sk_buff; 0 = not known' },
    { name: 'head', offset: 24, type: 'u64', unit: 'address', doc: 'skb->head; 0 = not known' },
    {
      name: 'mac_offset',
      offset: 32,
      type: 'u16',
      unit: 'B from head',
      doc: 'skb->mac_header; 0xffff = unset',
    },
    {
      name: 'data_offset',
      offset: 34,
      type: 'u16',
      unit: 'B from head',
      doc: 'skb->data - skb->head; 0xffff = more than 65534',
    },
    {
      name: 'network_offset',
      offset: 36,
      type: 'u16',
      unit: 'B from head',
      doc: 'skb->network_header; 0 or 0xffff = unset',
    },
    {
      name: 'flags',
      offset: 38,
      type: 'u16',
      unit: 'flags EVENT_FLAG',
      doc: 'bit 0 cloned, bit 1 nonlinear, bit 2 hash covers ports, bit 3 hash made by the kernel, bits 4-6 pkt_type',
    },
    { name: 'skb_len', offset: 40, type: 'u32', unit: 'B', doc: 'skb->len (from skb->data)' },
    { name: 'data_len', offset: 44, type: 'u32', unit: 'B', doc: 'skb->data_len, the part in fragments' },
    { name: 'mark', offset: 48, type: 'u32', unit: 'value', doc: 'skb->mark' },
    { name: 'priority', offset: 52, type: 'u32', unit: 'value', doc: 'skb->priority' },
    { name: 'hash', offset: 56, type: 'u32', unit: 'value', doc: 'skb->hash; 0 = not computed' },
    { name: 'skb_iif', offset: 60, type: 'u32', unit: 'ifindex', doc: 'skb->skb_iif; 0 = none' },
    { name: 'protocol', offset: 64, type: 'u16', unit: 'ethertype', doc: 'skb->protocol in host order' },
    { name: 'vlan_tci', offset: 66, type: 'u16', unit: 'TCI', doc: 'accelerated VLAN tag; 0 = none' },
    {
      name: 'end_offset',
      offset: 68,
      type: 'u32',
      unit: 'B from head',
      doc: 'skb->end, where skb_shared_info begins',
    },
  ],
};

export const EXT_TASK: Struct = {
  name: 'ext_task',
  size: 24,
  doc: 'Extension bit 0: the process that received or sent at this hook.',
  fields: [
    { name: 'pid', offset: 0, type: 'u32', unit: 'id', doc: 'thread id, in the initial pid namespace' },
    { name: 'tgid', offset: 4, type: 'u32', unit: 'id', doc: 'process id' },
    { name: 'comm', offset: 8, type: 'char[16]', unit: 'text', doc: 'task name, NUL-padded' },
  ],
};

export const EXT_DROP: Struct = {
  name: 'ext_drop',
  size: 16,
  doc: 'Extension bit 1: why kfree_skb freed it. The names of the reasons are in the host block, for they differ by kernel.',
  fields: [
    { name: 'reason', offset: 0, type: 'u32', unit: 'enum skb_drop_reason', doc: 'number on this kernel' },
    { name: 'reserved', offset: 4, type: 'u32', unit: '-', doc: '0' },
    { name: 'location', offset: 8, type: 'u64', unit: 'address', doc: 'caller of kfree_skb; 0 = not known' },
  ],
};

export const EXT_SOCKET: Struct = {
  name: 'ext_socket',
  size: 8,
  doc: 'Extension bit 2.',
  fields: [{ name: 'cookie', offset: 0, type: 'u64', unit: 'id', doc: 'socket cookie; 0 = none yet' }],
};

export const EXT_CB: Struct = {
  name: 'ext_cb',
  size: 48,
  doc: 'Extension bit 3: skb->cb, raw.',
  fields: [{ name: 'cb', offset: 0, type: 'u8[48]', unit: 'bytes', doc: 'skb->cb' }],
};

export const EXT_BESIDE: Struct = {
  name: 'ext_beside',
  size: 16,
  doc: 'Extension bit 4: what else the sk_buff carries; absent when all of it is 0.',
  fields: [
    {
      name: 'hwtstamp',
      offset: 0,
      type: 'u64',
      unit: 'ns',
      doc: 'skb_shared_info.hwtstamps, in the clock of the device; 0 = none',
    },
    {
      name: 'vlan_proto',
      offset: 8,
      type: 'u16',
      unit: 'ethertype',
      doc: 'of the accelerated VLAN tag, in host order; 0 = no tag (a tag may have TCI 0)',
    },
    {
      name: 'skb_extensions',
      offset: 10,
      type: 'u8',
      unit: 'flags',
      doc: 'skb->active_extensions; the host block names the bits',
    },
    { name: 'reserved', offset: 11, type: 'u8', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 12, type: 'u32', unit: '-', doc: '0' },
  ],
};

export const EXT_LINK: Struct = {
  name: 'ext_link',
  size: 16,
  doc: 'Extension bit 5, on the first event of a journey: the kernel made this packet from another, seen in the kernel and not inferred.',
  fields: [
    { name: 'kind', offset: 0, type: 'u8', unit: 'enum LINK_KIND', doc: 'how' },
    { name: 'reserved', offset: 1, type: 'u8', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 2, type: 'u16', unit: '-', doc: '0' },
    { name: 'reserved3', offset: 4, type: 'u32', unit: '-', doc: '0' },
    { name: 'journey', offset: 8, type: 'u64', unit: 'id', doc: 'journey of the packet it was made from' },
  ],
};

export const EXT_TAP: Struct = {
  name: 'ext_tap',
  size: 8,
  doc: 'Extension bit 6, at the hooks tap/…: what a tap of whither.h in a program of somebody said. Followed by `length` bytes, zero-padded to 4.',
  fields: [
    { name: 'kind', offset: 0, type: 'u8', unit: 'enum TAP_KIND', doc: 'what the bytes are' },
    { name: 'join', offset: 1, type: 'u8', unit: 'enum TAP_JOIN', doc: 'how the journey is known' },
    { name: 'length', offset: 2, type: 'u16', unit: 'B', doc: 'of the bytes that follow, at most 256' },
    { name: 'reserved', offset: 4, type: 'u32', unit: '-', doc: '0' },
  ],
};

export const TAP_HINTS: Struct = {
  name: 'tap_hints',
  size: 24,
  doc: 'The bytes behind ext_tap when its kind is hints: what bpf_xdp_metadata_rx_timestamp(), _hash() and _vlan_tag() gave.',
  fields: [
    { name: 'rx_timestamp', offset: 0, type: 'u64', unit: 'ns', doc: 'in the clock of the device' },
    { name: 'rx_hash', offset: 8, type: 'u32', unit: 'value', doc: 'hash of the hardware' },
    { name: 'rx_hash_type', offset: 12, type: 'u32', unit: 'flags', doc: 'enum xdp_rss_hash_type' },
    {
      name: 'vlan_proto',
      offset: 16,
      type: 'u16',
      unit: 'ethertype',
      doc: 'of the stripped tag, in host order',
    },
    { name: 'vlan_tci', offset: 18, type: 'u16', unit: 'TCI', doc: 'of the stripped tag' },
    {
      name: 'valid',
      offset: 20,
      type: 'u32',
      unit: 'flags',
      doc: 'which are known: 1 timestamp, 2 hash, 4 VLAN',
    },
  ],
};

export const INTERFACE: Struct = {
  name: 'interface',
  size: 16,
  doc: 'In a binary custom option (2989) of every Interface Description Block, after the enterprise number.',
  fields: [
    { name: 'magic', offset: 0, type: 'u32', unit: 'magic', doc: '"WHIF"' },
    { name: 'version', offset: 4, type: 'u8', unit: 'version', doc: '1' },
    {
      name: 'hook',
      offset: 5,
      type: 'u8',
      unit: 'id',
      doc: 'hook id; every event of this interface has the same',
    },
    { name: 'reserved', offset: 6, type: 'u16', unit: '-', doc: '0' },
    { name: 'ifindex', offset: 8, type: 'u32', unit: 'id', doc: 'ifindex in its network namespace' },
    {
      name: 'netns',
      offset: 12,
      type: 'u32',
      unit: 'inode',
      doc: 'network namespace (inode number of nsfs)',
    },
  ],
};

export const STRUCTS: readonly Struct[] = [
  EVENT,
  EXT_TASK,
  EXT_DROP,
  EXT_SOCKET,
  EXT_CB,
  EXT_BESIDE,
  EXT_LINK,
  EXT_TAP,
  TAP_HINTS,
  EXT_PROGRAM,
  OPERATION_SEEN,
  EXT_OPERATIONS,
  INTERFACE,
  BLOCK,
  SECTION,
  GAP,
  TRIGGERED,
  MAP_SAMPLE,
  COST,
  COST_PROGRAM,
  COUNTS,
  COUNTED,
];
