import { CLIENT_MAC, datagrams, end, ip, LAB_MAC, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** Two VLAN devices on top of the pair. */
export const vlanDevice: Scenario = {
  name: 'vlan-device',
  summary: 'received by a VLAN device, its tag beside the packet, as veth hands it over',
  roles: ['client', 'lab'],
  needs: (ns) => [
    ip(ns.lab!, 'link add probe0 type veth peer name probe1'),
    ip(ns.lab!, 'link add link probe0 name probe2 type vlan id 7'),
  ],
  network: (ns) => [
    ...pair(ns),
    ip(ns.client!, 'link add link client0 name client0.7 type vlan id 7'),
    ip(ns.lab!, 'link add link lab0 name lab0.7 type vlan id 7'),
    ...end(ns.client!, 'client0.7', '10.78.0.2', CLIENT_MAC, { '10.78.0.1': LAB_MAC }),
    ...end(ns.lab!, 'lab0.7', '10.78.0.1', LAB_MAC, { '10.78.0.2': CLIENT_MAC }),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:lab0.7:after'],
  },
  watch: { role: 'lab', devices: ['lab0', 'lab0.7'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.78.0.1') }],
  expect: [
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'lab0.7:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' },
  ],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'VLAN device, tag beside the packet', at: 'lab0.7:tcx/ingress@last' }],
};
