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

/** Names of all BPF programs that are loaded. */
export function loadedPrograms(): string[] {
  return execFileSync(labFiles().loader, ['programs'], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** Names that BPF programs of the probe have; the kernel cuts them to 15 characters. */
export const PROBE_PROGRAMS = [
  'netif_receive_skb',
  'net_dev_queue',
  'net_dev_start_xmit',
  'tcx_ingress_first',
  'tcx_ingress_last',
  'tcx_egress_first',
  'tcx_egress_last',
  'skb_copy_datagram_iovec',
  'consume_skb',
  'kfree_skb',
].map((name) => name.slice(0, 15));

export function probePrograms(): string[] {
  return loadedPrograms().filter((name) => PROBE_PROGRAMS.includes(name));
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
