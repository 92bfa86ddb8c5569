import { CLIENT_MAC, datagrams, end, LAB_ADDRESS, LAB_MAC, pair, PORT, stamp } from '../scenario/network.ts';
import type { Command, Namespaces, Scenario } from '../scenario/types.ts';

const PACKETS = 8;
const ip = (netns: string, line: string): Command => ['ip', '-n', netns, ...line.split(' ')];

const common = {
  roles: ['client', 'lab'],
  packets: PACKETS,
  losses: () => [],
} satisfies Partial<Scenario>;
const toLab = (ns: Namespaces) => [{ send: datagrams(ns, PACKETS) }];
const eyes = (device: string, role = 'lab'): Scenario['programs'] => ({
  object: 'eyes',
  role: 'lab',
  attach: ['xdp:lab0:stamp', 'ingress:lab0:before', `ingress:${device}:after@${role}`],
});
const before = { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' } as const;

/** The bridge has the address; lab0 is a port. */
export const bridge: Scenario = {
  ...common,
  name: 'bridge',
  summary: 'received by a port of a bridge, for the bridge itself',
  network: (ns) => [
    ...pair(ns),
    ip(ns.lab!, 'link add br0 type bridge mcast_snooping 0'),
    ip(ns.lab!, `link set br0 address ${LAB_MAC} addrgenmode none up`),
    ip(ns.lab!, `addr del ${LAB_ADDRESS}/24 dev lab0`),
    ip(ns.lab!, `addr add ${LAB_ADDRESS}/24 dev br0`),
    ip(ns.lab!, 'link set lab0 master br0'),
  ],
  programs: eyes('br0'),
  watch: { role: 'lab', devices: ['lab0', 'br0'] },
  traffic: toLab,
  expect: [before, { at: 'br0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'bridge port to bridge device', at: 'br0:tcx/ingress@last' }],
};

const MACVLAN_MAC = '02:00:00:00:03:01';

export const macvlan: Scenario = {
  ...common,
  name: 'macvlan',
  summary: 'received by a macvlan device',
  network: (ns) => [
    ...pair(ns),
    ip(ns.lab!, 'link add mv0 link lab0 type macvlan mode bridge'),
    ...end(ns.lab!, 'mv0', '10.77.0.1', MACVLAN_MAC, {}),
    ip(ns.client!, 'addr add 10.77.0.2/24 dev client0'),
    ip(ns.client!, `neigh add 10.77.0.1 lladdr ${MACVLAN_MAC} dev client0 nud permanent`),
  ],
  programs: eyes('mv0'),
  watch: { role: 'lab', devices: ['lab0', 'mv0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.77.0.1') }],
  expect: [before, { at: 'mv0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'macvlan device', at: 'mv0:tcx/ingress@last' }],
};

/** Two VLAN devices on top of the pair. */
export const vlanDevice: Scenario = {
  ...common,
  name: 'vlan-device',
  summary: 'received by a VLAN device, its tag beside the packet, as veth hands it over',
  needs: (ns) => [ip(ns.lab!, 'link add link lo name probe0 type vlan id 7')],
  network: (ns) => [
    ...pair(ns),
    ip(ns.client!, 'link add link client0 name client0.7 type vlan id 7'),
    ip(ns.lab!, 'link add link lab0 name lab0.7 type vlan id 7'),
    ...end(ns.client!, 'client0.7', '10.78.0.2', CLIENT_MAC, { '10.78.0.1': LAB_MAC }),
    ...end(ns.lab!, 'lab0.7', '10.78.0.1', LAB_MAC, { '10.78.0.2': CLIENT_MAC }),
  ],
  programs: eyes('lab0.7'),
  watch: { role: 'lab', devices: ['lab0', 'lab0.7'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.78.0.1') }],
  expect: [before, { at: 'lab0.7:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'VLAN device, tag beside the packet', at: 'lab0.7:tcx/ingress@last' }],
};

/** The client's tc pushes the tag, so that no VLAN device is needed; without offload it is in the packet that XDP sees. */
export const vlanUntag: Scenario = {
  ...common,
  name: 'vlan-untag',
  summary: 'received with a VLAN tag in the packet, which the kernel takes out (skb_vlan_untag)',
  network: pair,
  programs: {
    object: 'vlan-push',
    role: 'lab',
    attach: ['egress:client0:push_first@client', 'xdp:lab0:stamp', 'ingress:lab0:look'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: ['offload', ns.client!, 'client0', 'txvlan', 'off'] }, ...toLab(ns)],
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
  survival: [{ operation: 'VLAN tag taken out of the packet (skb_vlan_untag)', at: 'lab0:tcx/ingress@last' }],
};

/** Bridged into a veth pair whose other end is in another namespace: it can read what was written in this one. */
export const netnsLeak: Scenario = {
  ...common,
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
  programs: eyes('in0', 'far'),
  watch: { role: 'far', devices: ['in0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.74.0.9', PORT) }],
  expect: [{ at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'veth pair into another namespace', at: 'in0:tcx/ingress@last' }],
};

/** XDP where the device has no hook of its own: behind GRO, on an sk_buff. */
export const generic: Scenario = {
  ...common,
  name: 'generic-xdp',
  summary: 'generic XDP writes, tcx reads',
  network: pair,
  programs: { object: 'eyes', role: 'lab', attach: ['xdpgeneric:lab0:stamp', 'ingress:lab0:after'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: toLab,
  expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'generic XDP to tcx', at: 'lab0:tcx/ingress@last' }],
};

/** A packet socket that clones, and nobody who writes. */
export const clone: Scenario = {
  ...common,
  name: 'clone',
  summary: 'a packet socket clones every packet, and nobody writes to it',
  network: pair,
  programs: { object: 'eyes', role: 'lab', attach: ['xdp:lab0:stamp', 'ingress:lab0:after'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ during: ['sniff', ns.lab!, 'lab0'] }, ...toLab(ns)],
  expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  survival: [{ operation: 'packet socket that clones, no write', at: 'lab0:tcx/ingress@last' }],
};
