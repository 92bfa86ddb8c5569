import { datagrams, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** The client's tc pushes the tag, so that no VLAN device is needed; without offload it is in the packet that XDP sees. */
export const vlanUntag: Scenario = {
  name: 'vlan-untag',
  summary: 'received with a VLAN tag in the packet, which the kernel takes out (skb_vlan_untag)',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'vlan-push',
    role: 'lab',
    attach: ['egress:client0:push_first@client', 'xdp:lab0:stamp', 'ingress:lab0:look'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [
    { send: ['offload', ns.client!, 'client0', 'txvlan', 'off'] },
    { send: datagrams(ns, PACKETS) },
  ],
  expect: [
    {
      at: 'lab0:tcx/ingress@first',
      state: 'moved',
      cause: 'vlanUntag',
      known: 'implied',
      area: stamp,
    },
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'look' },
  ],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'VLAN tag taken out of the packet (skb_vlan_untag)', at: 'lab0:tcx/ingress@last' }],
};
