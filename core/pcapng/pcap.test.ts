import { describe, expect, it } from 'vitest';
import { cutAt, readAll } from './testing/record-calls.ts';
import { rawPcap } from './testing/raw-blocks.ts';

const US = 0xa1b2c3d4;
const NS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;
const RECORDS = [
  { seconds: 1_700_000_000, fraction: 123_456, data: Uint8Array.of(1, 2, 3), original: 60 },
  { seconds: 4_294_967_295, fraction: 999_999, data: Uint8Array.of(), original: 0 },
];

describe.each([
  ['microseconds, little-endian', US, true, 1000n],
  ['microseconds, big-endian', US, false, 1000n],
  ['nanoseconds, little-endian', NS, true, 1n],
  ['nanoseconds, big-endian', NS, false, 1n],
  ['modified header, little-endian', MODIFIED, true, 1000n],
  ['modified header, big-endian', MODIFIED, false, 1000n],
])('classic pcap, %s', (_name, magic, littleEndian, scale) => {
  const bytes = rawPcap(littleEndian, magic, 1, RECORDS);
  const read = readAll([bytes]);

  it('is one section with one interface', () => {
    expect(read.problems).toEqual([]);
    expect(read.sections).toMatchObject([{ index: 0, offset: 0, format: 'pcap', littleEndian }]);
    expect(read.interfaces).toMatchObject([
      {
        index: 0,
        section: 0,
        id: 0,
        linkType: 1,
        snapLen: 65_535,
        name: '',
        hook: 0,
        tsNum: scale,
        tsDen: 1n,
      },
    ]);
  });

  it('has its packets with time in ns', () => {
    expect(read.packets.map((p) => [p.timeNs, p.data, p.originalLength])).toEqual([
      [1_700_000_000_000_000_000n + 123_456n * scale, '010203', 60],
      [4_294_967_295_000_000_000n + 999_999n * scale, '', 0],
    ]);
    expect(read.packets[0]).toMatchObject({
      blockOffset: 24,
      packetId: null,
      flags: 0,
      queue: -1,
      event: '',
      options: '',
    });
  });

  it('reads the same one byte at a time', () => {
    const every = Array.from({ length: bytes.length }, (_, i) => i);
    expect(readAll(cutAt(bytes, every)).calls).toEqual(read.calls);
  });

  it('keeps the packets before a cut', () => {
    const cut = readAll([bytes.subarray(0, bytes.length - 1)]);
    expect(cut.packets).toHaveLength(1);
    expect(cut.problemCodes).toEqual([`truncated@${read.packets[1]?.blockOffset ?? 0}!`]);
  });
});

describe('classic pcap', () => {
  it('ignores the frame check bits of the link type', () => {
    expect(readAll([rawPcap(true, US, 0x5400_0071, [])]).interfaces[0]?.linkType).toBe(113);
  });

  it('with a header alone has no packets and no problem', () => {
    const read = readAll([rawPcap(true, US, 1, [])]);
    expect(read.problems).toEqual([]);
    expect(read.interfaces).toHaveLength(1);
  });

  it('of another major version is refused', () => {
    const bytes = rawPcap(true, US, 1, []);
    bytes[4] = 3;
    expect(readAll([bytes]).problemCodes).toEqual(['unsupported-version@0!']);
  });

  it('stops at a packet longer than a block may be, without waiting for its bytes', () => {
    const bytes = rawPcap(true, US, 1, RECORDS.slice(0, 1));
    bytes.set([0xff, 0xff, 0xff, 0xff], 24 + 8);
    expect(readAll([bytes]).problemCodes).toEqual(['packet-length@24!']);
  });
});
