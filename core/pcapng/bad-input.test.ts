import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from './reader.ts';
import { rawOrder } from './testing/raw-blocks.ts';
import { CallRecorder, joinBytes, readAll } from './testing/record-calls.ts';
import { CaptureWriter } from './writer.ts';

const { u32, block, option } = rawOrder(true);

/** Section header (28 bytes), interface (32) and one packet (32 + 4): 96 bytes. */
function good(): Uint8Array {
  const w = new CaptureWriter();
  w.sectionHeader();
  w.interfaceDescription({ linkType: 1 });
  w.enhancedPacket({ interfaceId: 0, time: 1n, data: Uint8Array.of(1, 2, 3, 4) });
  return w.take();
}
const GOOD = good();
const text = (s: string): Uint8Array => Uint8Array.from(Buffer.from(s));

describe('input that is no capture', () => {
  it('empty: says so', () => {
    const read = readAll([]);
    expect(read.problemCodes).toEqual(['empty@0!']);
    expect(read.problems[0]?.cause).toBe('The file is empty.');
    expect(readAll([new Uint8Array(0)]).problemCodes).toEqual(['empty@0!']);
  });

  it.each([
    ['text', text('Dear diary, today I captured packets.\n')],
    ['text', text('hi')],
    ['text', text('grüße, lange genug für zwölf')],
    ['JSON', text('{"n":1,"time_ns":"0"}')],
    ['JSON', text('\n [1,2,3,4,5,6,7,8,9]')],
    ['gzip-compressed data', new Uint8Array(gzipSync(GOOD))],
    ['zstd-compressed data', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['a zip archive', joinBytes(text('PK\x03\x04'), new Uint8Array(30))],
    ['xz-compressed data', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0, 0, 0, 0)],
    ['bzip2-compressed data', text('BZh91AY&SY\x01\x02\x03')],
    ['a Solaris snoop capture', joinBytes(text('snoop\0\0\0'), new Uint8Array(8))],
    ['data of an unknown kind', new Uint8Array(64)],
    ['data of an unknown kind', Uint8Array.of(0)],
    // Of /dev/urandom: no control characters, and no UTF-8.
    [
      'data of an unknown kind',
      Uint8Array.of(0x9c, 0x41, 0xfe, 0x7a, 0xc3, 0x28, 0xa9, 0x55, 0x80, 0xbf, 0xe2, 0x33),
    ],
    // Cut within its last character.
    ['text', text('zwölf Bytes ö')],
  ])('%s: says what it looks like and what to do', (looksLike, bytes) => {
    const read = readAll([bytes]);
    expect(read.calls).toHaveLength(1);
    expect(read.problems).toMatchObject([
      {
        code: 'not-a-capture',
        offset: 0,
        cause: `This is not a packet capture: it looks like ${looksLike}.`,
        fatal: true,
      },
    ]);
    expect(read.problems[0]?.remedy).not.toBe('');
  });

  it('a compressed capture: names the tool that unpacks it', () => {
    const [problem] = readAll([new Uint8Array(gzipSync(GOOD))]).problems;
    expect(problem?.remedy).toBe('Unpack it first (gunzip FILE) and open the result.');
  });
});

describe('a damaged capture keeps what came before', () => {
  const withBlock = (...bytes: Uint8Array[]): CallRecorder => readAll([joinBytes(GOOD, ...bytes)]);

  it.each(Array.from({ length: GOOD.length - 1 }, (_, i) => i + 1))('cut after %i bytes', (length) => {
    const read = readAll([GOOD.slice(0, length)]);
    if (length < 4) expect(read.problemCodes).toEqual(['not-a-capture@0!']);
    else if (length === 28 || length === 60) expect(read.problemCodes).toEqual([]);
    else expect(read.problemCodes).toEqual([`truncated@${length < 28 ? 0 : length < 60 ? 28 : 60}!`]);
    expect(read.sections).toHaveLength(length < 28 ? 0 : 1);
  });

  it.each([
    ['0', 0],
    ['8', 8],
    ['13', 13],
    ['30', 30],
    ['16 MiB and 4', 16 * 1024 * 1024 + 4],
    ['4 GiB less 4', 0xffff_fffc],
    ['4 GiB less 1', 0xffff_ffff],
  ])('a block of length %s', (_name, length) => {
    const read = withBlock(u32(6), u32(length), new Uint8Array(64));
    expect(read.packets).toHaveLength(1);
    expect(read.problemCodes).toEqual(['block-length@96!']);
    expect(read.problems[0]?.cause).toContain(String(length));
  });

  it('a section header or an interface too short to be one', () => {
    expect(withBlock(block(0x0a0d0d0a, u32(0x1a2b3c4d))).problemCodes).toEqual(['block-length@96!']);
    expect(withBlock(block(1, u32(1))).problemCodes).toEqual(['block-length@96!']);
  });

  it('a block whose two lengths differ', () => {
    const bytes = block(0x99, u32(1));
    bytes[12] = 20;
    const read = withBlock(bytes);
    expect(read.packets).toHaveLength(1);
    expect(read.problemCodes).toEqual(['block-trailer@96!']);
    expect(read.problems[0]?.cause).toBe('The block here says 16 bytes at its start and 20 at its end.');
  });

  it('a section with a byte-order magic that is none', () => {
    const read = withBlock(block(0x0a0d0d0a, u32(0x11223344), u32(1), u32(0), u32(0)));
    expect(read.problemCodes).toEqual(['byte-order@96!']);
    expect(read.problems[0]?.cause).toContain('0x11223344');
  });

  it('a section of another major version', () => {
    const read = withBlock(block(0x0a0d0d0a, u32(0x1a2b3c4d), u32(2), u32(0), u32(0)));
    expect(read.problemCodes).toEqual(['unsupported-version@96!']);
    expect(read.problems[0]?.cause).toContain('2.0');
  });

  it('delivers nothing behind a fatal problem, also from later chunks', () => {
    const recorder = new CallRecorder();
    const reader = new CaptureReader(recorder);
    reader.push(joinBytes(GOOD, u32(6), u32(0), u32(0)));
    expect(reader.stopped).toBe(true);
    const before = recorder.calls.length;
    const read = reader.bytesRead;
    reader.push(GOOD);
    reader.end();
    expect(recorder.calls.length).toBe(before);
    expect(reader.bytesRead).toBe(read);
  });
});

describe('a packet that cannot be', () => {
  const packet = (id: number, captured: number, ...rest: Uint8Array[]): Uint8Array =>
    block(6, u32(id), u32(0), u32(1), u32(captured), u32(captured), ...rest);
  const read = (...blocks: Uint8Array[]): CallRecorder => readAll([joinBytes(GOOD, ...blocks)]);

  it('at an interface that is not declared is skipped, and reading goes on', () => {
    const got = read(packet(7, 0), packet(0xffff_ffff, 0), packet(0, 0));
    expect(got.packets).toHaveLength(2);
    expect(got.problemCodes).toEqual(['undeclared-interface@96', 'undeclared-interface@128']);
    expect(got.problems[0]?.cause).toContain('interface 7');
  });

  it('with more bytes than its block is skipped, and reading goes on', () => {
    const got = read(packet(0, 5, u32(0)), packet(0, 0xffff_ffff), packet(0, 4, u32(0)));
    expect(got.packets).toHaveLength(2);
    expect(got.problemCodes).toEqual(['packet-length@96', 'packet-length@132']);
  });

  it('shorter than its fixed part is skipped, and reading goes on', () => {
    const got = read(block(6, u32(0)), block(3), block(2, u32(0)), packet(0, 0));
    expect(got.packets).toHaveLength(2);
    expect(got.problemCodes).toEqual(['packet-length@96', 'packet-length@112', 'packet-length@124']);
  });

  it('with an option past its block is delivered with the options before it', () => {
    const got = read(packet(0, 0, option(6, u32(5)), u32((5 << 16) | 2), u32(0)));
    expect(got.packets[1]).toMatchObject({ queue: 5, flags: 0 });
    expect(got.problemCodes).toEqual(['option-length@132']);
  });

  it('a thousand times over is named eight times and then counted', () => {
    const got = read(...Array.from({ length: 1000 }, () => packet(7, 0)));
    expect(got.problems).toHaveLength(9);
    expect(got.problems[8]?.cause).toMatch(/^992 more like this/);
    expect(got.problems.every((p) => !p.fatal)).toBe(true);
  });
});

describe('limits', () => {
  it('of block length, interfaces and sections end reading when passed', () => {
    const w = new CaptureWriter();
    w.sectionHeader();
    for (let i = 0; i < 4; i++) w.interfaceDescription({ linkType: 1 });
    const interfaces = w.take();
    expect(readAll([interfaces], { maxInterfacesPerSection: 3 }).problemCodes).toEqual(['too-many@124!']);
    expect(readAll([interfaces], { maxInterfacesPerSection: 4 }).problemCodes).toEqual([]);
    expect(readAll([interfaces], { maxInterfaces: 3 }).problemCodes).toEqual(['too-many@124!']);
    expect(readAll([joinBytes(GOOD, GOOD)], { maxSections: 1 }).problemCodes).toEqual(['too-many@96!']);
    expect(readAll([GOOD], { maxBlockBytes: 32 }).problemCodes).toEqual(['block-length@60!']);
  });

  it('of text cut names and comments', () => {
    const w = new CaptureWriter();
    w.sectionHeader({ userAppl: 'abcdef', comments: ['12345', 'b', 'c'] });
    const read = readAll([w.take()], { maxTextBytes: 4, maxComments: 2 });
    expect(read.sections).toMatchObject([{ userAppl: 'abcd', comments: ['1234', 'b'] }]);
  });
});
