import { datagrams, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

/** A packet socket that clones, and nobody who writes. */
export const clone: Scenario = {
  name: 'clone',
  summary: 'a packet socket clones every packet, and nobody writes to it',
  roles: ['client', 'lab'],
  network: pair,
  programs: { object: 'eyes', role: 'lab', attach: ['xdp:lab0:stamp', 'ingress:lab0:after'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ during: ['sniff', ns.lab!, 'lab0'] }, { send: datagrams(ns, PACKETS) }],
  expect: [{ at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' }],
  packets: PACKETS,
  losses: () => [],
  survival: [{ operation: 'packet socket that clones, no write', at: 'lab0:tcx/ingress@last' }],
};
