import { ip, LAB_ADDRESS, LAB_ADDRESS6, pair6, PORT, stamp, written } from '../scenario/network.ts';
import type { Scenario } from '../scenario/types.ts';

const PACKETS = 6;

/** The request with the stamp as far as its socket, the answer on its way back without. */
function socket(transport: 'udp' | 'tcp', family: 4 | 6): Scenario {
  const name = `socket-${transport}${family === 6 ? '6' : ''}`;
  const shown = `${transport.toUpperCase()} over IPv${family}`;
  return {
    name,
    summary: `XDP writes, tcx reads, a socket receives and answers: ${shown}`,
    roles: ['client', 'lab'],
    // A busy machine answers late: nothing is to be sent twice, neither after a timeout nor as a probe for the tail (RFC 8985).
    network: (ns) => [
      ...pair6(ns),
      ip(ns.client!, 'route add 10.74.0.1/32 dev client0 rto_min 4s'),
      ip(ns.client!, '-6 route add fd74::1/128 dev client0 rto_min 4s'),
      ['ip', 'netns', 'exec', ns.client!, 'sh', '-c', 'echo 0 >/proc/sys/net/ipv4/tcp_early_retrans'],
    ],
    programs: {
      object: 'eyes',
      role: 'lab',
      attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'egress:lab0:after'],
    },
    watch: { role: 'lab', devices: ['lab0'] },
    traffic: (ns) => [
      { during: ['echo', ns.lab!, PORT] },
      {
        send: [
          'ask',
          ns.client!,
          transport,
          family === 4 ? LAB_ADDRESS : LAB_ADDRESS6,
          PORT,
          String(PACKETS),
        ],
      },
    ],
    packets: PACKETS,
    expect: [
      ...written('lab0', 'stamp'),
      { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp },
      { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
      { at: 'lab0:cgroup_skb/ingress', state: 'present', area: stamp },
    ],
    losses: () => [],
    // Whoever has the socket when a segment comes makes it wait in the backlog, where TCP may join two.
    undetermined: / (present|lost) coalesced implied /,
    // Nothing of what is sent carries metadata, not even the answers.
    ratios: [
      { of: { withMetadataAt: 'lab0:net_dev_start_xmit' }, to: { number: 1 }, from: 0, upTo: 0 },
      { of: { eventsAt: 'lab0:net_dev_start_xmit' }, to: { number: PACKETS }, from: 1, upTo: 4 },
    ],
    survival: [{ operation: `to the socket, ${shown}`, at: 'lab0:cgroup_skb/ingress' }],
  };
}

export const socketUdp = socket('udp', 4);
export const socketUdp6 = socket('udp', 6);
export const socketTcp = socket('tcp', 4);
export const socketTcp6 = socket('tcp', 6);
