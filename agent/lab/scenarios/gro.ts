import { LAB_ADDRESS, pair, PORT } from '../scenario/network.ts';
import type { Quantity, Ratio, Scenario } from '../scenario/types.ts';

const BYTES = 512 * 1024;
/** Payload of a segment: 1500 less headers of 20 and 32. */
const SEGMENT_BYTES = 1448;
const SEGMENTS: Quantity = { number: Math.ceil(BYTES / SEGMENT_BYTES) };
/** The counters of bpf/gro.bpf.c. */
const STAMPED: Quantity = { counter: 0 };
const PACKETS: Quantity = { counter: 1 };
const SEGMENTS_OUT: Quantity = { counter: 2 };

const exactly = (of: Quantity, to: Quantity): Ratio => ({ of, to, from: 1, upTo: 1 });

/** Nothing is lost on the way, and the probe saw what the programs saw. */
const ACCOUNT: readonly Ratio[] = [
  // With those of the handshake, and retransmissions.
  { of: STAMPED, to: SEGMENTS, from: 1, upTo: 1.5 },
  exactly(SEGMENTS_OUT, STAMPED),
  exactly({ eventsAt: 'lab0:napi_gro_receive_entry' }, STAMPED),
  exactly({ eventsAt: 'lab0:netif_receive_skb' }, PACKETS),
];

/** The exact ratio is another each time. */
function merged(of: (quantity: Quantity) => number): string {
  return of(PACKETS) < of(STAMPED) / 2
    ? 'merged: at least two segments a packet'
    : 'not merged: a packet for each segment';
}

export const groAlike: Scenario = {
  name: 'gro-alike',
  summary: 'TCP segments with the same metadata: GRO merges them',
  roles: ['client', 'lab'],
  network: pair,
  programs: { object: 'gro', role: 'lab', attach: ['xdp:lab0:stamp_alike', 'ingress:lab0:behind_gro'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [
    { send: ['offload', ns.lab!, 'lab0', 'gro', 'on'] },
    { during: ['sink', ns.lab!, PORT] },
    { send: ['tcp', ns.client!, LAB_ADDRESS, PORT, String(BYTES)] },
  ],
  packets: 0,
  expect: [],
  losses: () => [],
  survival: [
    {
      operation: 'GRO, metadata alike',
      told: (of) => ({ outcome: 'survives', note: merged(of) }),
    },
  ],
  ratios: [...ACCOUNT, { of: PACKETS, to: STAMPED, from: 0.001, upTo: 0.5 }],
};

export const groUnique: Scenario = {
  ...groAlike,
  name: 'gro-unique',
  summary: 'TCP segments with metadata of their own: GRO leaves each alone',
  // TCP joins in a queue of the socket what GRO left alone.
  undetermined: / lost coalesced implied /,
  programs: { object: 'gro', role: 'lab', attach: ['xdp:lab0:stamp_each', 'ingress:lab0:behind_gro'] },
  survival: [
    {
      operation: 'GRO, metadata of each packet its own',
      told: (of) => ({ outcome: 'survives', note: merged(of) }),
    },
  ],
  ratios: [...ACCOUNT, exactly(PACKETS, STAMPED)],
};
