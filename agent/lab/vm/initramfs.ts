/** The virtual machine's whole system: busybox, what the jobs run, modules, the jobs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../failure.ts';
import type { LabFiles } from '../root.ts';
import type { Job } from './jobs.ts';
import { resolveModules, type KernelFiles } from './kernel-files.ts';

const INIT = path.join(path.dirname(fileURLToPath(import.meta.url)), 'init.sh');
const EXECUTABLE = 0o755;
const BUSYBOX = '/bin/busybox';
const DIRECTORIES = [
  'bin',
  'dev',
  'jobs',
  'modules',
  'proc',
  'run',
  'sbin',
  'sys',
  'tmp',
  'usr/bin',
  'usr/sbin',
];
/** The disk for the results; what the labs and the probe's clsact filters need; devices of scenarios. */
const MODULES = [
  ...['virtio_pci', 'virtio_blk', 'veth', 'sch_ingress', 'cls_bpf', 'cls_matchall', 'act_mirred', 'sch_tbf'],
  ...['8021q', 'bridge', 'macvlan', 'vxlan', 'ip_gre', 'mpls_router', 'mpls_iptunnel', 'mpls_gso'],
];

/** Where the initramfs has things. */
export const IN_VM = {
  probe: '/usr/bin/whither-probe',
  loader: '/usr/bin/whither-lab',
  send: '/usr/bin/whither-send',
  traffic: '/usr/bin/whither-traffic',
  programs: '/lab/edge.bpf.o',
  schema: '/lab/schema.json',
} as const satisfies LabFiles;

/** iproute2 by its path: busybox's shell runs its own `ip` whatever PATH says. */
export const IPROUTE2 = { ip: '/usr/sbin/ip', tc: '/usr/sbin/tc' } as const;

/**
 * Writes the initramfs for `kernel` to `file` (a cpio archive, not compressed: unpacking costs an emulated
 * processor more than reading). `staging` is an empty directory.
 */
export function buildInitramfs(
  file: string,
  staging: string,
  { kernel, jobs, files }: { kernel: KernelFiles; jobs: readonly Job[]; files: LabFiles },
): void {
  for (const directory of DIRECTORIES) mkdirSync(path.join(staging, directory), { recursive: true });
  install(INIT, staging, '/init');
  install(BUSYBOX, staging, BUSYBOX);
  for (const [tool, to] of Object.entries(IPROUTE2)) install(find(tool), staging, to);
  for (const key of Object.keys(IN_VM) as (keyof LabFiles)[]) install(files[key], staging, IN_VM[key]);
  for (const job of jobs) {
    for (const [to, from] of Object.entries(job.files ?? {})) install(from, staging, to);
  }

  const modules = resolveModules(kernel.modules, MODULES);
  for (const { name, image } of modules) writeFileSync(path.join(staging, 'modules', `${name}.ko`), image);
  writeFileSync(path.join(staging, 'modules/order'), modules.map(({ name }) => `${name}\n`).join(''));
  // Numbered: the shell runs them in the order of their names.
  jobs.forEach(({ name, script }, i) => {
    writeFileSync(path.join(staging, 'jobs', `${String(i).padStart(2, '0')}-${name}.sh`), script);
  });
  archive(file, staging);
}

function find(tool: string): string {
  const found = ['/usr/sbin', '/sbin', '/usr/bin', '/bin']
    .map((directory) => path.join(directory, tool))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Failure(`${tool} is not installed`, 'install iproute2');
  return found;
}

/** Copies a file, executable, with the shared libraries it needs, which keep their places. */
function install(from: string, staging: string, to: string): void {
  copy(from, path.join(staging, to));
  for (const library of libraries(from)) copy(library, path.join(staging, library));
}

function copy(from: string, to: string): void {
  if (existsSync(to)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, EXECUTABLE);
}

/** Absolute paths that ldd names; [] for static programs and for files that are none. */
function libraries(file: string): string[] {
  const { status, stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
  if (status !== 0) return [];
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1]!);
}

function archive(file: string, staging: string): void {
  const names = execFileSync('find', ['.', '-mindepth', '1'], { cwd: staging });
  const out = openSync(file, 'w');
  try {
    const args = ['cpio', '-o', '-H', 'newc', '-R', '0:0'];
    execFileSync(BUSYBOX, args, { cwd: staging, input: names, stdio: ['pipe', out, 'pipe'] });
  } finally {
    closeSync(out);
  }
}
