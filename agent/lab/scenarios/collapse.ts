import { ip, LAB_ADDRESS, pair, PORT, stamp, written } from '../scenario/network.ts';
import { sysctl } from '../scenario/router.ts';
import type { Quantity, Scenario } from '../scenario/types.ts';

const PACKETS = 60;
/** More of them than fit behind the first one in its own sk_buff. */
const SEGMENT_BYTES = 200;
/** SO_RCVBUF: place for some sk_buffs of these segments, and for the payload of all. */
const ROOM_BYTES = '16384';
/** Long enough for each to be a segment of its own, and to arrive in order. */
const PAUSE_US = '2000';
const CAME: Quantity = { withMetadataAt: 'lab0:tcp_probe' };
const READ: Quantity = { withMetadataAt: 'lab0:skb_copy_datagram_iovec' };

/**
 * Segments come to a socket that nobody reads until its receive queue is short of memory, and TCP collapses it, more than once. The
 * one for which it last did so is behind what was collapsed, and takes in those that follow, until it is full. How many there are
 * of each is a matter of memory; that is why nothing is in the survival table.
 */
export const collapse: Scenario = {
  name: 'collapse',
  summary: 'TCP segments with metadata of their own, collapsed in a receive queue that is short of memory',
  roles: ['client', 'lab'],
  // Each is sent once, and at once: acknowledgements come late, and the window of a sender and its probe for a lost tail wait for them.
  network: (ns) => [
    ...pair(ns),
    ip(ns.client!, `route add 10.74.0.1/32 dev client0 rto_min 1s initcwnd ${2 * PACKETS}`),
    sysctl(ns.client!, 'net.ipv4.tcp_early_retrans=0'),
  ],
  watch: { role: 'lab', devices: ['lab0'] },
  programs: { object: 'eyes', role: 'lab', attach: ['xdp:lab0:stamp', 'ingress:lab0:before'] },
  traffic: (ns) => [
    { during: ['cram', ns.lab!, PORT, String(PACKETS * SEGMENT_BYTES), ROOM_BYTES] },
    { send: ['tell', ns.client!, LAB_ADDRESS, PORT, String(PACKETS), PAUSE_US, String(SEGMENT_BYTES)] },
  ],
  packets: PACKETS,
  expect: [
    ...written('lab0', 'stamp'),
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp, truth: 'before' },
    { at: 'lab0:cgroup_skb/ingress', state: 'present', area: stamp },
    { at: 'lab0:tcp_probe', state: 'present', area: stamp },
  ],
  losses: () => [],
  undetermined: /^lab0:(tcp_probe|skb_copy_datagram_iovec) \S+ coalesced /,
  ratios: [
    { of: CAME, to: { number: PACKETS }, from: 1, upTo: 1 },
    // Some are seen to be read, and most are not.
    { of: READ, to: { number: PACKETS }, from: 1 / PACKETS, upTo: 1 / 2 },
  ],
  said: ['collapsed'],
  survival: [],
};
