/** What is in the kernel and on the host, asked without Whither's own bookkeeping. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { labFiles } from '../root.ts';

const POLL_MS = 20;
const PATIENCE_MS = 20_000;

/** Waits until `condition` holds; fails with `what` when it does not. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so: ${what}`);
    await sleep(POLL_MS);
  }
}

/** All BPF programs that are loaded, whoever loaded them: id → name (the kernel cuts it to 15 characters). */
export function loadedPrograms(): Map<number, string> {
  const text = execFileSync(labFiles().loader, ['programs'], { encoding: 'utf8' });
  const pairs = text.split('\n').filter((line) => line !== '');
  return new Map(pairs.map((line) => [Number(line.split(' ')[0]), line.split(' ')[1] ?? '']));
}

/** Ids of the BPF programs that a process holds by file descriptor; [] when it has ended. */
export function programsOf(pid: number): number[] {
  const ids = new Set<number>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
      const match = /^prog_id:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
      if (match) ids.add(Number(match[1]));
    }
  } catch {
    // A descriptor, or the process, that went away meanwhile.
  }
  return [...ids];
}

/** Waits until none of the programs is loaded any more. */
export async function untilUnloaded(ids: readonly number[]): Promise<void> {
  await until('the programs are gone', () => {
    const loaded = loadedPrograms();
    return ids.every((id) => !loaded.has(id));
  });
}

/** Named network namespaces of Whither's labs. */
export function labNamespaces(): string[] {
  return existsSync('/run/netns')
    ? readdirSync('/run/netns').filter((name) => name.startsWith('whither-'))
    : [];
}

export function tc(netns: string, ...args: string[]): string {
  return execFileSync('tc', ['-n', netns, ...args], { encoding: 'utf8' });
}

/** Packets that a device has sent and received, as the kernel counts them. */
export function deviceCounters(netns: string, device: string): { tx: number; rx: number } {
  const text = execFileSync('ip', ['-n', netns, '-s', '-j', 'link', 'show', device], { encoding: 'utf8' });
  const [link] = JSON.parse(text) as { stats64: { tx: { packets: number }; rx: { packets: number } } }[];
  if (!link) throw new Error(`no ${device}`);
  return { tx: link.stats64.tx.packets, rx: link.stats64.rx.packets };
}

/** A line of /proc/PID/status. */
export function statusOf(pid: number, key: string): string {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${key}:`));
  return line?.slice(key.length + 1).trim() ?? '';
}

export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !statusOf(pid, 'State').startsWith('Z');
}
