import {
  CLIENT_ADDRESS,
  datagrams,
  end,
  ip,
  LAB_ADDRESS,
  pair,
  stamp,
  written,
} from '../scenario/network.ts';
import type { Command, Scenario } from '../scenario/types.ts';

const PACKETS = 6;

/** A GRE tunnel that ends here, as `vxlan` does. */
function greEnd(type: 'gre' | 'gretap', summary: string): Scenario {
  const tunnel = (netns: string, local: string, remote: string): Command =>
    ip(netns, `link add tun0 type ${type} local ${local} remote ${remote}`);
  /** What lies in front of the inner packet: the end of the outer IPv4 header, then GRE. */
  const outerHeaders = (): string =>
    `402f .... 0a4a0002 0a4a0001 0000 ${type === 'gre' ? '0800' : '6558'}`.replaceAll(' ', '');
  return {
    name: `${type}-end`,
    summary,
    roles: ['client', 'lab'],
    needs: ({ lab }) => [ip(lab!, `link add probe0 type ${type} local 127.0.0.1 remote 127.0.0.2`)],
    network: (ns) => [
      ...pair(ns),
      tunnel(ns.client!, CLIENT_ADDRESS, LAB_ADDRESS),
      tunnel(ns.lab!, LAB_ADDRESS, CLIENT_ADDRESS),
      ...(type === 'gretap'
        ? [
            ...end(ns.client!, 'tun0', '10.75.0.2', '02:00:00:00:01:02', {
              '10.75.0.1': '02:00:00:00:01:01',
            }),
            ...end(ns.lab!, 'tun0', '10.75.0.1', '02:00:00:00:01:01', { '10.75.0.2': '02:00:00:00:01:02' }),
          ]
        : [
            ip(ns.client!, 'addr add 10.75.0.2/24 dev tun0'),
            ip(ns.lab!, 'addr add 10.75.0.1/24 dev tun0'),
            ip(ns.client!, 'link set tun0 addrgenmode none up'),
            ip(ns.lab!, 'link set tun0 addrgenmode none up'),
          ]),
    ],
    programs: {
      object: 'eyes',
      role: 'lab',
      attach: ['xdp:lab0:stamp', 'ingress:lab0:before', 'ingress:tun0:after'],
    },
    watch: { role: 'lab', devices: ['lab0', 'tun0'] },
    traffic: (ns) => [{ send: datagrams(ns, PACKETS, '10.75.0.1') }],
    packets: PACKETS,
    expect: [
      ...written('lab0', 'stamp'),
      { at: 'lab0:tcx/ingress@last', state: 'present', area: stamp, truth: 'before' },
      {
        at: 'tun0:napi_gro_receive_entry',
        state: 'suspect',
        cause: 'macForward',
        known: 'implied',
        area: outerHeaders,
      },
      {
        at: 'tun0:tcx/ingress@last',
        state: 'present',
        area: outerHeaders,
        // Without an Ethernet header a program finds no number.
        ...(type === 'gretap' && { truth: 'after' }),
      },
    ],
    losses: () =>
      ['*', 'trace_id', 'tenant'].map(
        (tlv) => `tun0:napi_gro_receive_entry suspect macForward implied ${tlv} ${PACKETS}`,
      ),
    survival: [{ operation: summary, at: 'tun0:napi_gro_receive_entry' }],
  };
}

export const greTunnelEnd = greEnd('gre', 'GRE tunnel ends here');
export const gretapEnd = greEnd('gretap', 'GRE tunnel of Ethernet ends here');
