/** Who captures a flood: started, flooded, ended, and asked for its account of the packets. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import * as L from '#core/format/layout.gen.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CostLog } from '#core/store/cost-log.ts';
import type { CostSample } from '#core/store/view.ts';
import type { Child } from '../../agent/lab/processes.ts';
import { piecesOf } from '../../agent/lab/crossing/lab.ts';
import { labFiles } from '../../agent/lab/root.ts';
import { FLOOD_DEVICES, FLOOD_HOOKS, type FloodLab, type Sent } from './flood.ts';

const POLL_MS = 10;
/** Of tcpdump's ring: nothing of a round is dropped. */
const TCPDUMP_RING_KIB = 262_144;
const SNAPLEN = '128';

export interface Watched {
  readonly seen: number;
  readonly lost: number;
  /** Hooks that saw any of it. */
  readonly hooks: number;
  /** Interfaces of hooks that every packet passes, and that counted none. */
  readonly silent: readonly string[];
  /** Events that the account is wrong by. */
  readonly ledgerError: number;
  /** CPU time of who reads the ring. */
  readonly cpuNs: number;
  /** What the kernel counted of each program, when it did. */
  readonly cost: CostSample | null;
}

interface Watch {
  readonly sent: Sent;
  readonly watched: Watched;
}

/** CPU time of a process, ns. */
function cpuOf({ process, complaint }: Child): number {
  try {
    return Number(readFileSync(`/proc/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    throw new Error(`${process.spawnfile} ended by itself (${process.signalCode}): ${complaint}`);
  }
}

export async function tcpdumpWatches(lab: FloodLab, packets: number): Promise<Watch> {
  const ring = ['-B', String(TCPDUMP_RING_KIB), '-s', SNAPLEN, '-Z', 'root'];
  const dump = ['tcpdump', '-n', '-i', FLOOD_DEVICES[1], ...ring, '-w', '/dev/null'];
  const child = lab.capture('ip', ['netns', 'exec', lab.netns, ...dump]);
  while (!child.complaint.includes('listening on')) {
    if (child.over) throw new Error(`tcpdump ended: ${child.complaint}`);
    await sleep(POLL_MS);
  }
  const before = cpuOf(child);
  const sent = await lab.send(packets);
  const cpuNs = cpuOf(child) - before;
  await child.end('SIGINT');
  const told = (what: string): number =>
    Number(new RegExp(`(\\d+) packets? ${what}`).exec(child.complaint)?.[1]);
  // What it has `captured` lacks what is in the ring's last block when it is told to end.
  const seen = told('received by filter');
  const ledgerError = Math.abs(packets - seen);
  return {
    sent,
    watched: { seen, lost: told('dropped by kernel'), ledgerError, cpuNs, cost: null, hooks: 1, silent: [] },
  };
}

/** Every hook of both ends. `file` holds the capture meanwhile. */
export async function whitherWatches(
  lab: FloodLab,
  file: string,
  packets: number,
  options: readonly string[],
  probe = labFiles().probe,
): Promise<Watch> {
  const devices = FLOOD_DEVICES.flatMap((device) => ['-i', device]);
  rmSync(file, { force: true });
  const child = lab.capture(probe, [...devices, '--netns', lab.netns, '-w', file, ...options]);
  // It writes the file's head only when it is attached.
  while (!existsSync(file) || statSync(file).size === 0) {
    if (child.over) throw new Error(`the probe ended: ${child.complaint}`);
    await sleep(POLL_MS);
  }
  const received = await lab.received();
  const before = cpuOf(child);
  const sent = await lab.send(packets);
  const cpuNs = cpuOf(child) - before;
  const passed = (await lab.received()) - received;
  await child.end('SIGINT');
  if (child.process.exitCode !== 0) throw new Error(`the probe failed: ${child.complaint}`);
  const account = accountOf(file);
  rmSync(file);
  return { sent, watched: { ...account, ledgerError: account.error(passed), cpuNs } };
}

interface Interface {
  readonly name: string;
  packets: number;
  gaps: number;
  received: number;
  dropped: number;
}

interface Account {
  readonly seen: number;
  readonly lost: number;
  readonly hooks: number;
  readonly silent: readonly string[];
  readonly cost: CostSample | null;
  /** Against the packets that the device counted: a hook saw all of them, or none. */
  error(passed: number): number;
}

function accountOf(file: string): Account {
  const interfaces: Interface[] = [];
  const cost = new CostLog();
  const reader = new CaptureReader({
    section: () => undefined,
    interface: ({ name }) => interfaces.push({ name, packets: 0, gaps: 0, received: 0, dropped: 0 }),
    packet: ({ interfaceIndex }) => {
      interfaces[interfaceIndex]!.packets++;
    },
    custom: ({ subtype, body }) => {
      const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
      if (subtype === BLOCK_SUBTYPE.cost) cost.add(body, '', (ifindex) => String(ifindex));
      if (subtype === BLOCK_SUBTYPE.gap && view.getUint8(L.GAP_CAUSE) === GAP_CAUSE.ringFull) {
        interfaces[view.getUint32(L.GAP_INTERFACE, true)]!.gaps += Number(
          view.getBigUint64(L.GAP_COUNT, true),
        );
      }
    },
    statistics: ({ interfaceIndex, received, dropped }) => {
      const one = interfaces[interfaceIndex]!;
      one.received = Number(received);
      one.dropped = Number(dropped);
    },
    problem: ({ cause }) => {
      throw new Error(cause);
    },
  });
  for (const piece of piecesOf(file)) reader.push(piece);
  reader.end();
  const sum = (of: (one: Interface) => number): number =>
    interfaces.reduce((total, one) => total + of(one), 0);
  return {
    seen: sum(({ received }) => received),
    lost: sum(({ dropped }) => dropped),
    hooks: sum(({ received }) => (received > 0 ? 1 : 0)),
    silent: interfaces
      .filter(({ name, received }) => received === 0 && FLOOD_HOOKS.includes(name))
      .map(({ name }) => name),
    cost: cost.view().latest,
    error: (passed) =>
      sum(
        ({ packets, gaps, received, dropped }) =>
          Math.abs(received - packets - dropped) +
          Math.abs(gaps - dropped) +
          (received === 0 ? 0 : Math.abs(received - passed)),
      ),
  };
}
