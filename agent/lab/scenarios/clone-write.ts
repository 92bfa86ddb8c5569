import { KERNEL_KEEPS } from '#core/diagnosis/kernel-version.ts';
import { datagrams, none, pair, stamp } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;

export const cloneWrite: Scenario = {
  name: 'clone-write',
  summary: 'a packet socket clones every packet, then a TC program writes to it',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'clone-write',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:lab0:write_packet', 'ingress:lab0:after'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ during: ['sniff', ns.lab!, 'lab0'] }, { send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  expect: [
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp },
    { at: 'lab0:tcx/ingress@after:before', state: 'present', area: stamp, truth: 'before' },
    {
      at: 'lab0:tcx/ingress@after:write_packet',
      below: KERNEL_KEEPS,
      state: 'lost',
      cause: 'expandHeadByProgram',
      known: 'implied',
      writer: 'write_packet',
      area: none,
    },
    { at: 'lab0:tcx/ingress@last', below: KERNEL_KEEPS, state: 'none', area: none, truth: 'after' },
    { at: 'lab0:kfree_skb', below: KERNEL_KEEPS, state: 'none', area: none, drop: 'NO_SOCKET' },
  ],
  survival: [{ operation: 'TC program writes to the packet, cloned', at: 'lab0:tcx/ingress@last' }],
  losses: (kernel) =>
    kernel >= KERNEL_KEEPS
      ? []
      : ['*', 'trace_id', 'tenant'].map(
          (tlv) => `lab0:tcx/ingress@after:write_packet lost expandHeadByProgram implied ${tlv} ${PACKETS}`,
        ),
};

/** The same without the packet socket. */
export const tcWrite: Scenario = {
  ...cloneWrite,
  name: 'tc-write',
  summary: 'a TC program writes to a packet that nobody else has',
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  expect: [
    { at: 'lab0:tcx/ingress@after:before', state: 'present', area: stamp, truth: 'before' },
    { at: 'lab0:tcx/ingress@after:write_packet', state: 'present', area: stamp },
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'after' },
    { at: 'lab0:kfree_skb', state: 'present', area: stamp, drop: 'NO_SOCKET' },
  ],
  survival: [{ operation: 'TC program writes to the packet', at: 'lab0:tcx/ingress@last' }],
  losses: () => [],
};
