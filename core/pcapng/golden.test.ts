import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_FLAG, GAP_CAUSE, META_STATE } from '#core/format/structs.ts';
import { type EventFields, readEvent } from './event.ts';
import { hex, readAll } from './testing/record-calls.ts';
import { CaptureWriter } from './writer.ts';

/** The bytes of a .hex fixture: what is before `#` on each line. */
function fixture(name: string): Uint8Array {
  const text = readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
  return Uint8Array.from(Buffer.from(text.replace(/#.*$/gm, '').replace(/\s+/g, ''), 'hex'));
}

const METADATA = Uint8Array.from(Buffer.from('0108efbeadde00000000020101000000', 'hex'));
const EVENT: EventFields = {
  hook: 1,
  metaState: META_STATE.present,
  metaLen: 16,
  metadata: METADATA,
  cpu: 3,
  queue: 0xffff,
  skb: 0xffff_8881_0000_1200n,
  head: 0xffff_8882_0000_3400n,
  macOffset: 256,
  dataOffset: 270,
  networkOffset: 270,
  flags: EVENT_FLAG.cloned,
  skbLen: 28,
  dataLen: 0,
  mark: 0xcafe,
  priority: 5,
  hash: 0x1234_5678,
  skbIif: 7,
  protocol: 0x0800,
  vlanTci: 0,
  endOffset: 1728,
  task: { pid: 42, tgid: 41, comm: 'nc' },
};
const RUN = Uint8Array.from({ length: 16 }, (_, i) => i);
const PACKET = Uint8Array.from(Buffer.from('020000000002020000000001080045aabb', 'hex'));
const STARTED_NS = 1_700_000_000_000_000_000n;
const TIME_NS = 1_700_000_000_123_456_789n;

describe.each([
  ['golden-little-endian.hex', true],
  ['golden-big-endian.hex', false],
])('%s', (name, littleEndian) => {
  const bytes = fixture(name);
  const read = readAll([bytes]);

  it('reads without a problem, in the order of the file', () => {
    expect(read.problems).toEqual([]);
    expect(read.calls.map((c) => c.call)).toEqual([
      'section',
      'custom',
      'interface',
      'packet',
      'custom',
      'statistics',
    ]);
  });

  it('gives the section with its texts', () => {
    expect(read.sections).toEqual([
      {
        index: 0,
        offset: 0,
        format: 'pcapng',
        littleEndian,
        hardware: 'lab',
        os: 'Linux',
        userAppl: 'whither',
        comments: ['golden'],
      },
    ]);
  });

  it('gives the interface with hook, ifindex and netns', () => {
    expect(read.interfaces).toEqual([
      {
        index: 0,
        section: 0,
        id: 0,
        linkType: 1,
        snapLen: 256,
        name: 'eth0:netif_receive_skb',
        description: '',
        hardware: '',
        filter: '',
        tsNum: 1n,
        tsDen: 1n,
        tsOffsetS: 0n,
        hook: 1,
        ifindex: 7,
        netns: 4_026_531_840,
      },
    ]);
  });

  it('gives the packet with every option', () => {
    const [packet] = read.packets;
    expect(packet).toMatchObject({
      blockOffset: 236,
      interfaceIndex: 0,
      timeNs: TIME_NS,
      data: hex(PACKET),
      originalLength: 42,
      packetId: 0x1122_3344_5566_7788n,
      flags: 1,
      dropCount: 0x1_0000_0003,
      queue: 9,
      littleEndian,
    });
    const event = Uint8Array.from(Buffer.from(packet?.event ?? '', 'hex'));
    expect(readEvent(event, 0, event.length)).toEqual(EVENT);
  });

  it('gives the bodies of the custom blocks, the same in both byte orders', () => {
    expect(read.customs.map(({ version, subtype, section }) => [version, subtype, section])).toEqual([
      [1, 1, 0],
      [1, 4, 0],
    ]);
    expect(read.customs[1]?.body).toBe('00000000010000000c0000000000000000002a36fe9c971715cd853dfe9c9717');
  });

  it('gives the counters', () => {
    expect(read.statisticsCalls).toEqual([
      { interfaceIndex: 0, time: TIME_NS, received: 1000n, dropped: 12n, delivered: null },
    ]);
  });

  it('is what the writer writes', () => {
    const writer = new CaptureWriter({ littleEndian });
    writer.sectionHeader({ hardware: 'lab', os: 'Linux', userAppl: 'whither', comments: ['golden'] });
    writer.section({
      run: RUN,
      segment: 2,
      startedNs: STARTED_NS,
      clockOffsetNs: 1_699_999_999_000_000_000n,
      clockErrorNs: 250n,
    });
    writer.interfaceDescription({
      linkType: 1,
      snapLen: 256,
      name: 'eth0:netif_receive_skb',
      whither: { hook: 1, ifindex: 7, netns: 4_026_531_840 },
    });
    writer.enhancedPacket({
      interfaceId: 0,
      time: TIME_NS,
      data: PACKET,
      originalLength: 42,
      comments: ['hé'],
      flags: 1,
      dropCount: 0x1_0000_0003n,
      packetId: 0x1122_3344_5566_7788n,
      queue: 9,
      verdict: { kind: 2, value: 2n },
      event: EVENT,
    });
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: STARTED_NS, toNs: TIME_NS });
    writer.interfaceStatistics({ interfaceId: 0, time: TIME_NS, received: 1000n, dropped: 12n });
    expect(hex(writer.take())).toBe(hex(bytes));
  });
});
