/**
 * A namespace in which packets take every turn there is, as arguments of commands: sent by a socket, across a veth
 * pair whose both ends are here, forwarded, mirrored, and on to another namespace. The sender's routes lead
 * through the pair; what comes out of it is forwarded.
 *
 *     socket ─ a0 ══ b0 ─ forward ─ out0 ══ far0 (in FAR)
 *                                    └ mirror ─ m0 ══ far1
 */
export const CROSSING_DEVICES = ['a0', 'b0', 'out0', 'm0'] as const;
/** The end of the pair that an XDP program rebuilds packets on. */
export const CROSSING_XDP_DEVICE = 'b0';

/** Source and destination of numbered packets. */
export const CROSSING_ADDRESSES = {
  IPv4: { from: '10.74.0.1', to: '10.74.3.1' },
  IPv6: { from: 'fd74::1', to: 'fd74:3::1' },
} as const;

const MAC = { a0: '02:00:00:00:74:0a', b0: '02:00:00:00:74:0b' } as const;
/** Next hops: the far end of the pair, and the other namespace. */
const ACROSS = { IPv4: '10.74.1.2', IPv6: 'fd74:1::2' } as const;
const SENDER_TABLE = '100';

/** What to run, in this order. `mirrored`: UDP to this port is mirrored to m0. */
export function crossingTopology(here: string, far: string, mirrored: number): string[][] {
  const ip = (netns: string, ...args: string[]): string[] => ['ip', '-n', netns, ...args];
  const pair = (
    device: string,
    peerNetns: string,
    peer: string,
    mac: string[] = [],
    peerMac: string[] = [],
  ) =>
    ip(
      here,
      ...['link', 'add', device, ...mac, 'type', 'veth', 'peer', 'name', peer, ...peerMac],
      ...['netns', peerNetns],
    );
  const up = (netns: string, device: string): string[] => ip(netns, 'link', 'set', device, 'up');
  const address = (netns: string, device: string, ...addresses: string[]): string[][] =>
    addresses.map((one) =>
      ip(netns, 'addr', 'add', one, 'dev', device, ...(one.includes(':') ? ['nodad'] : [])),
    );
  const sysctl = (...settings: string[]): string[] => [
    ...['ip', 'netns', 'exec', here, 'sysctl', '-qw'],
    ...settings,
  ];
  const { IPv4: v4, IPv6: v6 } = CROSSING_ADDRESSES;
  return [
    ['ip', 'netns', 'add', here],
    ['ip', 'netns', 'add', far],
    pair('a0', here, 'b0', ['address', MAC.a0], ['address', MAC.b0]),
    pair('out0', far, 'far0'),
    pair('m0', far, 'far1'),
    // Its own source address comes back to it: not a spoofed one here.
    sysctl(
      ...['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.conf.all.rp_filter=0'],
      ...['net.ipv4.conf.default.rp_filter=0', 'net.ipv4.conf.b0.accept_local=1'],
      'net.ipv4.conf.b0.rp_filter=0',
    ),
    ...['lo', 'a0', 'b0', 'out0', 'm0'].map((device) => up(here, device)),
    ...['lo', 'far0', 'far1'].map((device) => up(far, device)),
    ...address(here, 'lo', `${v4.from}/32`, `${v6.from}/128`),
    ...address(here, 'a0', '10.74.1.1/24', 'fd74:1::1/64'),
    ...address(here, 'out0', '10.74.2.1/24', 'fd74:2::1/64'),
    ...address(far, 'far0', '10.74.2.2/24', 'fd74:2::2/64'),
    ...address(far, 'lo', `${v4.to}/32`, `${v6.to}/128`),
    ...[ACROSS.IPv4, ACROSS.IPv6].map((one) =>
      ip(here, 'neigh', 'add', one, 'lladdr', MAC.b0, 'dev', 'a0', 'nud', 'permanent'),
    ),
    ip(here, 'route', 'add', v4.to, 'via', ACROSS.IPv4, 'src', v4.from, 'table', SENDER_TABLE),
    ip(here, '-6', 'route', 'add', v6.to, 'via', ACROSS.IPv6, 'src', v6.from, 'table', SENDER_TABLE),
    ip(here, 'route', 'add', v4.to, 'via', '10.74.2.2'),
    ip(here, '-6', 'route', 'add', v6.to, 'via', 'fd74:2::2'),
    // iif lo: what is sent from here.
    ip(here, 'rule', 'add', 'iif', 'lo', 'lookup', SENDER_TABLE, 'priority', '10'),
    ip(here, '-6', 'rule', 'add', 'iif', 'lo', 'lookup', SENDER_TABLE, 'priority', '10'),
    ip(far, 'route', 'add', v4.from, 'via', '10.74.2.1', 'src', v4.to),
    ip(far, '-6', 'route', 'add', v6.from, 'via', 'fd74:2::1', 'src', v6.to),
    ['tc', '-n', here, 'qdisc', 'add', 'dev', 'out0', 'clsact'],
    ...[
      ['ip', 'u32', 'match', 'ip', 'dport', String(mirrored), '0xffff'],
      ['ipv6', 'u32', 'match', 'ip6', 'dport', String(mirrored), '0xffff'],
    ].map(([protocol, ...match], i) => [
      ...['tc', '-n', here, 'filter', 'add', 'dev', 'out0', 'egress', 'protocol', protocol!],
      ...['prio', String(i + 1), ...match, 'action', 'mirred', 'egress', 'mirror', 'dev', 'm0'],
    ]),
  ];
}
