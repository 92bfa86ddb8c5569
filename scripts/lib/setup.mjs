/**
 * Brings a checkout to a state in which it can run, doing only what is missing. Plain Node, no packages:
 * it runs before there are any.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { alone } from './alone.mjs';
import { ROOT, runQuietly, tool } from './run.mjs';
import { fail, say } from './say.mjs';

const MIN_NODE = [20, 19];

export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  fail(`Node ${process.versions.node} is too old.`, `Install Node ${MIN_NODE.join('.')} or newer.`);
}

/** npm packages exactly as locked; again only when the lock file or Node's major version changed. */
export function ensureNpmPackages() {
  if (!hasNpmPackages()) alone(installNpmPackages);
}

function wantedPackages() {
  const lock = readFileSync(path.join(ROOT, 'package-lock.json'));
  return createHash('sha256').update(lock).update(process.versions.modules).digest('hex');
}

const NPM_STAMP = path.join(ROOT, 'node_modules', '.whither-lock');

function hasNpmPackages() {
  return existsSync(NPM_STAMP) && readFileSync(NPM_STAMP, 'utf8') === wantedPackages();
}

function installNpmPackages() {
  // Somebody else did while this one waited.
  if (hasNpmPackages()) return;
  say('installing npm packages (once)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  if (!runQuietly(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])) {
    fail(
      'npm could not install the packages (its message is above).',
      'Check the network and run the command again.',
    );
  }
  writeFileSync(NPM_STAMP, wantedPackages());
}

/** Files below `folders` with size and time, hashed: changes when a source does. */
function fingerprint(entries) {
  const hash = createHash('sha256');
  const visit = (relative) => {
    const absolute = path.join(ROOT, relative);
    if (!existsSync(absolute)) return;
    const info = statSync(absolute);
    if (info.isDirectory()) {
      for (const name of readdirSync(absolute).sort()) visit(path.join(relative, name));
    } else if (!relative.endsWith('.test.ts') && !relative.endsWith('.md')) {
      hash.update(`${relative}\0${String(info.size)}\0${String(info.mtimeMs)}\n`);
    }
  };
  for (const entry of entries) visit(entry);
  return hash.digest('hex');
}

const SHARED_SOURCES = ['core', 'package-lock.json', 'package.json', 'tsconfig.json'];
const BUILDS = [
  {
    name: 'page',
    sources: [
      ...SHARED_SOURCES,
      'index.html',
      'public',
      'src',
      'workers',
      'vite.config.ts',
      'vite.share.config.ts',
    ],
    // The second puts the page in one file beside the page that the first made anew.
    runs: [
      ['build', '--logLevel', 'warn'],
      ['build', '--config', 'vite.share.config.ts', '--logLevel', 'warn'],
    ],
  },
  {
    name: 'agent',
    sources: [...SHARED_SOURCES, 'agent', 'vite.agent.config.ts'],
    runs: [['build', '--config', 'vite.agent.config.ts', '--logLevel', 'warn']],
  },
];

/** Page and agent in dist/, built again only when a source changed. */
export function ensureBuilt() {
  if (BUILDS.some((build) => !isBuilt(build))) alone(buildStale);
}

const stampOf = ({ name }) => path.join(ROOT, 'dist', `.${name}-stamp`);

function isBuilt(build) {
  const stamp = stampOf(build);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(build.sources);
}

function buildStale() {
  for (const build of BUILDS) {
    if (isBuilt(build)) continue;
    const want = fingerprint(build.sources);
    const stamp = stampOf(build);
    say(`building the ${build.name}`);
    if (!build.runs.every((args) => runQuietly(tool('vite'), args))) {
      fail(
        `The ${build.name} does not build (the reason is above).`,
        'If the checkout is unchanged, this is a bug.',
      );
    }
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, want);
  }
}

/** The C programs (probe and lab) in build/; make knows what is stale. Returns false when they cannot be built. */
export function ensureProbe() {
  if (!existsSync(path.join(ROOT, 'build', 'whither-probe'))) say('building the probe');
  return runQuietly('make', ['-s', '-C', 'agent/probe']);
}
