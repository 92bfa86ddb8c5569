import { datagrams, pair, stamp, written } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 8;
/** As in bpf/two-writers.bpf.c, little-endian. */
const TENANT = '64636261';

export const twoWriters: Scenario = {
  name: 'two-writers',
  summary: 'two TC programs that do not know of each other write to one area',
  roles: ['client', 'lab'],
  network: pair,
  programs: {
    object: 'two-writers',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:set_tenant', 'ingress:lab0:take_area', 'ingress:lab0:behind'],
  },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS) }],
  packets: PACKETS,
  expect: [
    ...written('lab0', 'stamp'),
    {
      at: 'lab0:tcx/ingress@after:set_tenant',
      state: 'changed',
      cause: 'tcProgram',
      known: 'seen',
      writer: 'set_tenant',
      area: (sequence) => stamp(sequence).slice(0, -8) + TENANT,
      truth: 'tenant',
    },
    // The second one's type is where the first one's was: a TLV is gone, and the summary says which.
    {
      at: 'lab0:tcx/ingress@after:take_area',
      state: 'changed',
      cause: 'tcProgram',
      known: 'seen',
      writer: 'take_area',
      area: (sequence) => `02${stamp(sequence).slice(2, -8)}${TENANT}`,
      truth: 'taken',
    },
  ],
  survival: [{ operation: 'two TC programs write to one area', at: 'lab0:tcx/ingress@after:take_area' }],
  losses: () =>
    ['*', 'trace_id'].map(
      (tlv) => `lab0:tcx/ingress@after:take_area changed tcProgram seen ${tlv} ${PACKETS}`,
    ),
};
