/** Names of option and TLV types, where each is assigned. A type without a name is shown as a number. */

/** https://www.iana.org/assignments/ip-parameters */
export const IPV4_OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'End of options',
  1: 'No operation',
  7: 'Record route',
  11: 'MTU probe',
  12: 'MTU reply',
  68: 'Timestamp',
  82: 'Traceroute',
  130: 'Security',
  131: 'Loose source route',
  133: 'Extended security',
  134: 'Commercial security',
  136: 'Stream ID',
  137: 'Strict source route',
  148: 'Router alert',
};

/** https://www.iana.org/assignments/ipv6-parameters, destination and hop-by-hop options. */
export const IPV6_OPTION_NAMES: Readonly<Record<number, string>> = {
  0x00: 'Pad1',
  0x01: 'PadN',
  0x04: 'Tunnel encapsulation limit',
  0x05: 'Router alert',
  0x07: 'CALIPSO',
  0x08: 'SMF duplicate detection',
  0x0f: 'Performance and diagnostic metrics',
  0x11: 'IOAM',
  0x26: 'Quick start',
  0x30: 'Path MTU',
  0x31: 'IOAM',
  0x63: 'RPL',
  0xc2: 'Jumbo payload',
  0xc9: 'Home address',
};

/** https://www.iana.org/assignments/ioam, option types. */
export const IOAM_OPTION_TYPES: Readonly<Record<number, string>> = {
  0: 'pre-allocated trace',
  1: 'incremental trace',
  2: 'proof of transit',
  3: 'edge to edge',
  4: 'direct export',
};

/** https://www.iana.org/assignments/ipv6-parameters, routing types. */
export const ROUTING_TYPES: Readonly<Record<number, string>> = {
  0: 'source route',
  2: 'type 2',
  3: 'RPL source route',
  4: 'segment routing',
};

/** Linux uapi/linux/seg6.h and RFC 8754 2.1. */
export const SRH_TLV_TYPES: Readonly<Record<number, string>> = {
  0: 'Pad1',
  1: 'ingress node',
  2: 'egress node',
  3: 'opaque container',
  4: 'PadN',
  5: 'HMAC',
};

/** https://www.iana.org/assignments/tcp-parameters */
export const TCP_OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'End of options',
  1: 'No operation',
  2: 'Maximum segment size',
  3: 'Window scale',
  4: 'SACK permitted',
  5: 'SACK',
  6: 'Echo',
  7: 'Echo reply',
  8: 'Timestamps',
  19: 'MD5 signature',
  28: 'User timeout',
  29: 'Authentication',
  30: 'Multipath TCP',
  34: 'Fast open cookie',
  172: 'Accurate ECN order 0',
  174: 'Accurate ECN order 1',
  183: 'Katran server ID',
  253: 'Experiment',
  254: 'Experiment',
};

/** RFC 8684 3, figure 3. */
export const MPTCP_SUBTYPES: Readonly<Record<number, string>> = {
  0: 'MP_CAPABLE',
  1: 'MP_JOIN',
  2: 'DSS',
  3: 'ADD_ADDR',
  4: 'REMOVE_ADDR',
  5: 'MP_PRIO',
  6: 'MP_FAIL',
  7: 'MP_FASTCLOSE',
  8: 'MP_TCPRST',
};

/** haproxy doc/proxy-protocol.txt 2.2. */
export const PROXY_TLV_TYPES: Readonly<Record<number, string>> = {
  0x01: 'ALPN',
  0x02: 'AUTHORITY',
  0x03: 'CRC32C',
  0x04: 'NOOP',
  0x05: 'UNIQUE_ID',
  0x20: 'SSL',
  0x21: 'SSL_VERSION',
  0x22: 'SSL_CN',
  0x23: 'SSL_CIPHER',
  0x24: 'SSL_SIG_ALG',
  0x25: 'SSL_KEY_ALG',
  0x30: 'NETNS',
};
