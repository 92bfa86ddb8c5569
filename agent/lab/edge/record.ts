/** `whither lab edge --record FILE`: the probe on the edge's device, from before the first packet. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import { Child } from '../processes.ts';
import type { EdgeLab } from './lab.ts';

const POLL_MS = 20;

/** Starts the probe on the edge and waits until it is attached: it writes the file's head only then. */
export async function startProbe(lab: EdgeLab, file: string, args: readonly string[] = []): Promise<Child> {
  rmSync(file, { force: true });
  const common = ['-i', lab.device, '--netns', lab.netns, '--schema', lab.files.schema, '-w', file];
  const probe = new Child(lab.files.probe, [...common, '--die-with-parent', ...args]);
  while (!existsSync(file) || statSync(file).size === 0) {
    if (probe.over) throw new Failure(`the probe ended (${probe.complaint.trim()})`, 'run whither doctor');
    await sleep(POLL_MS);
  }
  return probe;
}

/** Records `seconds` of the lab's traffic into `file`, or less when told to end; then the probe's clean end. */
export async function record(
  lab: EdgeLab,
  file: string,
  { seconds, rate, told }: { seconds: number; rate: number; told: Promise<void> },
): Promise<string> {
  const probe = await startProbe(lab, file);
  await lab.startTraffic(rate);
  await Promise.race([sleep(seconds * 1000), told]);
  await lab.stopTraffic();
  await probe.end('SIGINT');
  if (probe.process.exitCode !== 0) {
    throw new Failure(`the probe failed (${probe.complaint.trim()})`, 'run whither doctor');
  }
  return probe.complaint.trim();
}
