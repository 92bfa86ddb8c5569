/** What somebody may mean who writes a filter as Wireshark or tcpdump have it: names and values of theirs → an expression of ours. */
import { PROTOCOL, PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { quoteValue } from './parse.ts';
import { parseInteger, parseMac, parseNetwork } from './values.ts';

const MAX_PORT = 0xffffn;
/** From the names of Wireshark's display filters and libpcap's words to those that mean the same here. */
const THEIRS: ReadonlyMap<string, string> = new Map([
  ['ip', 'ip.addr in 0.0.0.0/0'],
  ['ipv4', 'ip.addr in 0.0.0.0/0'],
  ['ipv6', 'ip.addr in ::/0'],
  ['ip6', 'ip.addr in ::/0'],
  ['ip.host', 'ip.addr'],
  ['ipv6.addr', 'ip.addr'],
  ['ipv6.host', 'ip.addr'],
  ['ip.proto', 'proto'],
  ['ip.protocol', 'proto'],
  ['src', 'ip.src'],
  ['dst', 'ip.dst'],
  ['ip.src_host', 'ip.src'],
  ['ip.dst_host', 'ip.dst'],
  ['ipv6.src', 'ip.src'],
  ['ipv6.dst', 'ip.dst'],
  ['sport', 'port.src'],
  ['dport', 'port.dst'],
  ['tcp.stream', 'flow'],
  ['udp.stream', 'flow'],
  ['frame.len', 'len'],
  ['length', 'len'],
  ['frame.number', 'journey'],
  ['frame.time', 'time'],
  ['frame.time_relative', 'time'],
  ['frame.time_epoch', 'time'],
  ['frame.interface_name', 'device'],
  ['interface', 'device'],
  ['iface', 'device'],
  ['frame.comment', 'comment'],
  ['pkt_comment', 'comment'],
  ['frame.packet_id', 'journey'],
  ['vlan.id', 'vlan'],
  ['metadata', 'meta'],
]);
const PORT_OF = /^(?:tcp|udp|sctp|dccp)\.(port|srcport|dstport)$/;
const PORTS: Readonly<Record<string, string>> = { port: 'port', srcport: 'port.src', dstport: 'port.dst' };

/** What stands where a field should, as a field or a whole test; null: it looks like nothing that is known. */
export function meantBy(word: string): string | null {
  const name = word.toLowerCase();
  const known = THEIRS.get(name);
  if (known !== undefined) return known;
  const port = PORT_OF.exec(name)?.[1];
  if (port !== undefined) return PORTS[port]!;
  const protocol = PROTOCOL_NAMES.find(
    (each, code) => code !== PROTOCOL.unknown && each.toLowerCase() === name,
  );
  if (protocol !== undefined) return `proto == ${protocol}`;
  if (parseNetwork(word) !== null) {
    // An address in all its bits is what `==` is for.
    return word.includes('/') ? `ip.addr in ${quoteValue(word)}` : `ip.addr == ${quoteValue(word)}`;
  }
  if (parseMac(word) !== null) return `eth.addr == ${quoteValue(word)}`;
  const number = parseInteger(word);
  return number !== null && number >= 0n && number <= MAX_PORT ? `port == ${word}` : null;
}
