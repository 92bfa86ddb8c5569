import { forwardNetwork, ROUTER_DEVICES, SERVER, v6 } from '../forward/topology.ts';
import { CLIENT_ADDRESS, datagrams, end, LAB_ADDRESS, pair, PORT, stamp } from '../scenario/network.ts';
import type { Command, Namespaces, Scenario } from '../scenario/types.ts';

const PACKETS = 6;
const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
const ip = (netns: string, line: string): Command => ['ip', '-n', netns, ...line.split(' ')];
const sysctl = (netns: string, setting: string): Command => [
  'ip',
  'netns',
  'exec',
  netns,
  'sysctl',
  '-qw',
  setting,
];
/** Time enough to find the neighbour before the second packet. */
const PAUSE_US = '50000';

/** Behind tunnels; the server has it. */
const BEYOND = '10.79.0.9';

const forward = {
  roles: ['client', 'router', 'server'],
  programs: {
    object: 'eyes',
    role: 'router',
    attach: [`xdp:${INSIDE}:stamp`, `ingress:${INSIDE}:before`, `egress:${OUTSIDE}:after`],
  },
  watch: { role: 'router', devices: ROUTER_DEVICES },
  packets: PACKETS,
  losses: () => [],
} satisfies Partial<Scenario>;
const before = { at: `${INSIDE}:tcx/ingress@last`, state: 'present', area: stamp, truth: 'before' } as const;
const routerNetwork = (ns: Namespaces): Command[] =>
  forwardNetwork(ns as { client: string; router: string; server: string });
const toServer = (ns: Namespaces, address = SERVER) => [
  { during: ['sink', ns.server!, PORT] },
  { send: ['udp', ns.client!, address, PORT, String(PACKETS), PAUSE_US] },
];

/** Router and server with a tunnel device each, and the route to BEYOND through it. */
function tunnelNetwork(ns: Namespaces, type: string): Command[] {
  const tunnel = (netns: string, local: string, remote: string): Command =>
    ip(netns, `link add tun0 type ${type.replace('LOCAL', local).replace('REMOTE', remote)}`);
  return [
    ...routerNetwork(ns),
    tunnel(ns.router!, '10.73.0.1', '10.73.0.2'),
    tunnel(ns.server!, '10.73.0.2', '10.73.0.1'),
    ip(ns.router!, 'addr add 10.79.0.1/24 dev tun0'),
    ip(ns.server!, `addr add ${BEYOND}/24 dev tun0`),
    ip(ns.router!, 'link set tun0 addrgenmode none up'),
    ip(ns.server!, 'link set tun0 addrgenmode none up'),
    ip(ns.client!, `route add ${BEYOND}/32 via 10.72.0.1`),
  ];
}

export const forwardVxlan: Scenario = {
  ...forward,
  name: 'forward-vxlan',
  summary: 'a router forwards into a VXLAN tunnel',
  network: (ns) => tunnelNetwork(ns, 'vxlan id 43 local LOCAL remote REMOTE dstport 4789'),
  watch: { role: 'router', devices: [...ROUTER_DEVICES, 'tun0'] },
  traffic: (ns) => toServer(ns, BEYOND),
  expect: [before],
  survival: [{ operation: 'forwarded into a VXLAN tunnel', at: `${OUTSIDE}:tcx/egress@first` }],
};

export const forwardGre: Scenario = {
  ...forwardVxlan,
  name: 'forward-gre',
  summary: 'a router forwards into a GRE tunnel',
  needs: (ns) => [ip(ns.router!, 'link add probe0 type gre local 127.0.0.1 remote 127.0.0.2')],
  network: (ns) => tunnelNetwork(ns, 'gre local LOCAL remote REMOTE'),
  survival: [{ operation: 'forwarded into a GRE tunnel', at: `${OUTSIDE}:tcx/egress@first` }],
};

const MPLS_LABEL = 100;
const mplsNeeds = (netns: string): Command[] => [
  sysctl(netns, 'net.mpls.platform_labels=1000'),
  ip(netns, `route add 10.255.0.0/16 encap mpls ${MPLS_LABEL} dev lo`),
];

export const forwardMpls: Scenario = {
  ...forward,
  name: 'forward-mpls',
  summary: 'a router forwards with an MPLS label pushed by the route (lwtunnel)',
  needs: ({ router }) => [ip(router!, 'link set lo up'), ...mplsNeeds(router!)],
  network: (ns) => [
    ...routerNetwork(ns),
    ip(ns.router!, `route replace ${SERVER}/32 encap mpls ${MPLS_LABEL} via 10.73.0.2`),
  ],
  traffic: (ns) => toServer(ns),
  expect: [before],
  survival: [
    { operation: 'forwarded with an MPLS label pushed (lwtunnel)', at: `${OUTSIDE}:tcx/egress@first` },
  ],
};

export const forwardSeg6: Scenario = {
  ...forward,
  name: 'forward-seg6',
  summary: 'a router forwards IPv6 inside segment routing (lwtunnel)',
  needs: ({ router }) => [
    ip(router!, 'link set lo up'),
    ip(router!, 'route add fd98::/64 encap seg6 mode encap segs fd99::1 dev lo'),
  ],
  network: (ns) => [
    ...routerNetwork(ns),
    ip(
      ns.router!,
      `route replace ${v6(SERVER)}/128 encap seg6 mode encap segs fd71::99 via ${v6('10.73.0.2')} dev ${OUTSIDE}`,
    ),
    ip(ns.router!, `route add fd71::99/128 via ${v6('10.73.0.2')}`),
  ],
  traffic: (ns) => toServer(ns, v6(SERVER)),
  expect: [before],
  survival: [{ operation: 'forwarded inside segment routing (lwtunnel)', at: `${OUTSIDE}:tcx/egress@first` }],
};

/** The last label is taken off, and the packet goes on to the server. */
export const mplsPop: Scenario = {
  ...forward,
  name: 'mpls-pop',
  summary: 'a router takes the MPLS label off and forwards',
  needs: ({ router }) => [ip(router!, 'link set lo up'), ...mplsNeeds(router!)],
  network: (ns) => [
    ...routerNetwork(ns),
    sysctl(ns.router!, `net.mpls.conf.${INSIDE}.input=1`),
    ip(ns.router!, `-f mpls route add ${MPLS_LABEL} via inet 10.73.0.2 dev ${OUTSIDE}`),
    ip(ns.client!, `route replace ${SERVER}/32 encap mpls ${MPLS_LABEL} via 10.72.0.1`),
  ],
  traffic: (ns) => toServer(ns),
  expect: [before],
  survival: [{ operation: 'MPLS label taken off, forwarded', at: `${OUTSIDE}:tcx/egress@first` }],
};

export const forward6: Scenario = {
  ...forward,
  name: 'forward6',
  summary: 'a router forwards IPv6; from the second packet on its neighbour is cached',
  network: routerNetwork,
  traffic: (ns) => [
    ...toServer(ns, v6(SERVER)).slice(0, 1),
    { run: ip(ns.router!, `neigh flush dev ${OUTSIDE}`) },
    ...toServer(ns, v6(SERVER)).slice(1),
  ],
  expect: [before],
  survival: [
    { operation: 'forwarded, IPv6, neighbour cold', at: `${OUTSIDE}:tcx/egress@first`, packets: [1, 1] },
    {
      operation: 'forwarded, IPv6, neighbour cached',
      at: `${OUTSIDE}:tcx/egress@first`,
      packets: [2, PACKETS],
    },
  ],
};

/** A GRE tunnel that ends here, as `vxlan` does. */
function greEnd(type: 'gre' | 'gretap', summary: string): Scenario {
  const tunnel = (netns: string, local: string, remote: string): Command =>
    ip(netns, `link add tun0 type ${type} local ${local} remote ${remote}`);
  return {
    name: `${type}-end`,
    summary,
    roles: ['client', 'lab'],
    needs: ({ lab }) => [ip(lab!, `link add probe0 type ${type} local 127.0.0.1 remote 127.0.0.2`)],
    network: (ns) => [
      ...pair(ns),
      tunnel(ns.client!, CLIENT_ADDRESS, LAB_ADDRESS),
      tunnel(ns.lab!, LAB_ADDRESS, CLIENT_ADDRESS),
      ...(type === 'gretap'
        ? [
            ...end(ns.client!, 'tun0', '10.75.0.2', '02:00:00:00:01:02', {
              '10.75.0.1': '02:00:00:00:01:01',
            }),
            ...end(ns.lab!, 'tun0', '10.75.0.1', '02:00:00:00:01:01', { '10.75.0.2': '02:00:00:00:01:02' }),
          ]
        : [
            ip(ns.client!, 'addr add 10.75.0.2/24 dev tun0'),
            ip(ns.lab!, 'addr add 10.75.0.1/24 dev tun0'),
            ip(ns.client!, 'link set tun0 addrgenmode none up'),
            ip(ns.lab!, 'link set tun0 addrgenmode none up'),
          ]),
    ],
    programs: {
      object: 'eyes',
      role: 'lab',
      attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:tun0:after'],
    },
    watch: { role: 'lab', devices: ['lab0', 'tun0'] },
    traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.75.0.1') }],
    packets: PACKETS,
    expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' }],
    losses: () => [],
    survival: [{ operation: summary, at: 'tun0:tcx/ingress@last' }],
  };
}

export const greTunnelEnd = greEnd('gre', 'GRE tunnel ends here');
export const gretapEnd = greEnd('gretap', 'GRE tunnel of Ethernet ends here');
