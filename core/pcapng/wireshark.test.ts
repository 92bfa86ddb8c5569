import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCapture, joinChunks } from './testing/generate-capture.ts';
import { anyCleanCapture } from './testing/arbitrary-capture.ts';
import { readAll } from './testing/record-calls.ts';
import fc from 'fast-check';

const present = spawnSync('tshark', ['--version']).status === 0 && spawnSync('capinfos', ['-h']).status === 0;
const required = process.env['WHITHER_REQUIRE_KERNEL'] === '1';
/** tshark says this to root whatever it reads. */
const AS_ROOT = /^Running as user "root" and group "root"\. This could be dangerous\.\n/gm;
const EVENTS = 2000;

function run(tool: string, args: readonly string[]): string {
  const result = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  expect(result.stderr.replace(AS_ROOT, '')).toBe('');
  expect(result.status).toBe(0);
  return result.stdout;
}

describe.skipIf(!present && !required)(
  'Wireshark reads what the writer writes (needs tshark and capinfos)',
  () => {
    let dir = '';
    beforeAll(() => {
      dir = mkdtempSync(path.join(tmpdir(), 'whither-pcapng-'));
    });
    afterAll(() => rmSync(dir, { recursive: true }));

    function save(bytes: Uint8Array): string {
      const file = path.join(dir, 'capture.pcapng');
      writeFileSync(file, bytes);
      return file;
    }

    it('without a warning, packet ids, times, interfaces and lengths the same', () => {
      const bytes = joinChunks(generateCapture({ events: EVENTS }));
      const read = readAll([bytes]);
      const fields = [
        'packet_id',
        'time_epoch',
        'interface_name',
        'cap_len',
        'len',
        'packet_flags_direction',
      ];
      const out = run('tshark', [
        '-r',
        save(bytes),
        // Custom blocks are listed as frames of their own; only packets have an interface.
        '-Y',
        'frame.interface_id',
        '-T',
        'fields',
        ...fields.flatMap((f) => ['-e', `frame.${f}`]),
      ]);
      const expected = read.packets.map((p) => {
        const seconds = `${p.timeNs / 1_000_000_000n}.${(p.timeNs % 1_000_000_000n).toString().padStart(9, '0')}`;
        const name = read.interfaces[p.interfaceIndex]?.name;
        const direction = `0x${p.flags.toString(16).padStart(8, '0')}`;
        return [p.packetId, seconds, name, p.data.length / 2, p.originalLength, direction].join('\t');
      });
      expect(out.trimEnd().split('\n')).toEqual(expected);
    });

    it('and capinfos counts as many packets', () => {
      const out = run('capinfos', ['-c', '-M', save(joinChunks(generateCapture({ events: EVENTS })))]);
      expect(/Number of packets:\s+(\d+)/.exec(out)?.[1]).toBe(String(EVENTS));
    });

    it('also captures of several sections in either byte order', () => {
      for (const { bytes } of fc.sample(anyCleanCapture, { numRuns: 12, seed: 7 })) {
        const read = readAll([bytes]);
        const out = run('tshark', [
          '-r',
          save(bytes),
          '-Y',
          'frame.interface_id',
          '-T',
          'fields',
          '-e',
          'frame.cap_len',
        ]);
        const lengths = out.split('\n').slice(0, -1).map(Number);
        expect(lengths).toEqual(read.packets.map((p) => p.data.length / 2));
      }
    });
  },
);
