/**
 * The edge lab's network as arguments of `ip`: two namespaces, a veth pair, addresses. Run one by one on
 * this machine (lab.ts), or as lines of a shell script in a virtual one (agent/lab/vm).
 */
export const EDGE_DEVICE = 'edge0';
const CLIENT_DEVICE = 'client0';

/** As in edge/traffic.c. The IPv6 addresses embed the IPv4 ones. */
const EDGE_ADDRESSES = ['10.71.0.1'];
const CLIENT_ADDRESSES = ['10.71.0.10', '10.71.0.11', '10.71.0.12'];
const V4_PREFIX_BITS = 24;
const V6_PREFIX = 'fd71::';
const V6_PREFIX_BITS = 64;

/** What to call `ip` with, in this order, to make the namespaces `netns` (the edge) and `clientNetns`. */
export function edgeTopology(netns: string, clientNetns: string): string[][] {
  const pair = [EDGE_DEVICE, 'netns', netns, 'type', 'veth', 'peer', 'name', CLIENT_DEVICE];
  return [
    ['netns', 'add', netns],
    ['netns', 'add', clientNetns],
    ['link', 'add', ...pair, 'netns', clientNetns],
    ...configuration(netns, EDGE_DEVICE, EDGE_ADDRESSES),
    ...configuration(clientNetns, CLIENT_DEVICE, CLIENT_ADDRESSES),
  ];
}

function configuration(netns: string, device: string, addresses: readonly string[]): string[][] {
  const dev = ['dev', device];
  const commands = [
    // No link-local address: router solicitations and multicast reports would only be noise.
    ['link', 'set', device, 'addrgenmode', 'none'],
    ...addresses.flatMap((address) => [
      ['addr', 'add', `${address}/${V4_PREFIX_BITS}`, ...dev],
      ['addr', 'add', `${V6_PREFIX}${address}/${V6_PREFIX_BITS}`, ...dev, 'nodad'],
    ]),
    ['link', 'set', 'lo', 'up'],
    ['link', 'set', device, 'up'],
  ];
  return commands.map((command) => ['-n', netns, ...command]);
}
