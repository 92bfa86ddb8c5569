/**
 * A router between a client and a server, as arguments of `ip` and `tc`: three namespaces, two veth pairs,
 * IPv4 and IPv6, with link-local addresses, without which a router finds no neighbour. Client and server have the addresses that edge/traffic.c talks between, behind the router.
 */
export const ROUTER_DEVICES = ['in0', 'out0'] as const;
export const SERVER = '10.71.0.1';
export const CLIENTS = ['10.71.0.10', '10.71.0.11', '10.71.0.12'];
/** Links: .1 is the router. */
const CLIENT_LINK = '10.72.0';
const SERVER_LINK = '10.73.0';

interface Namespaces {
  readonly client: string;
  readonly router: string;
  readonly server: string;
}

export const v6 = (address: string): string => `fd71::${address}`;

/** What to run, in this order. */
export function forwardTopology(namespaces: Namespaces): string[][] {
  const names = [namespaces.client, namespaces.router, namespaces.server];
  return [...names.map((name) => ['ip', 'netns', 'add', name]), ...forwardNetwork(namespaces)];
}

/** The same with the namespaces there already. */
export function forwardNetwork({ client, router, server }: Namespaces): string[][] {
  const [inside, outside] = ROUTER_DEVICES;
  return [
    pair(client, 'client0', router, inside),
    pair(server, 'server0', router, outside),
    ...address(client, 'client0', `${CLIENT_LINK}.2`),
    ...address(router, inside, `${CLIENT_LINK}.1`),
    ...address(router, outside, `${SERVER_LINK}.1`),
    ...address(server, 'server0', `${SERVER_LINK}.2`),
    ...CLIENTS.flatMap((one) => own(client, one)),
    ...own(server, SERVER),
    ...route(client, SERVER, `${CLIENT_LINK}.1`),
    ...route(router, SERVER, `${SERVER_LINK}.2`),
    ...CLIENTS.flatMap((one) => [
      ...route(router, one, `${CLIENT_LINK}.2`),
      ...route(server, one, `${SERVER_LINK}.1`, SERVER),
    ]),
    ['ip', 'netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'],
    ['ip', 'netns', 'exec', router, 'sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1'],
    // A qdisc that really queues.
    [
      'tc',
      '-n',
      router,
      'qdisc',
      'add',
      'dev',
      outside,
      'root',
      ...'tbf rate 100mbit burst 64k latency 50ms'.split(' '),
    ],
  ];
}

function pair(netns: string, device: string, peerNetns: string, peer: string): string[] {
  return [
    'ip',
    'link',
    'add',
    device,
    'netns',
    netns,
    'type',
    'veth',
    'peer',
    'name',
    peer,
    'netns',
    peerNetns,
  ];
}

function address(netns: string, device: string, of: string): string[][] {
  return [
    ['addr', 'add', `${of}/24`, 'dev', device],
    ['addr', 'add', `${v6(of)}/120`, 'dev', device, 'nodad'],
    ['link', 'set', 'lo', 'up'],
    ['link', 'set', device, 'up'],
  ].map((command) => ['ip', '-n', netns, ...command]);
}

function own(netns: string, of: string): string[][] {
  return [
    ['addr', 'add', `${of}/32`, 'dev', 'lo'],
    ['addr', 'add', `${v6(of)}/128`, 'dev', 'lo', 'nodad'],
  ].map((command) => ['ip', '-n', netns, ...command]);
}

/** `source`: what a socket that is bound to no address answers from. */
function route(netns: string, to: string, via: string, source?: string): string[][] {
  const from = (address?: string): string[] => (address === undefined ? [] : ['src', address]);
  return [
    ['route', 'add', `${to}/32`, 'via', via, ...from(source)],
    ['route', 'add', `${v6(to)}/128`, 'via', v6(via), ...from(source && v6(source))],
  ].map((command) => ['ip', '-n', netns, ...command]);
}
