import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '#core/metadata/testing/schemas.ts';
import type { PacketAnchor } from '#core/metadata/types.ts';
import { formatHex } from './addresses.ts';
import { AnchorFinder, MAX_PATTERN_BYTES, MAX_SEARCH_BYTES } from './anchor.ts';
import { cut, damaged, PACKETS, whole, type DrawnPacket } from './testing/packets.ts';
import { TUNNEL_PACKETS } from './testing/tunnels.ts';
import { dissectTree } from './tree.ts';
import type { FieldNode } from './types.ts';

const ETHERNET = '020000000002 020000000001';
const IPV4 = (protocol: string, bytes: number, options = ''): string => {
  const words = 5 + hex(options).length / 4;
  return `4${words.toString(16)}00 ${be16(4 * words + bytes)} 0001 4000 40 ${protocol} 0000 0a000001 0a000002 ${options}`;
};
const be16 = (n: number): string => n.toString(16).padStart(4, '0');
const inUdp = (port: number, payload: string): string => {
  const size = 8 + hex(payload).length;
  return `${ETHERNET} 0800 ${IPV4('11', size)} c000 ${be16(port)} ${be16(size)} 0000 ${payload}`;
};
const inTcp = (options: string, payload: string): string => {
  const words = 5 + hex(options).length / 4;
  const size = 4 * words + hex(payload).length;
  return `${ETHERNET} 0800 ${IPV4('06', size)} c000 0050 00000001 00000000 ${words.toString(16)}018 faf0 0000 0000 ${options} ${payload}`;
};
const IPV6 = (next: string, bytes: number): string =>
  `${ETHERNET} 86dd 60000000 ${be16(bytes)} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`;

/** The bytes at the anchor in hex, null = not there. */
function at(anchor: PacketAnchor, packet: string, linkType = 1): string | null {
  const bytes = hex(packet);
  const finder = new AnchorFinder(anchor);
  if (!finder.find(bytes, 0, bytes.length, linkType)) return null;
  return formatHex(bytes, finder.start, finder.end - finder.start) + (finder.cut ? ' cut' : '');
}

/** Cilium's service address in an option, and the Ethernet frame behind it. */
const GENEVE = '0340 6558 00002a 00 014b8102 0a00000100500000';
const INNER = `${ETHERNET} 0800 ${IPV4('11', 12)} 1000 2000 000c 0000 deadbeef`;

describe('an anchor', () => {
  it.each<[string, PacketAnchor, string, string | null]>([
    ['UDP payload', { kind: 'udp-payload', port: 7000 }, inUdp(7000, '0102030405'), '0102030405'],
    ['UDP payload by source port', { kind: 'udp-payload', port: 0xc000 }, inUdp(7000, '0102'), '0102'],
    ['UDP payload of another port', { kind: 'udp-payload', port: 7001 }, inUdp(7000, '0102'), null],
    ['empty UDP payload', { kind: 'udp-payload', port: 7000 }, inUdp(7000, ''), null],
    ['inner UDP payload', { kind: 'udp-payload', port: 0x2000 }, inUdp(6081, GENEVE + INNER), 'deadbeef'],
    ['TCP payload', { kind: 'tcp-payload', port: 80 }, inTcp('', '616263'), '616263'],
    ["Katran's server id", { kind: 'tcp-option', option: 0xb7 }, inTcp('0101b70678563412', ''), '78563412'],
    ['no TCP option behind the end', { kind: 'tcp-option', option: 2 }, inTcp('0002040005b40101', ''), null],
    ['TCP experiment', { kind: 'tcp-option', option: 253 }, inTcp('fd08f989aabbccdd', ''), 'f989aabbccdd'],
    [
      'TCP experiment behind its magic',
      { kind: 'tcp-option', option: 253, magic: 'f989' },
      inTcp('fd06e2d4c3d90101 fd08f989aabbccdd', ''),
      'aabbccdd',
    ],
    [
      "IPv4 option, Cilium's",
      { kind: 'ipv4-option', option: 0x9a },
      `${ETHERNET} 0800 ${IPV4('11', 8, '9a0800500a000001')} c000 1b58 0008 0000`,
      '00500a000001',
    ],
    [
      'IPv6 hop-by-hop option, IOAM',
      { kind: 'ipv6-hop-by-hop-option', option: 0x31 },
      `${IPV6('00', 24)} 3b02 0100 31120000 007b0800 c0000000 1122334455667788`,
      '0000007b0800c00000001122334455667788',
    ],
    [
      'no hop-by-hop option in a destination header',
      { kind: 'ipv6-hop-by-hop-option', option: 5 },
      `${IPV6('3c', 8)} 3b00 05020000 0100`,
      null,
    ],
    [
      'IPv6 destination option',
      { kind: 'ipv6-destination-option', option: 0x1b },
      `${IPV6('3c', 8)} 3b00 1b0412345678`,
      '12345678',
    ],
    ['Geneve options', { kind: 'geneve-options' }, inUdp(6081, GENEVE + INNER), '014b81020a00000100500000'],
    [
      'one Geneve option',
      { kind: 'geneve-option', optionClass: 0x014b, type: 0x81 },
      inUdp(6081, GENEVE + INNER),
      '0a00000100500000',
    ],
    ['no Geneve options', { kind: 'geneve-options' }, inUdp(6081, '0040 6558 00002a 00' + INNER), null],
    [
      'NSH metadata type 2',
      { kind: 'nsh-tlvs' },
      `${ETHERNET} 894f 0fc5 02 03 000001 ff 00010205aabbccddee000000 ${INNER}`,
      '00010205aabbccddee000000',
    ],
    [
      'NSH metadata type 1',
      { kind: 'nsh-context' },
      `${ETHERNET} 894f 0fc6 01 03 000001 ff 000102030405060708090a0b0c0d0e0f ${INNER}`,
      '000102030405060708090a0b0c0d0e0f',
    ],
    [
      'SRH TLVs',
      { kind: 'srh-tlvs' },
      `${IPV6('2b', 32)} 3b03 0400 0000 0000 20010db8000000000000000000000002 0402 0000 7c020102`,
      '040200007c020102',
    ],
    [
      'PROXY TLVs',
      { kind: 'proxy-tlvs' },
      inTcp('', '0d0a0d0a000d0a515549540a 2111 0012 0a0000010a00000210002000 050003616263 474554'),
      '050003616263',
    ],
    ['GUE fields', { kind: 'gue-fields' }, inUdp(6080, `0104 0000 11223344 ${IPV4('11', 0)}`), '11223344'],
    ['behind a pattern', { kind: 'after-bytes', bytes: 'cafe' }, inUdp(7000, '00cafecafe01'), 'cafe01'],
    ['behind a pattern at the end', { kind: 'after-bytes', bytes: 'cafe' }, inUdp(7000, 'cafe'), null],
  ])('finds: %s', (_name, anchor, packet, expected) => {
    expect(at(anchor, packet)).toBe(expected);
  });

  it('says that bytes are missing', () => {
    expect(at({ kind: 'udp-payload', port: 7000 }, inUdp(7000, '0102030405').slice(0, -4))).toBe(
      '010203 cut',
    );
    const option = inTcp('b70678563412 0101', '').replaceAll(' ', '').slice(0, -8);
    expect(at({ kind: 'tcp-option', option: 0xb7 }, option)).toBe('7856 cut');
  });

  it('looks into no packet that ICMP quotes', () => {
    const quoted = `${IPV4('11', 12)} 1000 2000 000c 0000 deadbeef`;
    const error = `${ETHERNET} 0800 ${IPV4('01', 8 + hex(quoted).length)} 0303 0000 00000000 ${quoted}`;
    expect(dissectTree(hex(error), 1).map(({ filter }) => filter)).toContain('udp');
    expect(at({ kind: 'udp-payload', port: 0x2000 }, error)).toBeNull();
  });

  it('has a pattern of 1 to MAX_PATTERN_BYTES bytes, looked for in MAX_SEARCH_BYTES', () => {
    expect(() => new AnchorFinder({ kind: 'after-bytes', bytes: '' })).toThrow(RangeError);
    const long = 'ca'.repeat(MAX_PATTERN_BYTES + 1);
    expect(() => new AnchorFinder({ kind: 'after-bytes', bytes: long })).toThrow(RangeError);
    expect(() => new AnchorFinder({ kind: 'tcp-option', option: 253, magic: long })).toThrow(RangeError);
    const late = new Uint8Array(MAX_SEARCH_BYTES + 8);
    late[MAX_SEARCH_BYTES] = 0xca;
    const finder = new AnchorFinder({ kind: 'after-bytes', bytes: 'ca' });
    expect(finder.find(late, 0, late.length, 1)).toBe(false);
    late[MAX_SEARCH_BYTES - 1] = 0xca;
    expect(finder.find(late, 0, late.length, 1)).toBe(true);
  });
});

const ANCHORS: readonly PacketAnchor[] = [
  { kind: 'tcp-option', option: 8 },
  { kind: 'tcp-option', option: 30 },
  { kind: 'ipv4-option', option: 0x9a },
  { kind: 'ipv6-hop-by-hop-option', option: 0x31 },
  { kind: 'ipv6-destination-option', option: 0x1b },
  { kind: 'geneve-options' },
  { kind: 'geneve-option', optionClass: 0x014b, type: 0x81 },
  { kind: 'nsh-context' },
  { kind: 'nsh-tlvs' },
  { kind: 'srh-tlvs' },
  { kind: 'proxy-tlvs' },
];

const drawn = <T>(
  of: (linkType: number, packets: Parameters<typeof whole>[1]) => fc.Arbitrary<T>,
): fc.Arbitrary<T> =>
  fc.oneof(
    ...[...PACKETS].map(([linkType, packets]) => of(linkType, packets)),
    ...[...TUNNEL_PACKETS.values()].map((packets) => of(1, packets)),
  );

describe('every anchor', () => {
  it.each(ANCHORS)('is where the tree has it: $kind $option', (anchor) => {
    const finder = new AnchorFinder(anchor);
    let found = 0;
    fc.assert(
      fc.property(drawn<DrawnPacket>(whole), ({ linkType, bytes }) => {
        const range = inTree(anchor, dissectTree(bytes, linkType));
        const has = finder.find(bytes, 0, bytes.length, linkType);
        expect(has ? [finder.start, finder.end, finder.cut] : null).toEqual(range);
        if (has) found++;
      }),
      { numRuns: 500, seed: 5 },
    );
    // Class 0x014b with this very type is one in a few thousand.
    if (anchor.kind !== 'geneve-option') expect(found).toBeGreaterThan(0);
  });

  it('is inside the packet, wherever that lies, of any bytes', () => {
    const all: readonly PacketAnchor[] = [
      ...ANCHORS,
      { kind: 'udp-payload', port: 6081 },
      { kind: 'tcp-payload', port: 61_001 },
      { kind: 'tcp-option', option: 254, magic: 'f989' },
      { kind: 'gue-fields' },
      { kind: 'after-bytes', bytes: '0000' },
    ];
    const hostile = fc.oneof(drawn<DrawnPacket>(damaged), drawn(cut));
    fc.assert(
      fc.property(fc.constantFrom(...all), hostile, fc.nat(40), (anchor, { linkType, bytes }, before) => {
        const alone = new AnchorFinder(anchor);
        const has = alone.find(bytes, 0, bytes.length, linkType);
        const buf = new Uint8Array(before + bytes.length + 40).fill(0x45);
        buf.set(bytes, before);
        const moved = new AnchorFinder(anchor);
        expect(moved.find(buf, before, bytes.length, linkType)).toBe(has);
        if (!has) return;
        expect([moved.start - before, moved.end - before, moved.cut]).toEqual([
          alone.start,
          alone.end,
          alone.cut,
        ]);
        expect(alone.start).toBeGreaterThan(0);
        expect(alone.start).toBeLessThanOrEqual(alone.end);
        expect(alone.end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 4000 },
    );
  });
});

/** Start, end and not cut, out of the tree; packets that ICMP quotes left out. */
function inTree(anchor: PacketAnchor, layers: readonly FieldNode[]): [number, number, boolean] | null {
  const quote = layers.findIndex(({ filter }) => filter === 'icmp' || filter === 'icmpv6');
  for (const layer of quote < 0 ? layers : layers.slice(0, quote)) {
    const range = inLayer(anchor, layer);
    if (range !== null) return [...range, false];
  }
  return null;
}

function inLayer(anchor: PacketAnchor, layer: FieldNode): [number, number] | null {
  const all = layer.children;
  const named = (filter: string): FieldNode[] => all.filter((node) => node.filter === filter);
  const option = (
    filter: string,
    typeFilter: string,
    type: number,
    head: number,
  ): [number, number] | null => {
    const node = named(filter).find(({ children }) =>
      children.some((child) => child.filter === typeFilter && child.raw === type),
    );
    return node === undefined ? null : [node.offset + head, node.offset + node.length];
  };
  const from = (nodes: readonly FieldNode[]): [number, number] | null => {
    const [first] = nodes;
    return first === undefined ? null : [first.offset, layer.offset + layer.length];
  };
  switch (anchor.kind) {
    case 'tcp-option':
      return option('tcp.option', 'tcp.option_kind', anchor.option, 2);
    case 'ipv4-option':
      return option('ip.opt', 'ip.opt.type', anchor.option, 2);
    case 'ipv6-hop-by-hop-option':
      if (layer.filter !== 'ipv6.hopopts') return null;
      return option('ipv6.opt', 'ipv6.opt.type', anchor.option, 2);
    case 'ipv6-destination-option':
      if (layer.filter !== 'ipv6.dstopts') return null;
      return option('ipv6.opt', 'ipv6.opt.type', anchor.option, 2);
    case 'geneve-options':
      return from(named('geneve.options'));
    case 'geneve-option': {
      const node = named('geneve.options')
        .flatMap(({ children }) => children)
        .find(({ children }) => children[0]?.raw === anchor.optionClass && children[1]?.raw === anchor.type);
      return node === undefined ? null : [node.offset + 4, node.offset + node.length];
    }
    case 'nsh-context':
      return from(named('nsh.contextheader'));
    case 'nsh-tlvs':
      return from(named('nsh.tlv'));
    case 'srh-tlvs':
      return from(named('ipv6.routing.srh.tlv'));
    case 'proxy-tlvs':
      return from(named('proxy.v2.tlv'));
    case 'udp-payload':
    case 'tcp-payload':
    case 'gue-fields':
    case 'after-bytes':
      throw new Error(`the tree has no ${anchor.kind}`);
  }
}
