import { KERNEL_LWTUNNEL_CLEARS } from '#core/diagnosis/kernel-version.ts';
import { ROUTER_DEVICES, SERVER, v6 } from '../forward/topology.ts';
import { ip, none, stamp } from '../scenario/network.ts';
import {
  ROUTED_BEFORE,
  ROUTED_PACKETS,
  router,
  routerNetwork,
  sysctl,
  toServer,
} from '../scenario/router.ts';
import type { Command, Scenario } from '../scenario/types.ts';

const [INSIDE, OUTSIDE] = ROUTER_DEVICES;
const LABEL = 100;
const LABEL_BYTES = 4;

const mplsNeeds = (netns: string): Command[] => [
  ip(netns, 'link set lo up'),
  sysctl(netns, 'net.mpls.platform_labels=1000'),
  ip(netns, `route add 10.255.0.0/16 encap mpls ${LABEL} dev lo`),
];

export const forwardMpls: Scenario = {
  ...router,
  name: 'forward-mpls',
  summary: 'a router forwards with an MPLS label pushed by the route (lwtunnel)',
  needs: (ns) => mplsNeeds(ns.router!),
  network: (ns) => [
    ...routerNetwork(ns),
    ip(ns.router!, `route replace ${SERVER}/32 encap mpls ${LABEL} via 10.73.0.2`),
  ],
  traffic: (ns) => toServer(ns),
  expect: [
    ...ROUTED_BEFORE,
    {
      at: `${OUTSIDE}:tcx/egress@first`,
      below: KERNEL_LWTUNNEL_CLEARS,
      state: 'suspect',
      cause: 'macBackward',
      known: 'implied',
      area: () => '.'.repeat(32),
    },
    {
      at: `${OUTSIDE}:tcx/egress@first`,
      since: KERNEL_LWTUNNEL_CLEARS,
      state: 'lost',
      cause: 'lwtunnel',
      known: 'rule',
      area: none,
    },
  ],
  losses: (kernel) =>
    ['*', 'trace_id', 'tenant'].map((tlv) =>
      kernel < KERNEL_LWTUNNEL_CLEARS
        ? `${OUTSIDE}:tcx/egress@first suspect macBackward implied ${tlv} ${ROUTED_PACKETS}`
        : `${OUTSIDE}:tcx/egress@first lost lwtunnel rule ${tlv} ${ROUTED_PACKETS}`,
    ),
  survival: [
    { operation: 'forwarded with an MPLS label pushed (lwtunnel)', at: `${OUTSIDE}:tcx/egress@first` },
  ],
};

/** The last label is taken off, and the packet goes on to the server. */
export const mplsPop: Scenario = {
  ...router,
  name: 'mpls-pop',
  summary: 'a router takes the MPLS label off and forwards',
  needs: (ns) => mplsNeeds(ns.router!),
  network: (ns) => [
    ...routerNetwork(ns),
    sysctl(ns.router!, `net.mpls.conf.${INSIDE}.input=1`),
    ip(ns.router!, `-f mpls route add ${LABEL} via inet 10.73.0.2 dev ${OUTSIDE}`),
    ip(ns.client!, `route replace ${SERVER}/32 encap mpls ${LABEL} via 10.72.0.1`),
  ],
  traffic: (ns) => toServer(ns),
  expect: [
    ...ROUTED_BEFORE,
    // The MAC header went 4 bytes back: the end of the stamp, and the beginning of the Ethernet header that was received.
    {
      at: `${OUTSIDE}:tcx/egress@first`,
      state: 'suspect',
      cause: 'macForward',
      known: 'implied',
      area: (sequence) => `${stamp(sequence).slice(2 * LABEL_BYTES)}........`,
    },
  ],
  losses: () =>
    ['*', 'trace_id', 'tenant'].map(
      (tlv) => `${OUTSIDE}:tcx/egress@first suspect macForward implied ${tlv} ${ROUTED_PACKETS}`,
    ),
  survival: [{ operation: 'MPLS label taken off, forwarded', at: `${OUTSIDE}:tcx/egress@first` }],
};

export const forwardSeg6: Scenario = {
  ...router,
  name: 'forward-seg6',
  summary: 'a router forwards IPv6 inside segment routing (lwtunnel)',
  needs: (ns) => [
    ip(ns.router!, 'link set lo up'),
    ip(ns.router!, 'route add fd98::/64 encap seg6 mode encap segs fd99::1 dev lo'),
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
  expect: [
    ...ROUTED_BEFORE,
    // The MAC header is that of the outer packet, before it has one.
    {
      at: `${INSIDE}:nf/forward`,
      below: KERNEL_LWTUNNEL_CLEARS,
      state: 'suspect',
      cause: 'macBackward',
      known: 'implied',
      area: () => '.'.repeat(32),
    },
    {
      at: `${OUTSIDE}:tcx/egress@last`,
      since: KERNEL_LWTUNNEL_CLEARS,
      state: 'none',
      area: none,
      truth: 'after',
    },
  ],
  losses: (kernel) =>
    ['*', 'trace_id', 'tenant'].map((tlv) =>
      kernel < KERNEL_LWTUNNEL_CLEARS
        ? `${INSIDE}:nf/forward suspect macBackward implied ${tlv} ${ROUTED_PACKETS}`
        : // seg6_input() is on the way in, where the rule for lwtunnel_xmit() does not look.
          `${INSIDE}:nf/forward lost unknown unknown ${tlv} ${ROUTED_PACKETS}`,
    ),
  survival: [{ operation: 'forwarded inside segment routing (lwtunnel)', at: `${OUTSIDE}:tcx/egress@first` }],
};
