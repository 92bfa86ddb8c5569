/** What scenarios of a router have in common (forward/topology.ts). */
import { forwardNetwork, ROUTER_DEVICES, SERVER } from '../forward/topology.ts';
import { PORT, stamp, written } from './network.ts';
import type { Command, Expectation, Namespaces, Scenario, Step } from './types.ts';

export const ROUTED_PACKETS = 6;
const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
/** Time enough to find a neighbour before the second packet. */
const PAUSE_US = '100000';

/** `sysctl -w` in a namespace. */
export const sysctl = (netns: string, setting: string): Command => [
  ...['ip', 'netns', 'exec', netns],
  ...['sysctl', '-qw', setting],
];

/** Link-local addresses are used at once: without them a router asks for no neighbour. */
export const routerNetwork = (ns: Namespaces): Command[] => [
  ...Object.values(ns).map((name) => sysctl(name, 'net.ipv6.conf.default.dad_transmits=0')),
  ...forwardNetwork(ns as { client: string; router: string; server: string }),
];

/** A stamp on the inside, programs that look there and on the outside. */
export const router = {
  roles: ['client', 'router', 'server'],
  programs: {
    object: 'eyes',
    role: 'router',
    attach: [`xdp:${INSIDE}:stamp`, `ingress:${INSIDE}:before`, `egress:${OUTSIDE}:after`],
  },
  watch: { role: 'router', devices: ROUTER_DEVICES },
  packets: ROUTED_PACKETS,
} satisfies Partial<Scenario>;

/** The stamp is there when the packet has been received. */
export const ROUTED_BEFORE: readonly Expectation[] = [
  ...written(INSIDE, 'stamp'),
  { at: `${INSIDE}:tcx/ingress@last`, state: 'present', area: stamp, truth: 'before' },
];

/** From the client through the router to a server that takes them. */
export function toServer(ns: Namespaces, address = SERVER): Step[] {
  return [
    { during: ['sink', ns.server!, PORT] },
    { send: ['udp', ns.client!, address, PORT, String(ROUTED_PACKETS), PAUSE_US] },
  ];
}
