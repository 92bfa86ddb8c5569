/** Networks that scenarios have in common, as commands. Addresses and neighbours are fixed: nothing is sent that no scenario sends. */
import type { Command, Expectation, Namespaces } from './types.ts';

export const LAB_ADDRESS = '10.74.0.1';
export const CLIENT_ADDRESS = '10.74.0.2';
export const LAB_ADDRESS6 = 'fd74::1';
export const CLIENT_ADDRESS6 = 'fd74::2';
export const LAB_MAC = '02:00:00:00:00:01';
export const CLIENT_MAC = '02:00:00:00:00:02';
export const PORT = '7100';
const DATAGRAM_BYTES = '32';

/** `ip` in a namespace, with the words of `line`. */
export const ip = (netns: string, line: string): Command => ['ip', '-n', netns, ...line.split(' ')];

/** client0 in `client`, lab0 in `lab`, a veth pair between them. */
export function pair(ns: Namespaces): Command[] {
  const { client, lab } = ns as { client: string; lab: string };
  return [
    [...'ip link add client0 netns'.split(' '), client, ...'type veth peer name lab0 netns'.split(' '), lab],
    ...end(client, 'client0', CLIENT_ADDRESS, CLIENT_MAC, { [LAB_ADDRESS]: LAB_MAC }),
    ...end(lab, 'lab0', LAB_ADDRESS, LAB_MAC, { [CLIENT_ADDRESS]: CLIENT_MAC }),
  ];
}

/** The same, and out0 in `lab`, whose other end in0 is in `far`. */
export function withFar(ns: Namespaces): Command[] {
  return [
    ...pair(ns),
    [...'ip link add out0 netns'.split(' '), ns.lab!, ...'type veth peer name in0 netns'.split(' '), ns.far!],
    ...end(ns.lab!, 'out0', '10.76.0.2', '02:00:00:00:02:02', {}),
    ...end(ns.far!, 'in0', '10.76.0.1', '02:00:00:00:02:01', {}),
  ];
}

/** Two devices, and IPv6. */
export function pair6(ns: Namespaces): Command[] {
  return [
    ...pair(ns),
    ...[
      { netns: ns.client!, device: 'client0', own: CLIENT_ADDRESS6, other: LAB_ADDRESS6, mac: LAB_MAC },
      { netns: ns.lab!, device: 'lab0', own: LAB_ADDRESS6, other: CLIENT_ADDRESS6, mac: CLIENT_MAC },
    ].flatMap(({ netns, device, own, other, mac }) => [
      ['ip', '-n', netns, 'addr', 'add', `${own}/64`, 'dev', device, 'nodad'],
      [...['ip', '-n', netns, 'neigh', 'add', other, 'lladdr', mac, 'dev', device, 'nud', 'permanent']],
    ]),
  ];
}

/** A device with an address and the neighbours that it knows for good. */
export function end(
  netns: string,
  device: string,
  address: string,
  mac: string,
  neighbours: Readonly<Record<string, string>>,
): Command[] {
  return [
    ['link', 'set', 'lo', 'up'],
    ['link', 'set', device, 'address', mac, 'addrgenmode', 'none', 'up'],
    ['addr', 'add', `${address}/24`, 'dev', device],
    ...Object.entries(neighbours).map(([of, lladdr]) => [
      ...['neigh', 'add', of, 'lladdr', lladdr],
      ...['dev', device, 'nud', 'permanent'],
    ]),
  ].map((args) => ['ip', '-n', netns, ...args]);
}

/** `count` datagrams from the client to the lab, one every 2 ms, numbered from `first`. */
export function datagrams(ns: Namespaces, count: number, to = LAB_ADDRESS, port = PORT, first = 1): Command {
  return ['udp', ns.client!, to, port, String(count), '2000', DATAGRAM_BYTES, String(first)];
}

/** The 16 bytes that `stamp` of bpf/lab.h puts in front of a packet. */
export function stamp(sequence: number): string {
  return `01 08 ${number(sequence)} a4a3a2a1 04 04 54535251`.replaceAll(' ', '');
}

/** Four bytes, little-endian. */
export function number(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}

export const none = (): string => '';

/** A native XDP program has written its area: seen at its exit, or by the first hook behind it. */
export function written(
  device: string,
  program: string,
  area: (sequence: number) => string = stamp,
): Expectation[] {
  const by = { state: 'written', cause: 'xdpProgram', writer: program, area } as const;
  return [
    { ...by, at: `${device}:${program}()@fexit`, traced: true, known: 'seen' },
    { ...by, at: `${device}:napi_gro_receive_entry`, traced: false, known: 'implied' },
  ];
}
