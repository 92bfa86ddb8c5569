/** tshark reading a file in several ways, output discarded. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { summarize, type Runs } from './stats.ts';

export interface TsharkWay {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * From least to most work. `read` passes packets through a filter that none matches: every packet is dissected
 * as far as that needs and nothing is printed, which is the fastest way to have tshark look at them all.
 */
export const READ_ALL: TsharkWay = {
  name: 'tshark, no field needed (-Y frame.number==0)',
  args: ['-Y', 'frame.number==0'],
};
const TSHARK_WAYS: readonly TsharkWay[] = [
  READ_ALL,
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

/** tshark and a file for it to read. `close` removes the file. */
export interface Tshark {
  /** Reads the file once in each way. */
  round(): Promise<void>;
  /** Seconds of wall time of each way so far. */
  runs(): { name: string; runs: Runs }[];
  close(): void;
}

/** null, with a word on how to get it, when tshark is not installed. */
export function openTshark(capture: Uint8Array, ways: readonly TsharkWay[] = TSHARK_WAYS): Tshark | null {
  const version = tsharkVersion();
  if (version === null) {
    console.log('tshark is not installed (apt install tshark): no ratio.');
    return null;
  }
  console.log(version);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'whither-bench-'));
  const file = path.join(folder, 'capture.pcapng');
  writeFileSync(file, capture);
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', close);
  const seconds = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  return {
    async round() {
      for (const way of ways) seconds.get(way.name)!.push(await timeTshark(file, way));
    },
    runs: () => [...seconds].map(([name, all]) => ({ name, runs: summarize(all) })),
    close,
  };
}
