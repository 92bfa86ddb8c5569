import { CLIENT_ADDRESS, datagrams, end, LAB_ADDRESS, pair, stamp } from '../scenario/network.ts';
import type { Command, Scenario } from '../scenario/types.ts';

const PACKETS = 8;
const INNER = { lab: '10.75.0.1', client: '10.75.0.2' };
const INNER_MAC = { lab: '02:00:00:00:01:01', client: '02:00:00:00:01:02' };

function tunnel(netns: string, device: string, local: string, remote: string): Command {
  const type = `type vxlan id 42 local ${local} remote ${remote} dev ${device} dstport 4789 noudpcsum`;
  return ['ip', '-n', netns, 'link', 'add', 'vx0', ...type.split(' ')];
}

/** What lies in front of the inner packet: UDP (source port, 4789, 90 bytes, no checksum) and VXLAN (network 42). */
const outerHeaders = (): string => '.... 12b5 005a 0000 08000000 00002a00'.replaceAll(' ', '');

export const vxlan: Scenario = {
  name: 'vxlan',
  summary: 'a VXLAN tunnel ends here: the inner packet keeps the length of the outer one’s metadata',
  roles: ['client', 'lab'],
  network: (ns) => [
    ...pair(ns),
    tunnel(ns.client!, 'client0', CLIENT_ADDRESS, LAB_ADDRESS),
    tunnel(ns.lab!, 'lab0', LAB_ADDRESS, CLIENT_ADDRESS),
    ...end(ns.client!, 'vx0', INNER.client, INNER_MAC.client, { [INNER.lab]: INNER_MAC.lab }),
    ...end(ns.lab!, 'vx0', INNER.lab, INNER_MAC.lab, { [INNER.client]: INNER_MAC.client }),
  ],
  programs: {
    object: 'eyes',
    role: 'lab',
    attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:vx0:after'],
  },
  watch: { role: 'lab', devices: ['lab0', 'vx0'] },
  traffic: (ns) => [{ send: datagrams(ns, PACKETS, INNER.lab) }],
  packets: PACKETS,
  expect: [
    { at: 'lab0:tcx/ingress@first', state: 'present', area: stamp },
    { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
    {
      at: 'vx0:napi_gro_receive_entry',
      state: 'suspect',
      cause: 'macForward',
      known: 'implied',
      area: outerHeaders,
    },
    { at: 'vx0:tcx/ingress@last', state: 'present', area: outerHeaders, truth: 'after' },
  ],
  survival: [{ operation: 'VXLAN tunnel ends here', at: 'vx0:napi_gro_receive_entry' }],
  losses: () =>
    ['*', 'trace_id', 'tenant'].map(
      (tlv) => `vx0:napi_gro_receive_entry suspect macForward implied ${tlv} ${PACKETS}`,
    ),
};
