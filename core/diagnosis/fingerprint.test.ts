import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { fingerprint, PRINT, PRINT_WORDS } from './fingerprint.ts';
import { hex, ping, printOf, tcp, udp, vxlan } from './testing/packets.ts';

const packetOf = (bytes: Uint8Array, captured?: number): number[] => [
  ...printOf(bytes, captured).subarray(PRINT.flow, PRINT.packet + 1),
];

describe('fingerprint', () => {
  it('is the same after a router and a checksum offload', () => {
    expect(packetOf(udp({ ttl: 64, checksum: 0 }))).toEqual(packetOf(udp({ ttl: 63, checksum: 0x1234 })));
    expect(packetOf(ping(3, { ttl: 64 }))).toEqual(packetOf(ping(3, { ttl: 63, checksum: 9 })));
  });

  it('tells packets of one flow apart by id, length, payload and sequence', () => {
    const one = packetOf(udp());
    for (const other of [udp({ id: 2 }), udp({ payload: '01020305' }), udp({ payload: '0102030400' })]) {
      expect(packetOf(other)[0]).toBe(one[0]);
      expect(packetOf(other)[1]).not.toBe(one[1]);
    }
    expect(packetOf(ping(1))[1]).not.toBe(packetOf(ping(2))[1]);
    expect(packetOf(tcp(100, 10))[1]).not.toBe(packetOf(tcp(110, 10))[1]);
    expect(packetOf(udp({ port: 9001 }))[0]).not.toBe(one[0]);
  });

  it('is none where what it needs was not captured', () => {
    expect(packetOf(udp(), 45)).toEqual([packetOf(udp())[0], 0]);
    expect(packetOf(udp(), 20)).toEqual([0, 0]);
    // Payload beyond the first 16 bytes does not matter.
    const long = udp({ payload: 'ab'.repeat(100) });
    expect(packetOf(long, 58)).toEqual(packetOf(long));
    expect(packetOf(long, 57)[1]).toBe(0);
  });

  it('prints the packet inside a tunnel as it is without', () => {
    const inside = ping(5);
    const print = printOf(vxlan(inside));
    expect([...print.subarray(PRINT.innerFlow, PRINT.innerPacket + 1)]).toEqual(packetOf(inside));
    expect(packetOf(vxlan(inside))).not.toEqual(packetOf(inside));
    expect([...printOf(inside).subarray(PRINT.innerFlow, PRINT.innerPacket + 1)]).toEqual([0, 0]);
  });

  it('finds the packet behind all options of GRE', () => {
    const inside = ping(5);
    const ip = Buffer.from(inside.subarray(14)).toString('hex');
    const outer = Buffer.from(inside.subarray(0, 14)).toString('hex');
    const gre = (head: string): Uint8Array => {
      const total = (20 + head.length / 2 + ip.length / 2).toString(16).padStart(4, '0');
      return hex(`${outer} 4500 ${total} 0001 4000 40 2f 0000 0a000009 0a000008 ${head} ${ip}`);
    };
    for (const head of ['00000800', '2000080000000007', 'b0000800000000000000000700000001']) {
      const print = printOf(gre(head));
      expect([...print.subarray(PRINT.innerFlow, PRINT.innerPacket + 1)]).toEqual(packetOf(inside));
    }
  });

  it('has sequence number and payload of TCP as on the wire', () => {
    const print = printOf(tcp(0xfffffff0, 1448), 80);
    expect([print[PRINT.sequence], print[PRINT.payload], print[PRINT.length]]).toEqual([
      0xfffffff0, 1448, 1502,
    ]);
  });

  it('counts no padding of a short frame as payload', () => {
    const padded = new Uint8Array(60);
    padded.set(tcp(5, 0));
    expect(printOf(padded)).toEqual(printOf(tcp(5, 0)));
    expect([printOf(padded)[PRINT.payload], printOf(padded)[PRINT.length]]).toEqual([0, 54]);
  });

  it('sets every word and never throws, whatever the bytes', () => {
    const flow = createFlowFields();
    const linkType = fc.constantFrom(1, 101, 113, 0);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(20),
        linkType,
        fc.nat(3000),
        (bytes, start, type, wire) => {
          const from = Math.min(start, bytes.length);
          dissectFlow(bytes, from, bytes.length - from, type, flow);
          const out = new Uint32Array(PRINT_WORDS);
          fingerprint(bytes, from, bytes.length - from, wire, flow, out, 0);
          const again = new Uint32Array(PRINT_WORDS).fill(7);
          fingerprint(bytes, from, bytes.length - from, wire, flow, again, 0);
          expect([...again.subarray(0, 7)]).toEqual([...out.subarray(0, 7)]);
          if (out[PRINT.flow] === 0) expect(out[PRINT.packet]).toBe(0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
