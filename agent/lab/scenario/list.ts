/** All scenarios, in the order in which they are listed. */
import { adjustRoom } from '../scenarios/adjust-room.ts';
import * as area from '../scenarios/area.ts';
import * as changeHead from '../scenarios/change-head.ts';
import * as changeProto from '../scenarios/change-proto.ts';
import * as changeTail from '../scenarios/change-tail.ts';
import { bridge } from '../scenarios/bridge.ts';
import { clone } from '../scenarios/clone.ts';
import { generic } from '../scenarios/generic-xdp.ts';
import * as gre from '../scenarios/gre-end.ts';
import * as tunnel from '../scenarios/forward-tunnel.ts';
import * as lwtunnel from '../scenarios/forward-lwtunnel.ts';
import { macvlan } from '../scenarios/macvlan.ts';
import { netnsLeak } from '../scenarios/netns-leak.ts';
import { vlanDevice } from '../scenarios/vlan-device.ts';
import { vlanUntag } from '../scenarios/vlan-untag.ts';
import * as redirect from '../scenarios/redirect.ts';
import * as room from '../scenarios/room.ts';
import * as shuffle from '../scenarios/shuffle.ts';
import * as socket from '../scenarios/socket.ts';
import * as vlan from '../scenarios/vlan.ts';
import * as coalesce from '../scenarios/coalesce.ts';
import { collapse } from '../scenarios/collapse.ts';
import { cloneWrite, tcWrite } from '../scenarios/clone-write.ts';
import { drop } from '../scenarios/drop.ts';
import { forward, forward6 } from '../scenarios/forward.ts';
import { groAlike, groUnique } from '../scenarios/gro.ts';
import { gso } from '../scenarios/gso.ts';
import { sniffedFlow } from '../scenarios/sniffed-flow.ts';
import { twoWriters } from '../scenarios/two-writers.ts';
import { vethXdp, vethXdpRebuild } from '../scenarios/veth-xdp.ts';
import { vlanPush } from '../scenarios/vlan-push.ts';
import { vxlan } from '../scenarios/vxlan.ts';
import type { Scenario } from './types.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...Object.values(socket),
  ...Object.values(area),
  generic,
  twoWriters,
  drop,
  clone,
  tcWrite,
  cloneWrite,
  sniffedFlow,
  adjustRoom,
  ...Object.values(room),
  ...Object.values(changeHead),
  ...Object.values(changeProto),
  ...Object.values(changeTail),
  vlanPush,
  ...Object.values(vlan),
  forward,
  forward6,
  ...Object.values(tunnel),
  ...Object.values(lwtunnel),
  vxlan,
  ...Object.values(gre),
  vlanDevice,
  vlanUntag,
  bridge,
  macvlan,
  netnsLeak,
  vethXdp,
  vethXdpRebuild,
  ...Object.values(redirect),
  groAlike,
  groUnique,
  gso,
  ...Object.values(coalesce),
  collapse,
  ...Object.values(shuffle),
];
