/** Small captures made byte by byte, good and bad: what a person may drop on the page. */

import { generateChunks } from '#core/pcapng/testing/generate-capture.ts';

const ETHERNET = 1;
const PCAP_MAGIC_US = 0xa1b2c3d4;
const SHB = 0x0a0d0d0a;
const IDB = 1;
const EPB = 6;

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value >>> 0, 4 * i));
  return bytes;
}

/** Ethernet, IPv4 10.0.0.1 → 10.0.0.2, UDP 4000 → 9000, one byte of payload that tells frames apart. */
export function udpFrame(mark: number): Buffer {
  return Buffer.from(
    `0200000000020200000000010800` +
      `4500001d00010000401166cd0a0000010a000002` +
      `0fa0232800090000` +
      mark.toString(16).padStart(2, '0'),
    'hex',
  );
}

/** A classic little-endian pcap with microseconds. */
export function plainPcap(frames: number): Buffer {
  const header = Buffer.concat([u32(PCAP_MAGIC_US), Buffer.from([2, 0, 4, 0]), u32(0, 0, 65535, ETHERNET)]);
  const records = Array.from({ length: frames }, (_, i) => {
    const frame = udpFrame(i & 0xff);
    return Buffer.concat([u32(1_700_000_000 + i, 250_000, frame.length, frame.length), frame]);
  });
  return Buffer.concat([header, ...records]);
}

function block(type: number, body: Buffer, length = body.length + 12): Buffer {
  return Buffer.concat([u32(type, length), body, u32(length)]);
}

/** A little pcapng with `frames` packets; its blocks one by one, for tests that break one. */
export function pcapngBlocks(frames: number): readonly Buffer[] {
  const section = block(
    SHB,
    Buffer.concat([u32(0x1a2b3c4d), Buffer.from([1, 0, 0, 0]), u32(0xffffffff, 0xffffffff)]),
  );
  const device = block(IDB, u32(ETHERNET, 65535));
  const packets = Array.from({ length: frames }, (_, i) => {
    const frame = udpFrame(i & 0xff);
    const padded = Buffer.concat([frame, Buffer.alloc((4 - (frame.length % 4)) % 4)]);
    return block(EPB, Buffer.concat([u32(0, 0x60a24, 0x1000_0000 + i, frame.length, frame.length), padded]));
  });
  return [section, device, ...packets];
}

/** Three good packets, then a block that says it is `length` bytes long. */
export function brokenLength(length: number): { readonly bytes: Buffer; readonly offset: number } {
  const good = Buffer.concat(pcapngBlocks(3));
  return { bytes: Buffer.concat([good, u32(EPB, length), Buffer.alloc(64)]), offset: good.length };
}

/** A capture as Whither makes them, with metadata that is changed and clobbered on the way. */
export function generatedCapture(events: number): Buffer {
  return Buffer.concat([...generateChunks({ events, startNs: 1_700_000_000_000_000_000n })]);
}
