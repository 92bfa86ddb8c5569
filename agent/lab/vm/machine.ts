/** A kernel, some jobs, and what they leave: one virtual machine from its files to its results. */
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { labFiles } from '../root.ts';
import { isAlive } from './alive.ts';
import { buildInitramfs } from './initramfs.ts';
import type { Job } from './jobs.ts';
import type { KernelFiles } from './kernel-files.ts';
import { runQemu, type QemuRun } from './qemu.ts';

/** Room for all results; a sparse file. */
const DISK_BYTES = 256 * 1024 * 1024;
/** A boot takes 3 to 10 s, a job about 5 s; on a busy machine, ten times that. It is for machines that stand still. */
const TIMEOUT_SECONDS = 180;
const TIMEOUT_SECONDS_PER_JOB = 60;
const PREFIX = 'whither-vm-';

export interface VmResults extends QemuRun {
  /** With a directory per job: its files, `stdout`, `stderr` and `exit` (its code). Removed afterwards. */
  readonly directory: string;
}

/**
 * Boots `kernel`, runs the jobs, hands their results to `evaluate`, and removes everything. When this process is
 * killed, QEMU dies with it and the next call removes what is left in the temporary directory.
 */
export async function withVm<T>(
  kernel: KernelFiles,
  jobs: readonly Job[],
  evaluate: (results: VmResults) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  removeAbandoned();
  const directory = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    const at = (name: string): string => path.join(directory, name);
    for (const name of ['staging', 'results']) mkdirSync(at(name));
    buildInitramfs(at('initramfs'), at('staging'), { kernel, jobs, files: labFiles() });
    makeDisk(at('disk'));
    const run = await runQemu({
      vmlinuz: kernel.vmlinuz,
      initramfs: at('initramfs'),
      disk: at('disk'),
      timeoutSeconds: TIMEOUT_SECONDS + jobs.length * TIMEOUT_SECONDS_PER_JOB,
      ...(signal && { signal }),
    });
    execFileSync('tar', ['-xf', at('disk'), '-C', at('results')]);
    return await evaluate({ ...run, directory: at('results') });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeDisk(file: string): void {
  const fd = openSync(file, 'w');
  ftruncateSync(fd, DISK_BYTES);
  closeSync(fd);
}

/** Directories of processes that were killed before they could remove them. */
export function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}
