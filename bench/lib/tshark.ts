/** tshark reading a file in several ways, output discarded. */
import { spawn, spawnSync } from 'node:child_process';

export interface TsharkWay {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * From least to most work. `read` passes packets through a filter that none matches: every packet is dissected
 * as far as that needs and nothing is printed, which is the fastest way to have tshark look at them all.
 */
export const TSHARK_WAYS: readonly TsharkWay[] = [
  { name: 'tshark, no field needed (-Y frame.number==0)', args: ['-Y', 'frame.number==0'] },
  { name: 'tshark, one field needed (-Y ip.src==192.0.2.255)', args: ['-Y', 'ip.src==192.0.2.255'] },
  {
    name: 'tshark, fields printed (-T fields, 7 of them)',
    args: [
      '-T',
      'fields',
      ...[
        'frame.number',
        'frame.packet_id',
        'ip.src',
        'ip.dst',
        'udp.srcport',
        'udp.dstport',
        'frame.len',
      ].flatMap((field) => ['-e', field]),
    ],
  },
];

/** `TShark (Wireshark) 4.0.17 …`, null when it is not installed. */
export function tsharkVersion(): string | null {
  const { status, stdout } = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0] ?? '') : null;
}

/** Seconds of wall time; names not resolved (-n). */
export function timeTshark(file: string, way: TsharkWay): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn('tshark', ['-n', '-r', file, ...way.args], { stdio: ['ignore', 'ignore', 'ignore'] });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve((performance.now() - start) / 1000);
      else reject(new Error(`tshark ended with ${String(code)}`));
    });
  });
}
