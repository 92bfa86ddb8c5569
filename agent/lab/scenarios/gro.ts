import { LAB_ADDRESS, pair, PORT } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const BYTES = String(512 * 1024);

export const groAlike: Scenario = {
  name: 'gro-alike',
  summary: 'TCP segments with the same metadata: GRO merges them',
  roles: ['client', 'lab'],
  network: pair,
  programs: { object: 'gro', role: 'lab', attach: ['xdp:lab0:stamp_alike', 'ingress:lab0:behind_gro'] },
  watch: { role: 'lab', devices: ['lab0'] },
  traffic: (ns) => [
    { during: ['sink', ns.lab!, PORT] },
    { send: ['tcp', ns.client!, LAB_ADDRESS, PORT, BYTES] },
  ],
  packets: 0,
  expect: [],
  losses: () => [],
};

export const groUnique: Scenario = {
  ...groAlike,
  name: 'gro-unique',
  summary: 'TCP segments with metadata of their own: GRO leaves each alone',
  programs: { object: 'gro', role: 'lab', attach: ['xdp:lab0:stamp_each', 'ingress:lab0:behind_gro'] },
};
