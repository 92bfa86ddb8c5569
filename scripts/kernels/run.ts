/**
 * `npm run kernels [-- VERSION…]`: Whither's probe, the edge lab and all scenarios on Debian's packaged kernels, each in a
 * virtual machine without KVM. Prints a table, then a line of JSON. Exit code 1 when a kernel failed.
 */
import { Command } from 'commander';
import { lineOf } from '#agent/failure.ts';
import { SCENARIOS } from '#agent/lab/scenario/list.ts';
import type { Scenario } from '#agent/lab/scenario/types.ts';
import type { KernelFiles } from '#agent/lab/vm/kernel-files.ts';
import { reportKernel, type KernelReport } from '#agent/lab/vm/report.ts';
import { ensurePackages, LIVE_PACKAGES } from '../lib/debian.mjs';
import { say } from '../lib/say.mjs';
import { ensureProbe } from '../lib/setup.mjs';
import { KernelCache } from './cache.ts';
import { differences } from './differences.ts';
import { keepFindings } from './findings.ts';
import { HERE, reportHere } from './here.ts';
import { publish } from './publish.ts';
import { incompleteVersions } from './releases.ts';
import { formatJson, formatTable } from './table.ts';

const VM_PACKAGES = ['busybox-static', 'iproute2', 'qemu-system-x86', 'xz-utils', 'zstd'];
const DEFAULT_VERSIONS = ['oldest', 'newest'];

/** Machines at once. */
const PARALLEL = 2;

interface Options {
  readonly scenario?: string;
  readonly publish?: true;
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

/** All, or those that `pattern` names: a regular expression for the whole name. */
function chosen(pattern: string | undefined): readonly Scenario[] {
  if (pattern === undefined) return SCENARIOS;
  const whole = new RegExp(`^(${pattern})$`);
  const found = SCENARIOS.filter(({ name }) => whole.test(name));
  if (found.length === 0)
    throw new Error(`no scenario is named ${pattern}: npx whither lab list has them all`);
  return found;
}

/** Runs and keeps one after the other, PARALLEL at once. Reports in the order of the kernels. */
async function runAll(
  kernels: readonly (KernelFiles | typeof HERE)[],
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<KernelReport[]> {
  const reports = new Map<number, KernelReport>();
  const waiting = [...kernels.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const [place, kernel] = next;
      say(kernel === HERE ? 'on this machine' : `booting ${kernel.release}`);
      const { report, scenarios: runs } =
        kernel === HERE
          ? await reportHere(scenarios, signal)
          : await reportKernel(kernel, { signal, scenarios });
      const attached = report.hooks.filter((hook) => hook.attached).length;
      const kept = keepFindings(
        {
          release: report.kernel,
          where: kernel === HERE ? 'here' : 'qemu',
          hooksAttached: attached,
          hooksKnown: report.hooks.length,
        },
        runs,
      );
      reports.set(place, { ...report, wrong: [...report.wrong, ...kept] });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return [...reports].sort(([a], [b]) => a - b).map(([, report]) => report);
}

async function main(versions: string[], options: Options): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('this takes Linux on x86-64');
  if (options.publish) {
    for (const line of await publish(SCENARIOS)) console.log(line);
    return;
  }
  const cache = new KernelCache();
  try {
    if (options.list) {
      for (const { version, release, complete } of cache.releases(options.refresh)) {
        console.log(`${version}\t${release}${complete ? '' : "\tno longer complete in Debian's archive"}`);
      }
      return;
    }
    requirePackages(VM_PACKAGES);
    const scenarios = chosen(options.scenario);
    const packaged = versions.filter((version) => version !== HERE);
    const kernels = cache.kernels(versions.length === 0 ? DEFAULT_VERSIONS : packaged, options.refresh);
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
    const here: (typeof HERE)[] = versions.includes(HERE) ? [HERE] : [];
    const reports = await runAll([...kernels, ...here], scenarios, told);
    console.log(formatTable(reports));
    const other = differences(reports, SCENARIOS);
    for (const line of other) console.log(line);
    console.log(formatJson(reports, leftOut, other));
    if (told.aborted || reports.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
  } finally {
    cache.close();
  }
}

const command = new Command('kernels')
  .description("the probe, the edge lab and all scenarios on Debian's packaged kernels, in QEMU without KVM")
  .argument(
    '[version...]',
    '6.1, a release or its beginning, oldest, newest, all, here = this machine (default: oldest newest)',
  )
  .option('--scenario <pattern>', 'only scenarios of this name, a regular expression')
  .option('--publish', 'make the survival table and the samples of what was found so far, and end')
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
