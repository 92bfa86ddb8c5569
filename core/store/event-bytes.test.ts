import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { eventBytes } from './event-bytes.ts';
import { sectionBytes, storeOf, trace, UDP_PACKET } from './testing/scenario.ts';

const SECTION = sectionBytes({
  seen: [
    { hook: 'netif_receive_skb', id: 1n, us: 0 },
    { hook: 'netif_receive_skb', id: 2n, us: 1, meta: [...trace(7), 0, 0], comments: ['look'] },
  ],
});

function blockOf(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return bytes.subarray(offset, offset + view.getUint32(offset + 4, true));
}

describe('the bytes of an event', () => {
  it('are read again from its block', () => {
    const store = storeOf(SECTION);
    const offset = store.events.chunk(1).blockOffset(1);
    const found = eventBytes(store, 1, blockOf(SECTION, offset));
    expect(found.packet).toEqual(UDP_PACKET);
    expect([...found.area]).toEqual([...trace(7), 0, 0]);
    expect(found.decoded.tlvs.map(({ name, value }) => [name, value])).toEqual([['trace', '0x00000007']]);
    expect(found.comments).toEqual(['look']);
    expect([found.blockOffset, found.originalLength, found.hop]).toEqual([offset, 46, 0]);
    expect([found.macOffset, found.dataOffset, found.endOffset]).toEqual([null, null, 0]);
    expect(found.fields.map(({ label }) => label)).toEqual(['Ethernet', 'IPv4', 'UDP', 'Data']);
  });

  it('are the metadata alone when the block is gone or another is in its place', () => {
    const store = storeOf(SECTION);
    for (const block of [null, new Uint8Array(store.events.chunk(1).blockLength[1]!), new Uint8Array(3)]) {
      const found = eventBytes(store, 1, block);
      expect([...found.area]).toEqual([...trace(7), 0, 0]);
      expect([found.packet.length, found.fields, found.comments, found.macOffset]).toEqual([0, [], [], null]);
    }
  });

  it('are there for big-endian sections and classic pcap', () => {
    const writer = new CaptureWriter({ littleEndian: false });
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1 });
    writer.interfaceDescription({ linkType: 1 });
    writer.enhancedPacket({ interfaceId: 1, time: 9n, data: UDP_PACKET });
    const big = writer.take();
    const store = storeOf(big);
    const at = store.events.chunk(0).blockOffset(0);
    expect(eventBytes(store, 0, big.subarray(at)).packet).toEqual(UDP_PACKET);

    const pcap = new Uint8Array(24 + 16 + UDP_PACKET.length);
    const view = new DataView(pcap.buffer);
    [0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1, 1, 2, UDP_PACKET.length, 60].forEach((word, i) => {
      view.setUint32(4 * i, word, true);
    });
    pcap.set(UDP_PACKET, 40);
    const classic = storeOf(pcap);
    expect(classic.problems).toEqual([]);
    expect(eventBytes(classic, 0, pcap.subarray(24))).toMatchObject({
      packet: UDP_PACKET,
      originalLength: 60,
      comments: [],
      macOffset: null,
    });
  });

  it("begin behind the longer header of Kuznetzov's pcap", () => {
    const pcap = new Uint8Array(24 + 24 + UDP_PACKET.length);
    const view = new DataView(pcap.buffer);
    const length = UDP_PACKET.length;
    [0xa1b2cd34, 0x0004_0002, 0, 0, 65_535, 1, 1, 2, length, length, 3, 4].forEach((word, i) => {
      view.setUint32(4 * i, word, true);
    });
    pcap.set(UDP_PACKET, 48);
    const store = storeOf(pcap);
    expect(eventBytes(store, 0, pcap.subarray(24)).packet).toEqual(UDP_PACKET);
  });
});
