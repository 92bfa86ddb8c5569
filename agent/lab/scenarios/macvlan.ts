import { datagrams, end, ip, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;
const MACVLAN_MAC = '02:00:00:00:03:01';

export const macvlan: Scenario = {
  name: 'macvlan',
  summary: 'received by a macvlan device',
  roles: ['client', 'lab'],
  network: (ns) => [
    ...pair(ns),
    ip(ns.lab!, 'link add mv0 link lab0 type macvlan mode bridge'),
    ...end(ns.lab!, 'mv0', '10.77.0.1', MACVLAN_MAC, {}),
    ip(ns.client!, 'addr add 10.77.0.2/24 dev client0'),
    ip(ns.client!, `neigh add 10.77.0.1 lladdr ${MACVLAN_MAC} dev client0 nud permanent`),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:mv0:after'],
  },
  watch: { role: 'lab', devices: ['lab0', 'mv0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.77.0.1') }],
  expect: [
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'mv0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' },
  ],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'macvlan device', at: 'mv0:tcx/ingress@last' }],
};
