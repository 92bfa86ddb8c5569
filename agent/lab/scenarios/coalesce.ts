import { ip, LAB_ADDRESS, pair, PORT, stamp, written } from '../scenario/network.ts';
import type { Expectation, Quantity, Scenario } from '../scenario/types.ts';

const PACKETS = 6;
const LATER = [2, PACKETS] as const;
/** Long enough for each to be a segment of its own, and to arrive in order. */
const PAUSE_US = '2000';
const CAME: Quantity = { withMetadataAt: 'lab0:tcp_probe' };
const READ: Quantity = { withMetadataAt: 'lab0:skb_copy_datagram_iovec' };

const seen: readonly Expectation[] = [
  { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp, truth: 'before' },
  { at: 'lab0:cgroup_skb/ingress', state: 'present', area: stamp },
  { at: 'lab0:tcp_probe', packets: [1, 1], state: 'present', area: stamp },
  {
    at: 'lab0:tcp_probe',
    packets: LATER,
    state: 'present',
    cause: 'coalesced',
    known: 'implied',
    area: stamp,
  },
  // All of the payload is in the one sk_buff, with the metadata of the first.
  {
    at: 'lab0:skb_copy_datagram_iovec',
    packets: [1, 1],
    state: 'present',
    cause: 'coalesced',
    known: 'implied',
    area: stamp,
  },
];

/** Segments with metadata of their own wait in a queue of their socket, whose owner reads when all are there. */
const queued: Omit<Scenario, 'name' | 'summary' | 'programs' | 'expect' | 'survival'> = {
  roles: ['client', 'lab'],
  // Nothing is sent twice without need: a busy machine answers late.
  network: (ns) => [...pair(ns), ip(ns.client!, 'route add 10.74.0.1/32 dev client0 rto_min 1s')],
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [
    { during: ['hold', ns.lab!, PORT, String(PACKETS)] },
    { send: ['tell', ns.client!, LAB_ADDRESS, PORT, String(PACKETS), PAUSE_US] },
  ],
  packets: PACKETS,
  losses: () =>
    ['*', 'tenant', 'trace_id'].map(
      (tlv) => `lab0:skb_copy_datagram_iovec lost coalesced implied ${tlv} ${PACKETS - 1}`,
    ),
  ratios: [
    { of: CAME, to: { number: PACKETS }, from: 1, upTo: 1 },
    { of: { eventsAt: 'lab0:skb_copy_datagram_iovec' }, to: { number: 1 }, from: 1, upTo: 1 },
    { of: READ, to: { number: 1 }, from: 1, upTo: 1 },
  ],
};

const lost = (of: (quantity: Quantity) => number) =>
  of(READ) === of(CAME)
    ? ({ outcome: 'survives' } as const)
    : ({ outcome: 'lost', note: `that of ${of(CAME) - of(READ)} of ${of(CAME)} segments` } as const);

export const coalesce: Scenario = {
  ...queued,
  name: 'coalesce',
  summary:
    'TCP segments with metadata of their own, coalesced in the receive queue of a socket that is read late',
  programs: { object: 'eyes', role: 'lab', attach: ['xdp:lab0:stamp', 'ingress:lab0:before'] },
  expect: [...written('lab0', 'stamp'), ...seen],
  survival: [{ operation: 'TCP receive queue coalesces', told: lost }],
};

export const coalesceOfo: Scenario = {
  ...queued,
  name: 'coalesce-ofo',
  summary: 'the same where the first segment comes late, and takes in what waited out of order',
  programs: {
    object: 'lose-first',
    role: 'lab',
    attach: ['xdp:lab0:stamp_late', 'ingress:lab0:before'],
  },
  expect: [
    // Of the first segment XDP has seen two.
    ...written('lab0', 'stamp_late').map((one) => (one.traced === true ? { ...one, packets: LATER } : one)),
    ...seen,
  ],
  survival: [{ operation: 'TCP coalesces what came out of order', told: lost }],
};
