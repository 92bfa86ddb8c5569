/** The bodies of Whither's Custom Blocks: the part of the field table (structs.ts) that belongs to no packet. */
import type { Struct } from './structs.ts';

export const BLOCK: Struct = {
  name: 'block',
  size: 12,
  doc: 'Header of every Custom Block (0x00000BAD), after the enterprise number; the body follows, padded to 4.',
  fields: [
    { name: 'magic', offset: 0, type: 'u32', unit: 'magic', doc: '"WHBK"' },
    { name: 'version', offset: 4, type: 'u8', unit: 'version', doc: '1' },
    { name: 'subtype', offset: 5, type: 'u8', unit: 'enum BLOCK_SUBTYPE', doc: 'what the body is' },
    { name: 'reserved', offset: 6, type: 'u16', unit: '-', doc: '0' },
    { name: 'length', offset: 8, type: 'u32', unit: 'B', doc: 'length of the body before padding' },
  ],
};

export const SECTION: Struct = {
  name: 'section',
  size: 48,
  doc: 'Body of the section block. Sections with the same run are one capture cut into segments: a journey id means the same packet in all of them. A probe that starts anew takes a new run.',
  fields: [
    { name: 'run', offset: 0, type: 'u8[16]', unit: 'id', doc: 'random, one per start of the probe' },
    {
      name: 'segment',
      offset: 16,
      type: 'u32',
      unit: 'count',
      doc: '0 for the first section of the run, then counted by the spool',
    },
    { name: 'reserved', offset: 20, type: 'u32', unit: '-', doc: '0' },
    { name: 'started', offset: 24, type: 'u64', unit: 'ns', doc: 'start of the run, Unix time' },
    {
      name: 'clock_offset',
      offset: 32,
      type: 'u64',
      unit: 'ns',
      doc: "added to the kernel's monotonic clock to give the times of this run",
    },
    {
      name: 'clock_error',
      offset: 40,
      type: 'u64',
      unit: 'ns',
      doc: 'how far clock_offset may be off, as measured at start',
    },
  ],
};

export const GAP: Struct = {
  name: 'gap',
  size: 32,
  doc: 'Body of a gap block: something was lost, here is how much. In a section with a section block these are the ledger of loss; epb_dropcount and isb_ifdrop repeat it for other tools and are not added.',
  fields: [
    {
      name: 'interface',
      offset: 0,
      type: 'u32',
      unit: 'id',
      doc: 'interface of this section; 0xffffffff = all',
    },
    { name: 'cause', offset: 4, type: 'u8', unit: 'enum GAP_CAUSE', doc: 'where it was lost' },
    { name: 'reserved', offset: 5, type: 'u8', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 6, type: 'u16', unit: '-', doc: '0' },
    { name: 'count', offset: 8, type: 'u64', unit: 'events', doc: '0xffffffffffffffff = not known' },
    { name: 'from', offset: 16, type: 'u64', unit: 'ns', doc: 'nothing was lost before, Unix time' },
    { name: 'to', offset: 24, type: 'u64', unit: 'ns', doc: 'nothing was lost after, Unix time' },
  ],
};

export const TRIGGERED: Struct = {
  name: 'triggered',
  size: 32,
  doc: 'Body of a triggered block, followed by UTF-8 text, zero-padded to 4: what was met and at which hop. The next packet block is the event that met it: of this journey, or of the packet that took in its payload.',
  fields: [
    { name: 'journey', offset: 0, type: 'u64', unit: 'id', doc: 'that met the condition, its epb_packetid' },
    { name: 'time', offset: 8, type: 'u64', unit: 'ns', doc: 'of the event with which it did, Unix time' },
    { name: 'interface', offset: 16, type: 'u32', unit: 'id', doc: 'of that event, in this section' },
    {
      name: 'before',
      offset: 20,
      type: 'u32',
      unit: 'journeys',
      doc: 'kept from before it; less than asked for when there were no more, or it came behind another',
    },
    {
      name: 'cut',
      offset: 24,
      type: 'u32',
      unit: 'bool',
      doc: '1 = the first events of this journey, or of the packet that took in its payload, were held no longer',
    },
    { name: 'text_length', offset: 28, type: 'u32', unit: 'B', doc: 'at most 1024' },
  ],
};

export const COST: Struct = {
  name: 'cost',
  size: 64,
  doc: 'Body of a cost block, once a second while somebody looks, followed by `count` rows of `row_len` bytes. All counts are sums since the start of what they count: two blocks give a rate.',
  fields: [
    { name: 'time', offset: 0, type: 'u64', unit: 'ns', doc: 'when all of this was read, Unix time' },
    { name: 'probe_cpu', offset: 8, type: 'u64', unit: 'ns', doc: 'CPU time of the probe process' },
    {
      name: 'agent_cpu',
      offset: 16,
      type: 'u64',
      unit: 'ns',
      doc: 'CPU time of the agent process, in steps of a clock tick; 0xffffffffffffffff = not known',
    },
    { name: 'bytes', offset: 24, type: 'u64', unit: 'B', doc: 'written by the probe' },
    { name: 'events', offset: 32, type: 'u64', unit: 'events', doc: 'packets written by the probe' },
    {
      name: 'since',
      offset: 40,
      type: 'u64',
      unit: 'ns',
      doc: 'since when the kernel counts runs for the probe, Unix time; 0 = it does not. Between blocks that differ in it counts may have stood still',
    },
    { name: 'count', offset: 48, type: 'u32', unit: 'rows', doc: 'rows that follow' },
    { name: 'row_len', offset: 52, type: 'u16', unit: 'B', doc: 'size of a row as written' },
    {
      name: 'counting',
      offset: 54,
      type: 'u8',
      unit: 'enum COST_COUNTING',
      doc: 'whether the kernel counts',
    },
    { name: 'reserved', offset: 55, type: 'u8', unit: '-', doc: '0' },
    { name: 'error', offset: 56, type: 'u32', unit: 'errno', doc: 'why they were refused; 0 otherwise' },
    { name: 'reserved2', offset: 60, type: 'u32', unit: '-', doc: '0' },
  ],
};

export const COST_PROGRAM: Struct = {
  name: 'cost_program',
  size: 64,
  doc: "A row of a cost block: one BPF program of Whither's, or one of somebody else on XDP, tcx or tc of a watched device.",
  fields: [
    { name: 'run_time', offset: 0, type: 'u64', unit: 'ns', doc: 'bpf_prog_info.run_time_ns' },
    { name: 'runs', offset: 8, type: 'u64', unit: 'count', doc: 'bpf_prog_info.run_cnt' },
    { name: 'skipped', offset: 16, type: 'u64', unit: 'count', doc: 'bpf_prog_info.recursion_misses' },
    {
      name: 'tag',
      offset: 24,
      type: 'u64',
      unit: 'bytes',
      doc: 'hash of its instructions, its first byte lowest',
    },
    { name: 'id', offset: 32, type: 'u32', unit: 'id', doc: 'of the program' },
    {
      name: 'ifindex',
      offset: 36,
      type: 'u32',
      unit: 'id',
      doc: 'device that it runs on; 0 = several, or none of its own',
    },
    { name: 'name', offset: 40, type: 'char[16]', unit: 'text', doc: 'NUL-padded' },
    { name: 'attach', offset: 56, type: 'u8', unit: 'enum COST_ATTACH', doc: 'where it runs' },
    {
      name: 'hook',
      offset: 57,
      type: 'u8',
      unit: 'id',
      doc: "hook that a program of Whither's serves; 0 = none of the catalogue",
    },
    { name: 'reserved', offset: 58, type: 'u16', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 60, type: 'u32', unit: '-', doc: '0' },
  ],
};

export const MAP_SAMPLE: Struct = {
  name: 'map_sample',
  size: 24,
  doc: 'Body of a map sample block, followed by the key, zero-padded to 4, and the value, zero-padded to 4. Of a deleted entry there is no value. Of a socket storage the key is the socket cookie (u64).',
  fields: [
    { name: 'map', offset: 0, type: 'u32', unit: 'id', doc: 'of the map, as in the host block' },
    { name: 'change', offset: 4, type: 'u8', unit: 'enum MAP_CHANGE', doc: 'since it was last looked at' },
    { name: 'reserved', offset: 5, type: 'u8', unit: '-', doc: '0' },
    { name: 'cpu', offset: 6, type: 'u16', unit: 'id', doc: 'of a per-CPU map; 0xffff = of another' },
    { name: 'time', offset: 8, type: 'u64', unit: 'ns', doc: 'when it was read, Unix time' },
    { name: 'key_length', offset: 16, type: 'u32', unit: 'B', doc: 'at most 512' },
    { name: 'value_length', offset: 20, type: 'u32', unit: 'B', doc: 'at most 4096' },
  ],
};

export const COUNTS: Struct = {
  name: 'counts',
  size: 16,
  doc: 'Body of a counts block, followed by `count` rows of `row_len` bytes. All counts are sums since the start of the run: the last block of a run has them all.',
  fields: [
    { name: 'time', offset: 0, type: 'u64', unit: 'ns', doc: 'when they were read, Unix time' },
    { name: 'count', offset: 8, type: 'u32', unit: 'rows', doc: 'rows that follow' },
    { name: 'row_len', offset: 12, type: 'u16', unit: 'B', doc: 'size of a row as written' },
    { name: 'reserved', offset: 14, type: 'u16', unit: '-', doc: '0' },
  ],
};

export const COUNTED: Struct = {
  name: 'counted',
  size: 48,
  doc: 'A row of a counts block: packets of one kind at a hook whose tracepoint has no packet. No filter is asked of them.',
  fields: [
    { name: 'count', offset: 0, type: 'u64', unit: 'packets', doc: 'so many' },
    {
      name: 'ifindex',
      offset: 8,
      type: 'u32',
      unit: 'id',
      doc: 'device that received them; with `hook` it is one of the interfaces of this section',
    },
    {
      name: 'program',
      offset: 12,
      type: 'u32',
      unit: 'id',
      doc: 'of the XDP program; 0 = of several kinds, for which there was no row left',
    },
    {
      name: 'map',
      offset: 16,
      type: 'u32',
      unit: 'id',
      doc: 'of the map that names the target; 0 = none: bpf_redirect()',
    },
    {
      name: 'index',
      offset: 20,
      type: 'u32',
      unit: 'key or ifindex',
      doc: 'key of the target in the map; without a map its ifindex',
    },
    {
      name: 'value',
      offset: 24,
      type: 'u32',
      unit: 'errno or enum xdp_action',
      doc: 'xdp_redirect_err: why, an errno; xdp_exception: what the program returned; else 0',
    },
    { name: 'hook', offset: 28, type: 'u8', unit: 'id', doc: 'where they were counted' },
    { name: 'reserved', offset: 29, type: 'u8', unit: '-', doc: '0' },
    { name: 'reserved2', offset: 30, type: 'u16', unit: '-', doc: '0' },
    { name: 'name', offset: 32, type: 'char[16]', unit: 'text', doc: 'of the program, NUL-padded' },
  ],
};
