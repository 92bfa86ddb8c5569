/** `npx tsx core/pcapng/testing/measure-reader.ts [events]`: the speed of the reader alone, on this machine. */
import type { CaptureSink } from '../types.ts';
import { CaptureReader } from '../reader.ts';
import { generateCapture } from './generate-capture.ts';

const ROUNDS = 7;
const events = Number(process.argv[2] ?? 1_000_000);
const before = performance.now();
const chunks = generateCapture({ events });
const generatedMs = performance.now() - before;
const bytes = chunks.reduce((sum, c) => sum + c.length, 0);
const lines = [`generated ${events} events, ${bytes} bytes in ${generatedMs.toFixed(0)} ms`];
for (let round = 0; round < ROUNDS; round++) {
  let packets = 0;
  let check = 0;
  const sink: CaptureSink = {
    section: () => undefined,
    interface: () => undefined,
    custom: () => undefined,
    statistics: () => undefined,
    problem: (p) => lines.push(`${p.code} at ${p.offset}: ${p.cause}`),
    packet: (p) => {
      packets++;
      check = (check + p.packetIdLo + p.tsLo + p.eventStart) | 0;
    },
  };
  const reader = new CaptureReader(sink);
  const start = performance.now();
  for (const c of chunks) reader.push(c);
  reader.end();
  const s = (performance.now() - start) / 1000;
  lines.push(
    `${packets} packets, ${(packets / s / 1e6).toFixed(1)} M/s, ${(bytes / s / 1e6).toFixed(0)} MB/s, check ${check}`,
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
