/**
 * Debian packages that Whither needs, by what for. Installed only when missing, only as root, only on a
 * system with apt; everywhere else the caller says in one line what is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runQuietly } from './run.mjs';
import { say } from './say.mjs';

export const LIVE_PACKAGES = [
  'clang',
  'gcc',
  'iproute2',
  'libbpf-dev',
  'libc6-dev',
  'libcap-dev',
  'libelf-dev',
  'libpcap-dev',
  'make',
  'zlib1g-dev',
];
export const TEST_PACKAGES = ['chromium', 'clang-format', 'iputils-ping', 'tshark'];
/** What makes tests faster (e2e/browser.ts), on Debian 12 and later; without it they are run all the same. */
export const FASTER_TEST_PACKAGES = ['chromium-headless-shell'];
/** The peers and the browser that benches compare with and measure in. */
export const BENCH_PACKAGES = ['chromium', 'tcpdump', 'tshark'];

export function missingPackages(packages) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages], {
    encoding: 'utf8',
  });
  if (query.error) return packages;
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Returns the packages that are still missing: [] when all are there. */
export function ensurePackages(packages, why) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return [];
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return missing;
  say(`installing Debian packages for ${why}: ${missing.join(' ')} (a minute or two, once)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const ok =
    runQuietly('apt-get', ['update', '-qq'], { env }) &&
    runQuietly('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  if (!ok) say(`apt-get could not install them; try: apt-get install ${missing.join(' ')}`);
  return missingPackages(packages);
}
