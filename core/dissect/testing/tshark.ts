/** Runs tshark over drawn packets and gives its fields back. Test code: the only place here that touches the host. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DrawnPacket } from './packets.ts';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const SNAPLEN = 262_144;

/** `TShark (Wireshark) 4.0.17 …`, or null where there is none. */
export function tsharkVersion(): string | null {
  try {
    const out = execFileSync('tshark', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.split('\n')[0] ?? '';
  } catch {
    return null;
  }
}

/** Nothing that looks beyond one packet, no names, no checksum verdicts, nobody's preferences. */
const OPTIONS = [
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'ip.check_checksum:FALSE',
  'tcp.check_checksum:FALSE',
  'udp.check_checksum:FALSE',
  // Otherwise four or more bytes behind a packet may be taken for a frame check sequence.
  'eth.fcs:Never',
  'eth.trailer_length:0',
];

/**
 * All occurrences of each field in each packet, in order: rows[packet][field]. The packets have one link type.
 * Throws when tshark does.
 */
export function tsharkFields(packets: readonly DrawnPacket[], fields: readonly string[]): string[][][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'whither-tshark-'));
  try {
    const file = path.join(folder, 'corpus.pcap');
    writeFileSync(file, classicPcap(packets));
    const out = execFileSync(
      'tshark',
      [
        '-n',
        '-r',
        file,
        ...OPTIONS.flatMap((option) => ['-o', option]),
        ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=|', '-E', 'separator=/t'],
        ...fields.flatMap((field) => ['-e', field]),
      ],
      {
        encoding: 'utf8',
        maxBuffer: MAX_OUTPUT_BYTES,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, WIRESHARK_CONFIG_DIR: folder },
      },
    );
    return out
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t').map((cell) => (cell === '' ? [] : cell.split('|'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A little-endian microsecond pcap file. */
function classicPcap(packets: readonly DrawnPacket[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAPLEN, 16);
  head.writeUInt32LE(packets[0]!.linkType, 20);
  const records = packets.flatMap((packet, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + i, 0);
    record.writeUInt32LE(packet.bytes.length, 8);
    record.writeUInt32LE(packet.originalLength, 12);
    return [record, packet.bytes];
  });
  return Buffer.concat([head, ...records]);
}
