import { kernelVersion } from '#core/diagnosis/kernel-version.ts';
import { end, none, pair, PORT, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;
/** Behind the bridge; nobody has it. */
const BEYOND = '10.74.0.9';
const BEYOND_MAC = '02:00:00:00:00:09';

export const vethXdp: Scenario = {
  name: 'veth-xdp',
  summary: 'bridged into a veth pair whose other end has an XDP program that writes nothing',
  roles: ['client', 'lab'],
  network: (ns) => [
    ...pair(ns),
    ...[['neigh', 'add', BEYOND, 'lladdr', BEYOND_MAC, 'dev', 'client0', 'nud', 'permanent']].map((args) => [
      'ip',
      '-n',
      ns.client!,
      ...args,
    ]),
    ...[
      'link add br0 type bridge mcast_snooping 0',
      'link add out0 type veth peer name in0',
      'link set br0 addrgenmode none up',
      'link set out0 addrgenmode none master br0 up',
      'link set lab0 master br0',
    ].map((args) => ['ip', '-n', ns.lab!, ...args.split(' ')]),
    ...end(ns.lab!, 'in0', '10.76.0.1', '02:00:00:00:02:01', {}),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'xdp:in0:idle', 'ingress:in0:after'],
  },
  watch: { role: 'lab', devices: ['lab0', 'out0', 'in0'] },
  traffic: (ns) => [{ send: ['udp', ns.client!, BEYOND, PORT, String(PACKETS), '2000'] }],
  packets: PACKETS,
  expect: [
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'out0:net_dev_start_xmit', state: 'present', area: stamp },
    {
      at: 'in0:napi_gro_receive_entry',
      state: 'present',
      cause: 'staleLength',
      known: 'implied',
      writer: 'idle',
      area: stamp,
    },
    { at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' },
  ],
  losses: () => [],
  survival: [
    {
      operation: 'veth with an XDP program that writes none',
      at: 'in0:napi_gro_receive_entry',
    },
  ],
};

/** As measured: 6.12 builds the packet anew, 6.1 goes on with it. In which version that changed is not known. */
const KERNEL_REBUILDS = kernelVersion(6, 12);

/** The same with a packet socket that holds a clone: the head is not veth's to use. */
export const vethXdpRebuild: Scenario = {
  ...vethXdp,
  name: 'veth-xdp-rebuild',
  summary: 'the same with a packet socket on the way: veth builds the packet anew for XDP',
  survival: [
    {
      operation: 'veth with an XDP program, packet built anew',
      at: 'in0:napi_gro_receive_entry',
    },
  ],
  traffic: (ns) => [{ during: ['sniff', ns.lab!, 'out0'] }, ...vethXdp.traffic(ns)],
  expect: [
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'out0:net_dev_start_xmit', state: 'present', area: stamp },
    // Another skb, in a journey of its own, which has none from the beginning.
    { at: 'in0:napi_gro_receive_entry', since: KERNEL_REBUILDS, state: 'none', area: none },
    { at: 'in0:tcx/ingress@last', since: KERNEL_REBUILDS, state: 'none', area: none, truth: 'after' },
    ...vethXdp.expect
      .filter(({ at }) => at.startsWith('in0:'))
      .map((one) => ({ ...one, below: KERNEL_REBUILDS })),
  ],
};
