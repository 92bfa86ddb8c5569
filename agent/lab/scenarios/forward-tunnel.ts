import { ROUTER_DEVICES } from '../forward/topology.ts';
import { ip, stamp } from '../scenario/network.ts';
import { ROUTED_BEFORE, ROUTED_PACKETS, router, routerNetwork, toServer } from '../scenario/router.ts';
import type { Command, Namespaces, Scenario } from '../scenario/types.ts';

const [, OUTSIDE] = ROUTER_DEVICES;
/** The server's, behind the tunnel. */
const BEYOND = '10.79.0.9';
/** In the router's headroom: whatever was there. */
const anything = (): string => '.'.repeat(32);

/** Router and server with a tunnel device each, and the route to BEYOND through it. */
function tunnelNetwork(ns: Namespaces, type: string): Command[] {
  const tunnel = (netns: string, local: string, remote: string): Command =>
    ip(netns, `link add tun0 type ${type} local ${local} remote ${remote}`);
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

const common = {
  ...router,
  // TLVs that the schema does not know: what is read there are headers.
  undetermined: / suspect macBackward \S+ \d+ /,
  watch: { role: 'router', devices: [...ROUTER_DEVICES, 'tun0'] },
  traffic: (ns) => toServer(ns, BEYOND),
} satisfies Partial<Scenario>;

export const forwardVxlan: Scenario = {
  ...common,
  name: 'forward-vxlan',
  summary: 'a router forwards into a VXLAN tunnel',
  network: (ns) => tunnelNetwork(ns, 'vxlan id 43 dstport 4789 noudpcsum'),
  expect: [
    ...ROUTED_BEFORE,
    // The outer headers go where the stamp was.
    {
      at: `${OUTSIDE}:nf/local_out`,
      state: 'clobbered',
      cause: 'headerPushed',
      known: 'implied',
      area: () => '.... 12b5 .... .... 08000000 00002b00'.replaceAll(' ', ''),
    },
    {
      at: `${OUTSIDE}:tcx/egress@first`,
      state: 'suspect',
      cause: 'macBackward',
      known: 'implied',
      area: anything,
    },
  ],
  losses: () => [
    ...['*', 'trace_id', 'tenant'].map(
      (tlv) => `${OUTSIDE}:nf/local_out clobbered headerPushed implied ${tlv} ${ROUTED_PACKETS}`,
    ),
    `${OUTSIDE}:tcx/egress@first suspect macBackward implied * ${ROUTED_PACKETS}`,
    // The tunnel device has neighbours, too.
    ...['*', 'tenant'].map(
      (tlv) => `tun0:tcx/egress@first clobbered neighbourHeader implied ${tlv} ${ROUTED_PACKETS - 1}`,
    ),
  ],
  survival: [{ operation: 'forwarded into a VXLAN tunnel', at: `${OUTSIDE}:tcx/egress@first` }],
};

export const forwardGre: Scenario = {
  ...common,
  name: 'forward-gre',
  summary: 'a router forwards into a GRE tunnel',
  needs: (ns) => [ip(ns.router!, 'link add probe0 type gre local 127.0.0.1 remote 127.0.0.2')],
  network: (ns) => tunnelNetwork(ns, 'gre'),
  expect: [
    ...ROUTED_BEFORE,
    // Its MAC header is where IP begins: behind the end of the stamp there is the Ethernet header that was received.
    {
      at: 'tun0:tcx/egress@first',
      state: 'suspect',
      cause: 'macForward',
      known: 'implied',
      area: (sequence) => `${stamp(sequence).slice(-4)}${'.'.repeat(24)}0800`,
    },
    {
      at: `${OUTSIDE}:tcx/egress@first`,
      state: 'suspect',
      cause: 'macBackward',
      known: 'implied',
      area: anything,
    },
  ],
  losses: () => [
    ...['*', 'trace_id', 'tenant'].map(
      (tlv) => `tun0:tcx/egress@first suspect macForward implied ${tlv} ${ROUTED_PACKETS}`,
    ),
    `${OUTSIDE}:tcx/egress@first suspect macBackward implied * ${ROUTED_PACKETS}`,
  ],
  survival: [{ operation: 'forwarded into a GRE tunnel', at: `${OUTSIDE}:tcx/egress@first` }],
};
