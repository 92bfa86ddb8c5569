import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '#core/metadata/testing/schemas.ts';
import { MAX_HEADERS } from './constants.ts';
import { FIELDS, isFieldName } from './fields.ts';
import { MAX_TREE_FIELDS } from './layer.ts';
import { concat, type Bytes } from './testing/bytes.ts';
import { cut, damaged, PACKETS, type DrawnPacket } from './testing/packets.ts';
import { gueHeaders, TUNNEL_PACKETS } from './testing/tunnels.ts';
import { dissectTree } from './tree.ts';
import type { FieldNode } from './types.ts';

const ETHERNET = '020000000002 020000000001';
const SYN = '0fa0 2328 00000001 00000000 5002 faf0 0000 0000';
const IPV4_TCP = `0800 4500 0028 0001 4000 40 06 0000 0a000001 0a000002 ${SYN}`;
const IPV6 = (next: string, payload: number): string =>
  `60000000 ${payload.toString(16).padStart(4, '0')} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`;

describe('the field tree', () => {
  it('has a node a layer, with offsets from the start of the packet', () => {
    const nodes = dissectTree(hex(`${ETHERNET} ${IPV4_TCP} 0000`), 1);
    expect(
      nodes.map(({ filter, label, value, offset, length }) => [filter || label, value, offset, length]),
    ).toEqual([
      ['eth', '02:00:00:00:00:01 → 02:00:00:00:00:02', 0, 14],
      ['ip', '10.0.0.1 → 10.0.0.2', 14, 20],
      ['tcp', '4000 → 9000', 34, 20],
      ['Padding', '2 bytes', 54, 2],
    ]);
    const syn = nodes[2]?.children.find(({ filter }) => filter === 'tcp.flags');
    expect(syn).toMatchObject({ value: 'SYN (0x0002)', offset: 46, length: 2 });
    expect(syn?.children.find(({ filter }) => filter === 'tcp.flags.syn')?.value).toBe('Set (1)');
  });

  it('shows what is left of a header that is cut off, and says so', () => {
    const nodes = dissectTree(hex(`${ETHERNET} 0800 4500 0028 0001`), 1);
    expect(nodes[1]?.children.map(({ filter, label }) => filter || label)).toEqual([
      'ip.version',
      'ip.hdr_len',
      'ip.dsfield',
      'ip.len',
      'ip.id',
      'Cut off',
    ]);
  });

  it('shows bytes that nothing claims as data', () => {
    expect(dissectTree(hex('0102'), 999)).toEqual([
      { label: 'Data', filter: 'data.data', value: '2 bytes', raw: null, offset: 0, length: 2, children: [] },
    ]);
    expect(dissectTree(new Uint8Array(0), 1)).toMatchObject([{ label: 'Ethernet' }]);
  });

  it(`ends at ${MAX_HEADERS} layers and ${MAX_TREE_FIELDS} fields, however a packet is nested`, () => {
    const tunnels = hex('4500 0000 0000 0000 40 04 0000 0a000001 0a000002'.repeat(200));
    // The rest is data.
    expect(dissectTree(tunnels, 101)).toHaveLength(MAX_HEADERS + 1);
    const pads = hex(`${IPV6('00', 2048)} 3bff ${'00'.repeat(2046)}`);
    const nodes = dissectTree(pads, 101);
    expect(flat(nodes).length).toBeLessThan(MAX_TREE_FIELDS + 10);
    expect(nodes.flatMap(({ children }) => children).at(-1)?.label).toBe('Not shown');
  });

  it('stops at an option that is shorter than its own kind and length', () => {
    for (const length of ['00', '01']) {
      const packet = hex(`46000018 00010000 40 fd 0000 0a000001 0a000002 44 ${length} 0101`);
      const option = dissectTree(packet, 228)[0]!.children.at(-1)!;
      expect(option.children.map(({ label, value }) => [label, value])).toEqual([
        ['Type', 'Timestamp (68)'],
        ['Length', String(Number(length))],
        ['Bad option length', String(Number(length))],
      ]);
    }
  });

  it('has no layer behind a header that is cut off (options of IPv4 past the end, UDP after them)', () => {
    const packet = new Uint8Array(23);
    packet.set([0x46, 0, 0, 0, 0, 0, 0, 0, 64, 17]);
    expect(flat(dissectTree(packet, 228)).every((node) => isInside(node, packet.length))).toBe(true);
  });
});

describe('what a field is', () => {
  const VXLAN = `${ETHERNET} 0800 4500 005e 0001 4000 40 11 0000 0a000001 0a000002 c000 12b5 004a 0000 08000000 00002a00`;
  const values = (packet: string, ...names: string[]): unknown[] => {
    const nodes = flat(dissectTree(hex(packet), 1));
    return names.map((name) => nodes.filter(({ filter }) => filter === name).map(({ raw }) => raw));
  };

  it('is a typed value: numbers, addresses as numbers, flags', () => {
    expect(
      values(
        `${VXLAN} ${ETHERNET} ${IPV4_TCP}`,
        'eth.src',
        'ip.src',
        'udp.dstport',
        'vxlan.vni',
        'vxlan.flag_i',
        'tcp.flags.syn',
        'tcp.flags.ack',
        'ip.hdr_len',
      ),
    ).toEqual([
      [0x020000000001, 0x020000000001],
      [0x0a000001, 0x0a000001],
      [4789],
      [42],
      [true],
      [true],
      [false],
      [20, 20],
    ]);
    const ipv6 = `${ETHERNET} 86dd ${IPV6('3b', 0)}`;
    expect(values(ipv6, 'ipv6.dst')).toEqual([[0x20010db8_00000000_00000000_00000002n]]);
  });

  it('is one layer a tunnel header, outermost first', () => {
    const layers = dissectTree(hex(`${VXLAN} ${ETHERNET} ${IPV4_TCP}`), 1);
    expect(layers.map(({ filter, value }) => `${filter} ${value}`)).toEqual([
      'eth 02:00:00:00:00:01 → 02:00:00:00:00:02',
      'ip 10.0.0.1 → 10.0.0.2',
      'udp 49152 → 4789',
      'vxlan VNI 42',
      'eth 02:00:00:00:00:01 → 02:00:00:00:00:02',
      'ip 10.0.0.1 → 10.0.0.2',
      'tcp 4000 → 9000',
    ]);
  });

  it('has no LLC frame in a header of zeros, and says which header has the wrong version', () => {
    const zeros = dissectTree(new Uint8Array(20), 1);
    expect(zeros.map(({ filter }) => filter)).toEqual(['eth', 'data.data']);
    expect(zeros[0]?.children.at(-1)).toMatchObject({ filter: 'eth.type', raw: 0 });
    const labels = flat(dissectTree(hex(IPV4_TCP.slice(4).replace('4500', '7500')), 228));
    expect(labels.map(({ label }) => label)).toContain('Bad version');
  });

  it('shows source routes as the header has them', () => {
    const packet = `4700 001c 0001 4000 40 fd 0000 0a000001 0a000002 83 07 04 0a000003 00`;
    const names = flat(dissectTree(hex(packet), 228)).map(({ filter, value }) => `${filter} ${value}`);
    expect(names).toContain('ip.dst 10.0.0.2');
    expect(names).toContain('ip.src_rt 10.0.0.3');
  });
});

describe('a tunnel', () => {
  it('shows the packet in it as that packet alone is shown (GUE of both variants)', () => {
    const isIpv6 = (inner: Bytes): boolean => inner[0]! >>> 4 === 6;
    fc.assert(
      fc.property(gueHeaders, ({ header, inner }) => {
        const udp = concat([0xc0, 0, 0x17, 0xc0], [0, 0, 0, 0], header, inner);
        const outer = [0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        const layers = dissectTree(Uint8Array.from([...outer, ...udp]), 228);
        const before = header.length === 0 ? ['ip', 'udp'] : ['ip', 'udp', 'gue'];
        expect(layers.slice(0, before.length).map(({ filter }) => filter)).toEqual(before);
        const alone = dissectTree(Uint8Array.from(inner), isIpv6(inner) ? 229 : 228);
        expect(layers.slice(before.length)).toEqual(moved(alone, outer.length + 8 + header.length));
      }),
      { numRuns: 300 },
    );
  });
});

describe('any packet', () => {
  it("gives nodes inside it, bounded, whose names and values are the catalogue's", () => {
    const sources: readonly (readonly [number, fc.Arbitrary<Bytes>])[] = [
      ...PACKETS,
      ...[...TUNNEL_PACKETS.values()].map((packets) => [1, packets] as const),
    ];
    const hostile = fc.oneof(
      ...sources.flatMap(([linkType, packets]): fc.Arbitrary<DrawnPacket>[] => [
        damaged(linkType, packets),
        cut(linkType, packets),
      ]),
    );
    fc.assert(
      fc.property(hostile, ({ bytes, linkType }) => {
        const layers = dissectTree(bytes, linkType);
        expect(layers.length).toBeLessThanOrEqual(MAX_HEADERS + 3);
        const wrong = flat(layers).filter((node) => !isInside(node, bytes.length) || !isOfItsKind(node));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});

function isInside({ offset, length, value }: FieldNode, size: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size && !/undefined|NaN/.test(value);
}

function isOfItsKind({ filter, raw }: FieldNode): boolean {
  if (filter === '') return raw === null;
  if (!isFieldName(filter)) return false;
  switch (FIELDS[filter].kind) {
    case 'uint':
      return typeof raw === 'bigint' || (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0);
    case 'bool':
      return typeof raw === 'boolean';
    case 'ipv4':
    case 'mac':
      return typeof raw === 'number';
    case 'ipv6':
      return typeof raw === 'bigint';
    case 'bytes':
    case 'text':
    case 'group':
      return raw === null;
  }
}

function flat(nodes: readonly FieldNode[]): FieldNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}

function moved(nodes: readonly FieldNode[], by: number): FieldNode[] {
  return nodes.map((node) => ({ ...node, offset: node.offset + by, children: moved(node.children, by) }));
}
