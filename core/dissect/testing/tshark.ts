/** Runs tshark over drawn packets and gives its fields back. Test code: the only place here that touches the host. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { DrawnPacket } from './packets.ts';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const NS_PER_S = 1_000_000_000n;

/** `TShark (Wireshark) 4.0.17 …`, or null where there is none. */
export function tsharkVersion(): string | null {
  try {
    return run(['--version']).split('\n')[0] ?? '';
  } catch {
    return null;
  }
}

/** Name → type of every field that tshark has: `ip.src` → `FT_IPv4`, a protocol's own name → `protocol`. */
export function tsharkFieldTypes(): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const line of run(['-G', 'fields']).split('\n')) {
    const [kind, , name = '', type = ''] = line.split('\t');
    if (kind === 'P') types.set(name, 'protocol');
    if (kind === 'F') types.set(name, type);
  }
  return types;
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
/** Linux's own port of VXLAN, which tshark has to be told. */
const DECODE_AS = ['udp.port==8472,vxlan'];

/**
 * All occurrences of each field in each packet, in order: rows[packet][field], out of one file and one run. Throws when
 * tshark does.
 */
export function tsharkFields(packets: readonly DrawnPacket[], fields: readonly string[]): string[][][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'whither-tshark-'));
  try {
    const file = path.join(folder, 'corpus.pcapng');
    writeFileSync(file, capture(packets));
    const out = run(
      [
        '-n',
        '-r',
        file,
        ...OPTIONS.flatMap((option) => ['-o', option]),
        ...DECODE_AS.flatMap((rule) => ['-d', rule]),
        ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=|', '-E', 'separator=/t'],
        ...fields.flatMap((field) => ['-e', field]),
      ],
      folder,
    );
    return out
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t').map((cell) => (cell === '' ? [] : cell.split('|'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], configFolder?: string): string {
  return execFileSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(configFolder !== undefined && { WIRESHARK_CONFIG_DIR: configFolder }) },
  });
}

/** One interface for each link type. */
function capture(packets: readonly DrawnPacket[]): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  const linkTypes = [...new Set(packets.map(({ linkType }) => linkType))];
  for (const linkType of linkTypes) writer.interfaceDescription({ linkType });
  packets.forEach(({ linkType, bytes, originalLength }, i) => {
    writer.enhancedPacket({
      interfaceId: linkTypes.indexOf(linkType),
      time: 1_700_000_000n * NS_PER_S + BigInt(i) * NS_PER_S,
      data: bytes,
      originalLength,
    });
  });
  return writer.take();
}
