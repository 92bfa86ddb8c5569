/** The crossing lab: `topology.ts`, numbered traffic, and a probe that records it. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import { Child, runCommand } from '../processes.ts';
import { findRoot, labFiles } from '../root.ts';
import { CROSSING_ADDRESSES, CROSSING_DEVICES, CROSSING_XDP_DEVICE, crossingTopology } from './topology.ts';

const PORT = 7400;
/** Mirrored, which clones it. */
const MIRRORED_PORT = 7401;
export const portOf = (mirrored: boolean): number => (mirrored ? MIRRORED_PORT : PORT);
const POLL_MS = 20;
/** For neighbours to be found, and for packets under way when the senders have ended. */
const SETTLE_MS = 300;

/** One flow of numbered packets. */
export interface Flow {
  readonly transport: 'udp' | 'tcp';
  readonly family: keyof typeof CROSSING_ADDRESSES;
  readonly mirrored: boolean;
  readonly first: number;
  readonly count: number;
  /** Packets (TCP: records) a second. */
  readonly rate: number;
  /** Of payload, a packet or record. */
  readonly bytes: number;
}

export interface Crossing {
  readonly flows: readonly Flow[];
  /** Does an XDP program rebuild packets on the far end of the pair? */
  readonly xdp: boolean;
  readonly devices?: readonly string[];
  readonly probe: readonly string[];
}

export interface Crossed {
  /** From the first packet to the last. */
  readonly seconds: number;
  /** TCP segments that were sent again. */
  readonly retransmitted: number;
  /** What the probe said at its end. */
  readonly complaint: string;
}

/** Sends all flows at once and records them into `file`. Leaves nothing behind. */
export async function cross(file: string, crossing: Crossing): Promise<Crossed> {
  const files = labFiles();
  const here = `whither-crossing-${process.pid}`;
  const far = `whither-far-${process.pid}`;
  const sender = path.join(path.dirname(files.loader), 'whither-numbered');
  const children = [new Child(files.loader, ['guard', here, far], { detached: true })];
  const start = (command: string, ...args: string[]): Child => {
    const child = new Child(command, args);
    children.push(child);
    return child;
  };
  try {
    for (const [command, ...args] of crossingTopology(here, far, MIRRORED_PORT)) {
      await runCommand(command!, args);
    }
    if (crossing.xdp) {
      const object = path.join(findRoot(), 'build/lab/numbered.bpf.o');
      const device = ['link', 'set', CROSSING_XDP_DEVICE, 'xdpdrv', 'obj', object, 'sec', 'xdp'];
      await runCommand('ip', ['-n', here, ...device]);
    }
    for (const port of [PORT, MIRRORED_PORT]) await start(sender, 'sink', far, String(port)).line();
    for (const { to } of Object.values(CROSSING_ADDRESSES)) {
      await runCommand('ip', ['netns', 'exec', here, 'ping', '-c', '2', '-W', '2', to]);
    }
    rmSync(file, { force: true });
    const devices = (crossing.devices ?? CROSSING_DEVICES).flatMap((device) => ['-i', device]);
    const probe = start(files.probe, ...devices, '--netns', here, '-w', file, ...crossing.probe);
    // It writes the file's head only when it is attached.
    while (!existsSync(file) || statSync(file).size === 0) {
      if (probe.over) throw new Failure(`the probe ended (${probe.complaint.trim()})`, 'run whither doctor');
      await sleep(POLL_MS);
    }
    const began = performance.now();
    await Promise.all(
      crossing.flows.map(async ({ transport, family, mirrored, first, count, rate, bytes }) => {
        const { from, to } = CROSSING_ADDRESSES[family];
        const numbers = [portOf(mirrored), first, count, rate, bytes].map(String);
        await start(sender, transport, here, from, to, ...numbers).line();
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    await sleep(SETTLE_MS);
    await probe.end('SIGINT');
    if (probe.process.exitCode !== 0) {
      throw new Failure(`the probe failed (${probe.complaint.trim()})`, 'run whither doctor');
    }
    const counters = await runCommand('ip', ['netns', 'exec', here, 'cat', '/proc/net/snmp']);
    return { seconds, retransmitted: retransmissions(counters), complaint: probe.complaint.trim() };
  } finally {
    for (const child of children.reverse()) await child.end('SIGTERM');
  }
}

/** RetransSegs of /proc/net/snmp: a line of names, then one of values. */
function retransmissions(text: string): number {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values?.[names?.indexOf('RetransSegs') ?? -1] ?? Number.NaN);
}

/** Reads the recording in pieces that a reader takes. */
export function* piecesOf(file: string, bytes = 1 << 20): Generator<Uint8Array> {
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}
