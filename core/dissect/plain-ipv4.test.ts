import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PACKET_KINDS, packetTemplate } from '#core/pcapng/testing/packet-templates.ts';
import { u16 } from './constants.ts';
import { createFlowFields, dissectFlow } from './flow.ts';
import { PLAIN, plainIpv4 } from './plain-ipv4.ts';
import { PROTOCOL } from './types.ts';

const plainOf = (bytes: Uint8Array, start = 0, length = bytes.length): number =>
  plainIpv4(new DataView(bytes.buffer), start, length);

it('knows TCP, UDP and ICMP over IPv4, and leaves the others', () => {
  const protocols = PACKET_KINDS.map((kind) => plainOf(packetTemplate(kind).bytes));
  expect(Object.fromEntries(PACKET_KINDS.map((kind, i) => [kind, protocols[i]]))).toEqual({
    udp4: 17,
    tcp4: 6,
    icmp4: 1,
    udp6: 0,
  });
});

it('a packet cut off in its headers is none', () => {
  const { bytes } = packetTemplate('tcp4');
  const whole = Array.from({ length: bytes.length + 1 }, (_, length) => plainOf(bytes, 0, length));
  expect(
    whole.map((protocol, length) => (protocol === 0 ? -1 : length)).filter((length) => length >= 0),
  ).toEqual([bytes.length]);
});

it('says of any packet what dissectFlow says of it, or nothing', () => {
  const anyPacket = fc.record({
    kind: fc.constantFrom(...PACKET_KINDS),
    before: fc.nat(7),
    cut: fc.nat(60),
    changes: fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
  });
  const flow = createFlowFields();
  fc.assert(
    fc.property(anyPacket, ({ kind, before, cut, changes }) => {
      const template = packetTemplate(kind).bytes;
      const bytes = new Uint8Array(before + template.length);
      bytes.set(template, before);
      for (const [at, value] of changes) if (at < template.length) bytes[before + at] = value;
      const length = Math.max(0, template.length - Math.max(0, cut - 30));
      const protocol = plainOf(bytes, before, length);
      if (protocol === 0) return;
      dissectFlow(bytes, before, length, 1, flow);
      const hasPorts = protocol !== 1;
      expect(flow).toMatchObject({
        protocol: { 1: PROTOCOL.icmp, 6: PROTOCOL.tcp, 17: PROTOCOL.udp }[protocol],
        family: 4,
        ipProtocol: protocol,
        srcOffset: before + PLAIN.src,
        dstOffset: before + PLAIN.dst,
        srcPort: hasPorts ? u16(bytes, before + PLAIN.srcPort) : -1,
        dstPort: hasPorts ? u16(bytes, before + PLAIN.dstPort) : -1,
        tcpFlags: protocol === 6 ? bytes[before + PLAIN.tcpFlags] : 0,
        vlanId: -1,
      });
    }),
    { numRuns: 3000 },
  );
});
