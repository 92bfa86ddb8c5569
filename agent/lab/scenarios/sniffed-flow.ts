import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { datagrams, LAB_ADDRESS, none, pair, PORT, stamp } from '../scenario/network.ts';
import type { Expectation, Namespaces, Scenario, Step } from '../scenario/types.ts';

/** As in bpf/mark-flow.bpf.c. */
const MARKED_PORT = '7101';
/** Packets to one port before some to the other are sent. */
const RUN = 4;
/** To each port in turn, as many before the packet socket as after. */
const RUNS = 16;
const PACKETS = RUN * RUNS;
const FIRST_SNIFFED = RUNS / 2;

const isMarked = (run: number): boolean => run % 2 === 1;
const isHit = (run: number): boolean => isMarked(run) && run >= FIRST_SNIFFED;
const ALL_RUNS = Array.from({ length: RUNS }, (_, run) => run);

function send(ns: Namespaces, run: number): Step {
  return { send: datagrams(ns, RUN, LAB_ADDRESS, isMarked(run) ? MARKED_PORT : PORT, 1 + run * RUN) };
}

/** Of the packets of one run, behind the program that marks. */
function fate(run: number): Expectation[] {
  const packets = [1 + run * RUN, (1 + run) * RUN] as const;
  if (!isHit(run)) return [{ packets, at: 'lab0:cgroup_skb/ingress', state: 'present', area: stamp }];
  return [
    {
      packets,
      at: 'lab0:tcx/ingress@after:mark_dscp',
      below: KERNEL_KEEPS,
      state: 'lost',
      cause: 'expandHeadByProgram',
      known: 'implied',
      writer: 'mark_dscp',
      area: none,
    },
    { packets, at: 'lab0:tcx/ingress@last', below: KERNEL_KEEPS, state: 'none', area: none, truth: 'after' },
    { packets, at: 'lab0:cgroup_skb/ingress', below: KERNEL_KEEPS, state: 'none', area: none },
  ];
}

export const sniffedFlow: Scenario = {
  name: 'sniffed-flow',
  summary: 'a packet socket comes halfway: from then on one of two services loses its metadata',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'mark-flow',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:lab0:mark_dscp', 'ingress:lab0:after'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [
    { during: ['sink', ns.lab!, PORT] },
    { during: ['sink', ns.lab!, MARKED_PORT] },
    ...ALL_RUNS.slice(0, FIRST_SNIFFED).map((run) => send(ns, run)),
    { during: ['sniff', ns.lab!, 'lab0'] },
    ...ALL_RUNS.slice(FIRST_SNIFFED).map((run) => send(ns, run)),
  ],
  packets: PACKETS,
  expect: [
    { at: 'lab0:tcx/ingress@after:before', state: 'present', area: stamp, truth: 'before' },
    ...ALL_RUNS.flatMap(fate),
  ],
  // What is done to a packet here has its row already: `clone-write`.
  survival: [],
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : ['*', 'trace_id', 'tenant'].map(
          (tlv) =>
            `lab0:tcx/ingress@after:mark_dscp lost expandHeadByProgram implied ${tlv} ${RUN * ALL_RUNS.filter(isHit).length}`,
        ),
};
