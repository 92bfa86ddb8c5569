/** What a test in a virtual machine needs, and why it is skipped where that is missing. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findRoot, labFiles } from '../root.ts';
import type { KernelFiles } from './kernel-files.ts';
import { lineOf } from '../../failure.ts';

/** The first time it downloads Debian's lists, QEMU and the kernel. */
const FETCH_TIMEOUT_MS = 300_000;

/**
 * The packaged kernel `version`, fetched by scripts/kernels (another process: agent does not import scripts),
 * or the reason why it cannot be had. With WHITHER_REQUIRE_KERNEL=1 that fails instead.
 */
export function requireVm(version: string): KernelFiles | string {
  const found = fetchKernel(version);
  if (typeof found === 'string' && process.env.WHITHER_REQUIRE_KERNEL === '1') {
    throw new Error(`WHITHER_REQUIRE_KERNEL=1, but ${found}`);
  }
  return found;
}

function fetchKernel(version: string): KernelFiles | string {
  try {
    labFiles();
  } catch (thrown) {
    return lineOf(thrown);
  }
  const root = findRoot();
  const script = path.join(root, 'scripts/kernels/run.ts');
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, '--fetch', version],
    { cwd: root, encoding: 'utf8', timeout: FETCH_TIMEOUT_MS },
  );
  if (error) return lineOf(error);
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? 'the kernel cannot be fetched';
  return JSON.parse(stdout) as KernelFiles;
}
