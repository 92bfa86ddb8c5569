import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { datagrams, pair, stamp, written } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;
const VLAN_BYTES = 4;

export const vlanPush: Scenario = {
  name: 'vlan-push',
  summary: 'a TC program pushes a VLAN tag, another one a second tag',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'vlan-push',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:push_first', 'ingress:lab0:push_second', 'ingress:lab0:behind'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  expect: [
    ...written('lab0', 'stamp'),
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp, truth: 'before' },
    // The tag is beside the packet, in skb->vlan_tci.
    { at: 'lab0:tcx/ingress@after:push_first', state: 'present', area: stamp, truth: 'once' },
    // Now it goes into the packet, the MAC header 4 bytes to the front, and metadata stays.
    {
      at: 'lab0:tcx/ingress@after:push_second',
      below: KERNEL_KEEPS,
      state: 'suspect',
      cause: 'helperLeft',
      known: 'implied',
      writer: 'push_second',
      area: (sequence) => `........${stamp(sequence).slice(0, -2 * VLAN_BYTES)}`,
      truth: 'twice',
    },
  ],
  survival: [
    { operation: 'bpf_skb_vlan_push(), first tag', at: 'lab0:tcx/ingress@after:push_first' },
    { operation: 'bpf_skb_vlan_push(), second tag', at: 'lab0:tcx/ingress@after:push_second' },
  ],
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : ['*', 'trace_id', 'tenant'].map(
          (tlv) => `lab0:tcx/ingress@after:push_second suspect helperLeft implied ${tlv} ${PACKETS}`,
        ),
};
