import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { CLIENT_MAC, datagrams, LAB_MAC, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;
/** As in bpf/adjust-room.bpf.c. */
const ROOM_BYTES = 8;
const ETHERNET = `${LAB_MAC}${CLIENT_MAC}0800`.replaceAll(':', '');

export const adjustRoom: Scenario = {
  name: 'adjust-room',
  summary: 'a TC program makes room behind the Ethernet header, another one takes it away again',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'adjust-room',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:grow', 'ingress:lab0:shrink', 'ingress:lab0:behind'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  expect: [
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp, truth: 'before' },
    // The MAC header went 8 bytes to the front, over the end of the stamp.
    {
      at: 'lab0:tcx/ingress@after:grow',
      below: KERNEL_KEEPS,
      state: 'suspect',
      cause: 'helperLeft',
      known: 'implied',
      writer: 'grow',
      area: (sequence) => `................${stamp(sequence).slice(0, -2 * ROOM_BYTES)}`,
      truth: 'grown',
    },
    // And back: of the stamp the first 8 bytes are left, behind them is the Ethernet header's copy.
    {
      at: 'lab0:tcx/ingress@after:shrink',
      below: KERNEL_KEEPS,
      state: 'suspect',
      cause: 'helperLeft',
      known: 'implied',
      writer: 'shrink',
      area: (sequence) => stamp(sequence).slice(0, 2 * ROOM_BYTES) + ETHERNET.slice(0, 2 * ROOM_BYTES),
      truth: 'shrunk',
    },
  ],
  survival: [
    { operation: 'bpf_skb_adjust_room(), grow by 8', at: 'lab0:tcx/ingress@after:grow' },
    { operation: 'bpf_skb_adjust_room(), grow by 8 and shrink by 8', at: 'lab0:tcx/ingress@after:shrink' },
  ],
  // What was in the headroom may be read as a TLV, and then trace_id begins where it did.
  undetermined: /@after:shrink suspect helperLeft \S+ [a-z0-9_]+ /,
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : [
          ...['*', 'trace_id', 'tenant'].map(
            (tlv) => `lab0:tcx/ingress@after:grow suspect helperLeft implied ${tlv} ${PACKETS}`,
          ),
          // What is in the area by then is none of the TLVs.
          `lab0:tcx/ingress@after:shrink suspect helperLeft implied * ${PACKETS}`,
        ],
};
