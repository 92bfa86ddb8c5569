import { CLIENTS, forwardNetwork, ROUTER_DEVICES, SERVER } from '../forward/topology.ts';
import { PORT } from '../scenario/network.ts';
import type { Quantity, Ratio, Scenario } from '../scenario/types.ts';

const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
const BYTES = 256 * 1024;
/** The counters of bpf/gro.bpf.c. */
const STAMPED: Quantity = { counter: 0 };
const PACKETS: Quantity = { counter: 1 };
const SEGMENTS_OUT: Quantity = { counter: 2 };
const SENT: Quantity = { withMetadataAt: `${OUTSIDE}:net_dev_start_xmit` };
const QUEUED: Quantity = { withMetadataAt: `${OUTSIDE}:tcx/egress@first` };

const exactly = (of: Quantity, to: Quantity): Ratio => ({ of, to, from: 1, upTo: 1 });

/** GRO merges on the way in; what comes out is cut up again by the kernel, for the device cannot. */
export const gso: Scenario = {
  name: 'gso',
  summary: 'segments that GRO merged are forwarded, and cut up again in software (skb_segment)',
  roles: ['client', 'router', 'server'],
  network: (ns) => [
    ...forwardNetwork(ns as { client: string; router: string; server: string }),
    // From an address that the server has a route to.
    ['ip', '-n', ns.client!, 'route', 'replace', `${SERVER}/32`, 'via', '10.72.0.1', 'src', CLIENTS[0]!],
  ],
  programs: {
    object: 'gro',
    role: 'router',
    attach: [`xdp:${INSIDE}:stamp_alike`, `egress:${OUTSIDE}:behind_gro`],
  },
  watch: { role: 'router', devices: ROUTER_DEVICES },
  traffic: (ns) => [
    { send: ['offload', ns.router!, INSIDE, 'gro', 'on'] },
    { send: ['offload', ns.router!, OUTSIDE, 'tso', 'off'] },
    { send: ['offload', ns.router!, OUTSIDE, 'gso', 'off'] },
    { during: ['sink', ns.server!, PORT] },
    { send: ['tcp', ns.client!, SERVER, PORT, String(BYTES)] },
  ],
  packets: 0,
  expect: [],
  losses: () => [],
  // How many are lost, and which are clobbered, depends on what GRO merged and on when the neighbour was cached.
  undetermined: / (lost|clobbered) /,
  ratios: [
    exactly(SEGMENTS_OUT, STAMPED),
    { of: PACKETS, to: STAMPED, from: 0.001, upTo: 0.9 },
    exactly(QUEUED, PACKETS),
    { of: SENT, to: SEGMENTS_OUT, from: 0, upTo: 0.5 },
  ],
  survival: [
    {
      operation: 'software GSO on the way out (skb_segment)',
      told: (of) => (of(SENT) < of(SEGMENTS_OUT) / 2 ? { outcome: 'lost' } : { outcome: 'survives' }),
    },
  ],
};
