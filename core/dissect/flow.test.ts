import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '#core/metadata/testing/schemas.ts';
import { MAX_EXTENSION_HEADERS, MAX_HEADERS, MAX_VLAN_TAGS } from './constants.ts';
import { createFlowFields, dissectFlow } from './flow.ts';
import { endpoints, packetInfo } from './info.ts';
import { PACKETS } from './testing/packets.ts';
import { TUNNEL_PACKETS } from './testing/tunnels.ts';
import { dissectTree } from './tree.ts';
import { PROTOCOL, type FieldNode, type FlowFields } from './types.ts';

const ETHERNET = '020000000002 020000000001';
const SYN = '0fa0 2328 00000001 00000000 5002 faf0 0000 0000';
const IPV4_TCP = `0800 4500 0028 0001 4000 40 06 0000 0a000001 0a000002 ${SYN}`;
const IPV6 = (next: string, payload: number): string =>
  `60000000 ${payload.toString(16).padStart(4, '0')} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`;

function flow(text: string, linkType = 1): FlowFields {
  const bytes = hex(text);
  const fields = createFlowFields();
  dissectFlow(bytes, 0, bytes.length, linkType, fields);
  return fields;
}

/** `source > destination: info` */
function line(text: string, linkType = 1): string {
  const bytes = hex(text);
  const fields = flow(text, linkType);
  const { source, destination } = endpoints(bytes, 0, linkType, fields);
  return `${source} > ${destination}: ${packetInfo(bytes, 0, bytes.length, fields)}`;
}

describe('flow fields', () => {
  it('look for nothing behind an IPv4 header that says it is shorter than itself', () => {
    const { protocol, transportOffset, truncated, srcPort } = flow(
      `${ETHERNET} ${IPV4_TCP.replace('4500 0028', '4500 0013')}`,
    );
    expect({ protocol, transportOffset, truncated, srcPort }).toEqual({
      protocol: PROTOCOL.ipv4,
      transportOffset: -1,
      truncated: false,
      srcPort: -1,
    });
  });

  it('are offsets and numbers of the outermost packet', () => {
    expect(flow(`${ETHERNET} 8100 0064 ${IPV4_TCP} aabb`)).toEqual({
      protocol: PROTOCOL.tcp,
      family: 4,
      srcOffset: 30,
      dstOffset: 34,
      srcPort: 4000,
      dstPort: 9000,
      ipProtocol: 6,
      vlanId: 100,
      networkOffset: 18,
      transportOffset: 38,
      payloadOffset: 58,
      tcpFlags: 2,
      truncated: false,
    });
  });

  it('are all set anew for each packet', () => {
    const fields = createFlowFields();
    const bytes = hex(`${ETHERNET} 8100 0064 ${IPV4_TCP}`);
    dissectFlow(bytes, 0, bytes.length, 1, fields);
    dissectFlow(bytes, 0, bytes.length, 999, fields);
    expect(fields).toEqual(createFlowFields());
  });

  it('have no ports in a later fragment, nor behind a length that leaves no room for them', () => {
    const fragment = IPV4_TCP.replace('4000 40 06', '0003 40 06');
    expect(flow(`${ETHERNET} ${fragment}`)).toMatchObject({
      protocol: PROTOCOL.ipv4,
      srcPort: -1,
      ipProtocol: 6,
    });
    const short = IPV4_TCP.replace('0028', '0016');
    expect(flow(`${ETHERNET} ${short}`)).toMatchObject({
      protocol: PROTOCOL.tcp,
      srcPort: -1,
      truncated: true,
    });
  });

  it(`follow ${MAX_VLAN_TAGS} VLAN tags and ${MAX_EXTENSION_HEADERS} extension headers, not more`, () => {
    const tags = (n: number): string => '8100 0007'.repeat(n);
    expect(flow(`${ETHERNET} ${tags(MAX_VLAN_TAGS)} ${IPV4_TCP}`).protocol).toBe(PROTOCOL.tcp);
    expect(flow(`${ETHERNET} ${tags(MAX_VLAN_TAGS + 1)} ${IPV4_TCP}`)).toMatchObject({
      protocol: PROTOCOL.vlan,
      vlanId: 7,
      networkOffset: -1,
    });
    const headers = (n: number): string =>
      `${IPV6('3c', 8 * n + 20)} ${'3c00 010400000000'.repeat(n - 1)} 0600 010400000000 ${SYN}`;
    expect(flow(headers(MAX_EXTENSION_HEADERS), 101).protocol).toBe(PROTOCOL.tcp);
    expect(flow(headers(MAX_EXTENSION_HEADERS + 1), 101)).toMatchObject({
      protocol: PROTOCOL.ipv6,
      srcPort: -1,
    });
  });

  it('take everything there is when offload left the length 0', () => {
    expect(flow(`${ETHERNET} ${IPV4_TCP.replace('0028', '0000')}`).protocol).toBe(PROTOCOL.tcp);
    expect(flow(`${IPV6('06', 0)} ${SYN}`, 229).protocol).toBe(PROTOCOL.tcp);
  });

  it('know LINKTYPE_NULL of either byte order', () => {
    const packet = IPV4_TCP.slice(4);
    expect(flow(`02000000 ${packet}`, 0).protocol).toBe(PROTOCOL.tcp);
    expect(flow(`00000002 ${packet}`, 0).protocol).toBe(PROTOCOL.tcp);
    expect(flow(`00020000 ${packet}`, 0).protocol).toBe(PROTOCOL.unknown);
  });
});

describe('one line of text', () => {
  it.each([
    [`${ETHERNET} ${IPV4_TCP}`, '10.0.0.1:4000 > 10.0.0.2:9000: 4000 → 9000 [SYN] Seq=1 Win=64240 Len=0'],
    [
      `${ETHERNET} ${IPV4_TCP.replace('0028', '0030').replace('5002', '5018')} 0102030405060708`,
      '10.0.0.1:4000 > 10.0.0.2:9000: 4000 → 9000 [PSH, ACK] Seq=1 Ack=0 Win=64240 Len=8',
    ],
    [
      `${ETHERNET} 86dd ${IPV6('11', 10)} 0fa0 0035 000a 0000 abcd`,
      '[2001:db8::1]:4000 > [2001:db8::2]:53: 4000 → 53 Len=2',
    ],
    [
      `${ETHERNET} 0806 0001 0800 06 04 0001 020000000001 0a000002 000000000000 0a000001`,
      '10.0.0.2 > 10.0.0.1: Who has 10.0.0.1? Tell 10.0.0.2',
    ],
    [
      `${ETHERNET} 0806 0001 0800 06 04 0002 020000000001 0a000002 020000000002 0a000001`,
      '10.0.0.2 > 10.0.0.1: 10.0.0.2 is at 02:00:00:00:00:01',
    ],
    [
      `${ETHERNET} 0800 4500 001c 0001 0000 40 01 0000 0a000001 0a000002 0800 0000 0001 0002`,
      '10.0.0.1 > 10.0.0.2: Echo request id=0x0001 seq=2',
    ],
    [
      `${ETHERNET} 0800 4500 001c 0001 0000 40 01 0000 0a000001 0a000002 0303 0000 0000 0000`,
      '10.0.0.1 > 10.0.0.2: Destination unreachable (code 3)',
    ],
    [
      `${ETHERNET} 86dd ${IPV6('3a', 24)} 8700 0000 00000000 fe800000000000000000000000000001`,
      '2001:db8::1 > 2001:db8::2: Neighbor solicitation for fe80::1',
    ],
    [
      `${ETHERNET} 0800 4500 001c 00ff 2003 40 11 0000 0a000001 0a000002 0000000000000000`,
      '10.0.0.1 > 10.0.0.2: Fragment of UDP, offset 24, id=0x00ff',
    ],
    [`${ETHERNET} 88cc 0102`, '02:00:00:00:00:01 > 02:00:00:00:00:02: EtherType 0x88cc'],
    [`${ETHERNET} 0800 4500`, '02:00:00:00:00:01 > 02:00:00:00:00:02: headers cut off'],
  ])('%s', (text, expected) => {
    expect(line(text)).toBe(expected);
  });
});

const linkTypes = fc.constantFrom(...PACKETS.keys(), 12, 14, 999);
/** Anything at all, and good packets with a few bytes changed. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.oneof(...PACKETS.values(), ...TUNNEL_PACKETS.values()),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
    )
    .map(([packet, changes, cut]) => {
      const bytes = Uint8Array.from(
        packet.slice(0, cut % 2 === 0 ? packet.length : cut % (packet.length + 1)),
      );
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    }),
);

describe('any bytes', () => {
  it('give the same flow wherever they lie, with every offset inside and nothing read outside', () => {
    fc.assert(
      fc.property(
        linkTypes,
        hostile,
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (linkType, packet, guard) => {
          const alone = createFlowFields();
          dissectFlow(packet, 0, packet.length, linkType, alone);

          const buf = new Uint8Array(packet.length + 2 * guard.length);
          buf.set(guard, 0);
          buf.set(packet, guard.length);
          buf.set(guard, guard.length + packet.length);
          const inside = createFlowFields();
          dissectFlow(
            guarded(buf, guard.length, packet.length),
            guard.length,
            packet.length,
            linkType,
            inside,
          );

          const moved = (offset: number): number => (offset < 0 ? offset : offset + guard.length);
          expect(inside).toEqual({
            ...alone,
            srcOffset: moved(alone.srcOffset),
            dstOffset: moved(alone.dstOffset),
            networkOffset: moved(alone.networkOffset),
            transportOffset: moved(alone.transportOffset),
            payloadOffset: moved(alone.payloadOffset),
          });
          const size = alone.family === 6 ? 16 : 4;
          for (const offset of [alone.srcOffset, alone.dstOffset]) {
            if (offset >= 0) expect(offset + size).toBeLessThanOrEqual(packet.length);
          }
          expect(alone.srcOffset >= 0).toBe(alone.family !== 0);
          expect(
            Math.max(alone.networkOffset, alone.transportOffset, alone.payloadOffset),
          ).toBeLessThanOrEqual(packet.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('give text and a tree whose nodes lie inside the packet, bounded, without throwing', () => {
    fc.assert(
      fc.property(linkTypes, hostile, (linkType, packet) => {
        const fields = createFlowFields();
        dissectFlow(packet, 0, packet.length, linkType, fields);
        const { source, destination } = endpoints(packet, 0, linkType, fields);
        expect(`${source} ${destination} ${packetInfo(packet, 0, packet.length, fields)}`).not.toMatch(
          /undefined|NaN/,
        );
        const nodes = dissectTree(packet, linkType);
        expect(nodes.length).toBeLessThanOrEqual(MAX_HEADERS + 3);
        checkInside(nodes, packet.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('give a tree that agrees with the flow', () => {
    fc.assert(
      fc.property(linkTypes, hostile, (linkType, packet) => {
        const fields = createFlowFields();
        dissectFlow(packet, 0, packet.length, linkType, fields);
        const nodes = dissectTree(packet, linkType);
        const find = (filter: string): FieldNode | undefined =>
          nodes.flatMap(({ children }) => children).find((node) => node.filter === filter);
        if (fields.protocol === PROTOCOL.tcp || fields.protocol === PROTOCOL.udp) {
          const name = fields.protocol === PROTOCOL.tcp ? 'tcp' : 'udp';
          if (fields.srcPort >= 0) expect(find(`${name}.srcport`)?.value).toBe(fields.srcPort.toString());
          if (fields.srcPort >= 0) expect(find(`${name}.dstport`)?.offset).toBe(fields.transportOffset + 2);
        }
        if (fields.family === 6) expect(find('ipv6.src')?.offset).toBe(fields.srcOffset);
        if (fields.family === 4 && fields.protocol !== PROTOCOL.arp)
          expect(find('ip.dst')?.offset).toBe(fields.dstOffset);
        if (fields.protocol === PROTOCOL.arp && fields.family === 4) {
          expect(find('arp.dst.proto_ipv4')?.offset).toBe(fields.dstOffset);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function checkInside(nodes: readonly FieldNode[], length: number): void {
  for (const node of nodes) {
    expect(node.offset).toBeGreaterThanOrEqual(0);
    expect(node.length).toBeGreaterThanOrEqual(0);
    expect(node.offset + node.length).toBeLessThanOrEqual(length);
    expect(node.value).not.toMatch(/undefined|NaN/);
    checkInside(node.children, length);
  }
}

/** A view of `bytes` that fails the test when an index outside [start, start + length) is read. */
function guarded(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^-?\d+$/.test(key)) {
        const index = Number(key);
        if (index < start || index >= start + length)
          throw new Error(`read byte ${index} outside the packet`);
      }
      return Reflect.get(target, key, target) as unknown;
    },
  });
}
