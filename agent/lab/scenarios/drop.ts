import { datagrams, pair, stamp, written } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

export const drop: Scenario = {
  name: 'drop',
  summary: 'packets dropped by a TC program, and for want of a socket',
  roles: ['client', 'lab'],
  network: pair,
  programs: { object: 'drop', role: 'lab', attach: ['xdp:lab0:stamp', 'ingress:lab0:drop_even'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  expect: [
    ...written('lab0', 'stamp'),
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp, truth: 'before' },
    { at: 'lab0:kfree_skb', parity: 'even', state: 'present', area: stamp, drop: 'TC_INGRESS' },
    { at: 'lab0:tcx/ingress@last', parity: 'odd', state: 'present', area: stamp },
    { at: 'lab0:kfree_skb', parity: 'odd', state: 'present', area: stamp, drop: 'NO_SOCKET' },
  ],
  losses: () => [],
  survival: [
    { operation: 'dropped by TC', at: 'lab0:kfree_skb', packets: [2, 2] },
    { operation: 'dropped for want of a socket', at: 'lab0:kfree_skb', packets: [1, 1] },
  ],
};
