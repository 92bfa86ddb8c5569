/** All scenarios, in the order in which they are listed. */
import { adjustRoom } from '../scenarios/adjust-room.ts';
import { cloneWrite, tcWrite } from '../scenarios/clone-write.ts';
import { drop } from '../scenarios/drop.ts';
import { forward } from '../scenarios/forward.ts';
import { groAlike, groUnique } from '../scenarios/gro.ts';
import { twoWriters } from '../scenarios/two-writers.ts';
import { vethXdp, vethXdpRebuild } from '../scenarios/veth-xdp.ts';
import { vlanPush } from '../scenarios/vlan-push.ts';
import { vxlan } from '../scenarios/vxlan.ts';
import type { Scenario } from './types.ts';

export const SCENARIOS: readonly Scenario[] = [
  forward,
  vlanPush,
  adjustRoom,
  tcWrite,
  cloneWrite,
  twoWriters,
  drop,
  vxlan,
  vethXdp,
  vethXdpRebuild,
  groAlike,
  groUnique,
];
