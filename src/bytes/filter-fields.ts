/** Wireshark's names of packet fields (FieldNode.filter) that the filter language has by names of its own. */
export const FILTER_FIELDS: ReadonlyMap<string, string> = new Map([
  ['eth.src', 'eth.src'],
  ['eth.dst', 'eth.dst'],
  ['vlan.id', 'vlan'],
  ['ip.src', 'ip.src'],
  ['ip.dst', 'ip.dst'],
  ['ipv6.src', 'ip.src'],
  ['ipv6.dst', 'ip.dst'],
  ['udp.srcport', 'port.src'],
  ['udp.dstport', 'port.dst'],
  ['tcp.srcport', 'port.src'],
  ['tcp.dstport', 'port.dst'],
]);
