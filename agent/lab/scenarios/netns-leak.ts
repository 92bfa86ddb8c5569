import { datagrams, end, ip, pair, PORT, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** Bridged into a veth pair whose other end is in another namespace: it can read what was written in this one. */
export const netnsLeak: Scenario = {
  name: 'netns-leak',
  summary: 'through a veth pair into another namespace, which can read what was written in this one',
  roles: ['client', 'lab', 'far'],
  network: (ns) => [
    ...pair(ns),
    [...'ip link add out0 netns'.split(' '), ns.lab!, ...'type veth peer name in0 netns'.split(' '), ns.far!],
    ip(ns.lab!, 'link add br0 type bridge mcast_snooping 0'),
    ip(ns.lab!, 'link set br0 addrgenmode none up'),
    ip(ns.lab!, 'link set out0 addrgenmode none master br0 up'),
    ip(ns.lab!, 'link set lab0 master br0'),
    ...end(ns.far!, 'in0', '10.74.0.9', '02:00:00:00:00:09', {}),
    ip(ns.client!, 'neigh add 10.74.0.9 lladdr 02:00:00:00:00:09 dev client0 nud permanent'),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:in0:after@far'],
  },
  watch: { role: 'far', devices: ['in0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.74.0.9', PORT) }],
  expect: [{ at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'veth pair into another namespace', at: 'in0:tcx/ingress@last' }],
};
