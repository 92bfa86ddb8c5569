/**
 * `npm run kernels [-- VERSION…]`: Whither's probe and the edge lab on Debian's packaged kernels, each in a
 * virtual machine without KVM. Prints a table, then a line of JSON. Exit code 1 when a kernel failed.
 */
import { Command } from 'commander';
import { lineOf } from '#agent/failure.ts';
import { reportKernel, type KernelReport } from '#agent/lab/vm/report.ts';
import { ensurePackages, LIVE_PACKAGES } from '../lib/debian.mjs';
import { say } from '../lib/say.mjs';
import { ensureProbe } from '../lib/setup.mjs';
import { KernelCache } from './cache.ts';
import { incompleteVersions } from './releases.ts';
import { formatJson, formatTable } from './table.ts';

const VM_PACKAGES = ['busybox-static', 'iproute2', 'qemu-system-x86', 'xz-utils', 'zstd'];
const DEFAULT_VERSIONS = ['oldest', 'newest'];

interface Options {
  readonly list?: true;
  readonly fetch?: true;
  readonly refresh?: true;
}

function requirePackages(packages: readonly string[]): void {
  const missing = ensurePackages(packages, 'virtual machines');
  if (missing.length > 0) throw new Error(`missing: apt-get install ${missing.join(' ')}`);
}

/** Ctrl-C and SIGTERM end the machine in order; SIGKILL takes QEMU along (agent/lab/vm/qemu.ts). */
function untilTold(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}

async function main(versions: string[], options: Options): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('this takes Linux on x86-64');
  const cache = new KernelCache();
  try {
    if (options.list) {
      for (const { version, release, complete } of cache.releases(options.refresh)) {
        console.log(`${version}\t${release}${complete ? '' : "\tno longer complete in Debian's archive"}`);
      }
      return;
    }
    requirePackages(VM_PACKAGES);
    const kernels = cache.kernels(versions.length === 0 ? DEFAULT_VERSIONS : versions, options.refresh);
    const leftOut = versions.includes('all') ? incompleteVersions(cache.releases()) : [];
    if (leftOut.length > 0)
      say(`left out, Debian's archive no longer has their modules: ${leftOut.join(', ')}`);
    if (options.fetch) {
      for (const kernel of kernels) console.log(JSON.stringify(kernel));
      return;
    }
    requirePackages(LIVE_PACKAGES);
    if (!ensureProbe()) throw new Error('the probe does not build');
    const told = untilTold();
    const reports: KernelReport[] = [];
    for (const kernel of kernels) {
      if (told.aborted) break;
      say(`booting ${kernel.release}`);
      reports.push(await reportKernel(kernel, told));
    }
    console.log(formatTable(reports));
    console.log(formatJson(reports, leftOut));
    if (told.aborted || reports.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
  } finally {
    cache.close();
  }
}

const command = new Command('kernels')
  .description("the probe and the edge lab on Debian's packaged kernels, in QEMU without KVM")
  .argument('[version...]', '6.1, a release or its beginning, oldest, newest, all (default: oldest newest)')
  .option('--list', 'print the packaged kernels, version and release, and end')
  .option('--fetch', 'fetch only; print a line of JSON per kernel: release, vmlinuz, modules')
  .option('--refresh', "ask Debian's mirror again which kernels there are")
  .action(async (versions: string[], options: Options) => {
    try {
      await main(versions, options);
    } catch (thrown) {
      say(lineOf(thrown));
      process.exitCode = 1;
    }
  });
await command.parseAsync();
