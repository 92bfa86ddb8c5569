import { datagrams, ip, LAB_ADDRESS, LAB_MAC, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** The bridge has the address; lab0 is a port. */
export const bridge: Scenario = {
  name: 'bridge',
  summary: 'received by a port of a bridge, for the bridge itself',
  roles: ['client', 'lab'],
  network: (ns) => [
    ...pair(ns),
    ip(ns.lab!, 'link add br0 type bridge mcast_snooping 0'),
    ip(ns.lab!, `link set br0 address ${LAB_MAC} addrgenmode none up`),
    ip(ns.lab!, `addr del ${LAB_ADDRESS}/24 dev lab0`),
    ip(ns.lab!, `addr add ${LAB_ADDRESS}/24 dev br0`),
    ip(ns.lab!, 'link set lab0 master br0'),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:br0:after'],
  },
  watch: { role: 'lab', devices: ['lab0', 'br0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  expect: [
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'br0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' },
  ],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'bridge port to bridge device', at: 'br0:tcx/ingress@last' }],
};
