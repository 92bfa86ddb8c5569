import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import { EVENT_META_LEN, EVENT_SIZE, EVENT_VERSION } from '#core/format/layout.gen.ts';
import { encodeEvent, UNKNOWN_EVENT } from './event.ts';
import { rawOrder } from './testing/raw-blocks.ts';
import { joinBytes, readAll } from './testing/record-calls.ts';
import { CaptureWriter, type InterfaceOptions, type PacketOptions } from './writer.ts';

const PACKET: PacketOptions = { interfaceId: 0, time: 5n, data: Uint8Array.of(1, 2, 3, 4, 5) };

function capture(build: (w: CaptureWriter) => void, littleEndian = true): Uint8Array {
  const w = new CaptureWriter({ littleEndian });
  w.sectionHeader();
  build(w);
  return w.take();
}

const device = (options: Partial<InterfaceOptions> = {}): InterfaceOptions => ({ linkType: 1, ...options });

describe.each([true, false])('sections, littleEndian %s', (littleEndian) => {
  const { u16, u32, block, option } = rawOrder(littleEndian);

  it('accept every standard block and unknown ones, and deliver what is around them', () => {
    const filler = Uint8Array.from({ length: 20 }, (_, i) => i);
    const skipped = [4, 9, 0x0a, 0x0bad, 0x4000_0bad, 0x7777, 0x8000_0001].map((type) => block(type, filler));
    const read = readAll([
      capture((w) => w.interfaceDescription(device()), littleEndian),
      ...skipped,
      block(0x0bad, u32(1)),
      block(0x1234),
      capture((w) => {
        w.interfaceDescription(device());
        w.enhancedPacket(PACKET);
      }, littleEndian),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.packets.map((p) => [p.interfaceIndex, p.data])).toEqual([[1, '0102030405']]);
  });

  it('skip unknown options, and know a packet option by number and length', () => {
    const body = [u32(0), u32(0), u32(5), u32(1), u32(1), Uint8Array.of(7, 0, 0, 0)];
    const options = [
      option(0x7abc, Uint8Array.of(1, 2, 3)),
      option(2, Uint8Array.of(1)),
      option(2989, u32(32473)),
      option(2988, Uint8Array.of(9)),
      option(6, u32(3)),
      u32(0),
      option(6, u32(4)),
    ];
    const read = readAll([
      capture((w) => w.interfaceDescription(device()), littleEndian),
      block(6, ...body, ...options),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.packets).toMatchObject([{ data: '07', queue: 3, flags: 0, event: '' }]);
  });

  it('read a Simple Packet Block at interface 0, without time, cut at its snapLen', () => {
    const read = readAll([
      capture((w) => w.interfaceDescription(device({ snapLen: 2 })), littleEndian),
      block(3, u32(60), Uint8Array.of(1, 2, 0xee, 0xee)),
      capture((w) => w.interfaceDescription(device()), littleEndian),
      block(3, u32(3), Uint8Array.of(1, 2, 3)),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.packets.map((p) => [p.interfaceIndex, p.timeNs, p.data, p.originalLength])).toEqual([
      [0, 0n, '0102', 60],
      [1, 0n, '010203', 3],
    ]);
  });

  it('read an obsolete Packet Block, with its drops', () => {
    const packet = (drops: number): Uint8Array =>
      block(
        2,
        u16(0),
        u16(drops),
        u32(1),
        u32(2),
        u32(3),
        u32(9),
        Uint8Array.of(1, 2, 3, 0),
        option(2, u32(2)),
        u32(0),
      );
    const read = readAll([
      capture((w) => w.interfaceDescription(device()), littleEndian),
      packet(4),
      packet(0xffff),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.packets).toMatchObject([
      { timeNs: 0x1_0000_0002n, data: '010203', originalLength: 9, flags: 2, dropCount: 4 },
      { dropCount: 0 },
    ]);
  });

  it('take every if_tsresol and if_tsoffset', () => {
    const read = readAll([
      capture((w) => {
        w.interfaceDescription(device({ tsresol: null }));
        w.interfaceDescription(device({ tsresol: 0 }));
        w.interfaceDescription(device({ tsresol: 12 }));
        w.interfaceDescription(device({ tsresol: 0x80 | 10 }));
        w.interfaceDescription(device({ tsresol: 9, tsOffsetS: 2n }));
        w.interfaceDescription(device({ tsresol: 6, tsOffsetS: -1n }));
        for (let id = 0; id < 6; id++) w.enhancedPacket({ ...PACKET, interfaceId: id, time: 2_000_000n });
      }, littleEndian),
    ]);
    expect(read.packets.map((p) => p.timeNs)).toEqual([
      2_000_000_000n,
      2_000_000_000_000_000n,
      2000n,
      1_953_125_000_000n,
      2_002_000_000n,
      1_000_000_000n,
    ]);
    expect(read.interfaces[5]).toMatchObject({ tsNum: 1000n, tsDen: 1n, tsOffsetS: -1n });
  });

  it('give the texts of an interface, and a filter only when it is text', () => {
    const read = readAll([
      capture((w) => {
        w.interfaceDescription(
          device({ name: 'eth0', description: 'uplink', hardware: 'veth', filter: 'udp port 53' }),
        );
      }, littleEndian),
      block(1, u16(101), u16(0), u32(9), option(11, Uint8Array.of(1, 0x61, 0x62)), u32(0)),
    ]);
    expect(read.interfaces).toMatchObject([
      { name: 'eth0', description: 'uplink', hardware: 'veth', filter: 'udp port 53', linkType: 1 },
      { name: '', filter: '', linkType: 101, snapLen: 9, tsNum: 1000n },
    ]);
  });
});

describe('several sections', () => {
  it('each have their own byte order and interface ids, and one count of interfaces', () => {
    const one = (littleEndian: boolean): Uint8Array =>
      capture((w) => {
        w.interfaceDescription(device({ name: `le ${littleEndian}` }));
        w.enhancedPacket(PACKET);
      }, littleEndian);
    const read = readAll([joinBytes(one(true), one(false), one(true))]);
    expect(read.problems).toEqual([]);
    expect(read.sections.map((s) => [s.index, s.littleEndian])).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
    expect(read.interfaces.map((i) => [i.index, i.section, i.id])).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 0],
    ]);
    expect(read.packets.map((p) => [p.interfaceIndex, p.timeNs, p.littleEndian])).toEqual([
      [0, 5n, true],
      [1, 5n, false],
      [2, 5n, true],
    ]);
  });

  it('forget the interfaces of the one before', () => {
    const read = readAll([
      capture((w) => w.interfaceDescription(device())),
      capture((w) => w.enhancedPacket(PACKET)),
    ]);
    expect(read.packets).toEqual([]);
    expect(read.problems.map((p) => [p.code, p.fatal])).toEqual([['undeclared-interface', false]]);
  });
});

describe("Whither's event", () => {
  const event = encodeEvent({
    ...UNKNOWN_EVENT,
    metaState: META_STATE.present,
    metaLen: 4,
    metadata: Uint8Array.of(1, 2, 3, 4),
  });
  const { u32, block, option } = rawOrder(true);
  const withOptions = (...options: Uint8Array[]): ReturnType<typeof readAll> =>
    readAll([
      capture((w) => w.interfaceDescription(device())),
      block(6, u32(0), u32(0), u32(5), u32(0), u32(0), ...options),
    ]);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = event.slice();
    copy[at] = value;
    return joinBytes(u32(32473), copy);
  };

  it('is found in both binary custom options', () => {
    for (const code of [2989, 19373]) {
      const read = withOptions(option(code, joinBytes(u32(32473), event)), u32(0));
      expect(read.packets[0]?.event).toBe(Buffer.from(event).toString('hex'));
    }
  });

  it.each([
    ['another enterprise', joinBytes(u32(9), event)],
    ['another magic', changed(0, 0x58)],
    ['a struct cut short', joinBytes(u32(32473), event.subarray(0, EVENT_SIZE - 4))],
  ])('is not seen in an option of %s', (_what, value) => {
    const read = withOptions(option(2989, value), u32(0));
    expect(read.problems).toEqual([]);
    expect(read.packets[0]?.event).toBe('');
  });

  it('of another version leaves a plain packet and says so', () => {
    const read = withOptions(option(2989, changed(EVENT_VERSION, 2)), u32(0));
    expect(read.packets[0]?.event).toBe('');
    expect(read.problems).toMatchObject([{ code: 'event-version', fatal: false }]);
  });

  it('whose metadata runs past the option leaves a plain packet and says so', () => {
    const read = withOptions(option(2989, changed(EVENT_META_LEN, 5)), u32(0));
    expect(read.packets[0]?.event).toBe('');
    expect(read.problems).toMatchObject([{ code: 'event-length', fatal: false }]);
  });
});

describe("Whither's blocks", () => {
  it('arrive with subtype and exact body', () => {
    const read = readAll([
      capture((w) => {
        w.json(BLOCK_SUBTYPE.schema, { a: 'é' });
        w.custom(BLOCK_SUBTYPE.host, new Uint8Array(0));
      }),
    ]);
    expect(read.problems).toEqual([]);
    expect(read.customs.map((c) => [c.subtype, Buffer.from(c.body, 'hex').toString()])).toEqual([
      [3, '{"a":"é"}'],
      [5, ''],
    ]);
  });

  it('with a body past the block, or of another version, are skipped and named', () => {
    const good = capture((w) => w.custom(5, Uint8Array.of(1, 2, 3, 4)));
    const long = good.slice();
    new DataView(long.buffer).setUint32(28 + 12 + 8, 5, true);
    const newer = good.slice();
    newer[28 + 12 + 4] = 2;
    expect(readAll([good]).customs).toHaveLength(1);
    expect(readAll([long]).problemCodes).toEqual(['custom-length@28']);
    expect(readAll([newer]).problemCodes).toEqual(['block-version@28']);
  });
});

describe('statistics', () => {
  it('of an interface that is not declared are skipped and named', () => {
    const read = readAll([capture((w) => w.interfaceStatistics({ interfaceId: 3, time: 0n }))]);
    expect(read.statisticsCalls).toEqual([]);
    expect(read.problemCodes).toEqual(['undeclared-interface@28']);
  });

  it('tell an absent counter from 0', () => {
    const read = readAll([
      capture((w) => {
        w.interfaceDescription(device());
        w.interfaceStatistics({ interfaceId: 0, time: 9n, dropped: 0n, delivered: 2n ** 64n - 1n });
      }),
    ]);
    expect(read.statisticsCalls).toEqual([
      { interfaceIndex: 0, time: 9n, received: null, dropped: 0n, delivered: 2n ** 64n - 1n },
    ]);
  });
});
