import { datagrams, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** XDP where the device has no hook of its own: behind GRO, on an sk_buff. */
export const generic: Scenario = {
  name: 'generic-xdp',
  summary: 'generic XDP writes, tcx reads',
  roles: ['client', 'lab'],
  network: pair,
  programs: { object: 'eyes', role: 'lab', attach: ['xdpgeneric:lab0:stamp', 'ingress:lab0:after'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'generic XDP to tcx', at: 'lab0:tcx/ingress@last' }],
};
