import { forwardNetwork, ROUTER_DEVICES, SERVER, v6 } from '../forward/topology.ts';
import { PORT, stamp, written } from '../scenario/network.ts';
import { routerNetwork } from '../scenario/router.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 6;
const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
/** The first packet asks for its neighbour; this is time enough for the answer. */
const PAUSE_US = '100000';

const clobbered = (sequence: number): string => `${stamp(sequence).slice(0, -4)}0000`;

export const forward: Scenario = {
  name: 'forward',
  summary: 'a router forwards; from the second packet on its neighbour is cached',
  roles: ['client', 'router', 'server'],
  network: (ns) => forwardNetwork(ns as { client: string; router: string; server: string }),
  programs: {
    object: 'eyes',
    role: 'router',
    attach: [`xdp:${INSIDE}:stamp`, `ingress:${INSIDE}:before`, `egress:${OUTSIDE}:after`],
  },
  watch: { role: 'router', devices: ROUTER_DEVICES },
  traffic: (ns) => [
    { during: ['sink', ns.server!, PORT] },
    { run: ['ip', '-n', ns.router!, 'neigh', 'flush', 'dev', OUTSIDE] },
    { send: ['udp', ns.client!, SERVER, PORT, String(PACKETS), PAUSE_US] },
  ],
  packets: PACKETS,
  expect: [
    ...written('in0', 'stamp'),
    { at: 'in0:tcx/ingress@first', state: 'present', area: stamp },
    { at: 'in0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    { at: 'in0:nf/forward', state: 'present', area: stamp },
    { at: 'out0:nf/postrouting', state: 'present', area: stamp },
    { at: 'out0:tcx/egress@first', packets: [1, 1], state: 'present', area: stamp },
    { at: 'out0:tcx/egress@last', packets: [1, 1], state: 'present', area: stamp, truth: 'after' },
    {
      at: 'out0:tcx/egress@first',
      packets: [2, PACKETS],
      state: 'clobbered',
      cause: 'neighbourHeader',
      known: 'implied',
      area: clobbered,
    },
    { at: 'out0:tcx/egress@last', packets: [2, PACKETS], state: 'present', area: clobbered, truth: 'after' },
    { at: 'out0:net_dev_start_xmit', packets: [2, PACKETS], state: 'present', area: clobbered },
  ],
  survival: [
    { operation: 'forwarded, IPv4, neighbour cold', at: 'out0:tcx/egress@first', packets: [1, 1] },
    { operation: 'forwarded, IPv4, neighbour cached', at: 'out0:tcx/egress@first', packets: [2, PACKETS] },
  ],
  losses: () =>
    ['*', 'tenant'].map(
      (tlv) => `out0:tcx/egress@first clobbered neighbourHeader implied ${tlv} ${PACKETS - 1}`,
    ),
};

export const forward6: Scenario = {
  ...forward,
  name: 'forward6',
  summary: 'the same with IPv6',
  network: routerNetwork,
  traffic: (ns) => [
    { during: ['sink', ns.server!, PORT] },
    { run: ['ip', '-n', ns.router!, 'neigh', 'flush', 'dev', OUTSIDE] },
    { send: ['udp', ns.client!, v6(SERVER), PORT, String(PACKETS), PAUSE_US] },
  ],
  survival: [
    { operation: 'forwarded, IPv6, neighbour cold', at: 'out0:tcx/egress@first', packets: [1, 1] },
    { operation: 'forwarded, IPv6, neighbour cached', at: 'out0:tcx/egress@first', packets: [2, PACKETS] },
  ],
};
