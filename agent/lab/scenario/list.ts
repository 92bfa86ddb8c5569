/** All scenarios, in the order in which they are listed. */
import { adjustRoom } from '../scenarios/adjust-room.ts';
import * as area from '../scenarios/area.ts';
import * as changeHead from '../scenarios/change-head.ts';
import * as changeProto from '../scenarios/change-proto.ts';
import * as changeTail from '../scenarios/change-tail.ts';
import * as devices from '../scenarios/devices.ts';
import * as redirect from '../scenarios/redirect.ts';
import * as room from '../scenarios/room.ts';
import * as socket from '../scenarios/socket.ts';
import * as tunnels from '../scenarios/tunnels.ts';
import * as vlan from '../scenarios/vlan.ts';
import { cloneWrite, tcWrite } from '../scenarios/clone-write.ts';
import { drop } from '../scenarios/drop.ts';
import { forward } from '../scenarios/forward.ts';
import { groAlike, groUnique } from '../scenarios/gro.ts';
import { gso } from '../scenarios/gso.ts';
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
  gso,
  ...[socket, area, redirect, devices, tunnels, room, changeHead, changeProto, changeTail, vlan].flatMap(
    (family) => Object.values(family),
  ),
];
