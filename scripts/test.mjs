/**
 * `npm test`: check, unit tests, kernel and virtual machine tests, browser tests, each to its end, so that one failure does not hide
 * another. Installs what is missing first. At the end each failure in two lines, and the last line counts all tests.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensurePackages, FASTER_TEST_PACKAGES, LIVE_PACKAGES, TEST_PACKAGES } from './lib/debian.mjs';
import { run, tool } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages, ensureProbe } from './lib/setup.mjs';

/**
 * What runs at once, for two processors. Unit tests take both, beside the check. Then kernel tests, which wait more than they compute,
 * beside virtual machines; live ones, which are on the same kernel, after them, and whichever lane has nothing left takes the next part
 * of the browser tests. More at once was tried: on a machine that is full TCP sends again, a clone comes too late, and tests that say
 * what the kernel does fail.
 */
const ROWS = [
  { lanes: [['check'], ['unit']], rest: [] },
  {
    lanes: [['kernel', 'live'], ['vm']],
    // Small parts: at the end one lane waits for half of one at most.
    rest: ['1/6', '2/6', '3/6', '4/6', '5/6', '6/6'].map((part) => `browser ${part}`),
  },
];

ensureNode();
ensureNpmPackages();
const missing = ensurePackages([...LIVE_PACKAGES, ...TEST_PACKAGES], 'the tests');
let ok = true;
if (missing.length > 0) {
  say(`tests that need ${missing.join(', ')} will be skipped by name`);
  if (process.env.WHITHER_REQUIRE_KERNEL === '1') ok = false;
} else if (!ensureProbe()) ok = false;
if (missing.length === 0) ensurePackages(FASTER_TEST_PACKAGES, 'faster tests');
ensureBuilt();

const check = async () => {
  if ((await run(process.execPath, ['scripts/check.mjs'])) !== 0) ok = false;
};

const results = mkdtempSync(path.join(os.tmpdir(), 'whither-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Told again at the end: what was printed when they failed is a thousand lines above by then. */
const failures = [];
const asked = process.argv.slice(2);
/** `PROJECT` or `PROJECT PART/PARTS`, by files. */
const runProject = async (job) => {
  const [project, shard] = job.split(' ');
  const file = path.join(results, `${job.replace(/\W/g, '-')}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--maxWorkers=2',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ];
  // Files that were asked for may be fewer than parts.
  if (shard !== undefined && asked.length === 0) args.push('--shard', shard);
  else if (shard !== undefined && !shard.startsWith('1/')) return;
  const code = await run(tool('vitest'), [...args, ...asked]);
  if (code !== 0) ok = false;
  if (!existsSync(file)) {
    ok = false;
    return;
  }
  const counted = JSON.parse(readFileSync(file, 'utf8'));
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
  totals.skipped += counted.numPendingTests + counted.numTodoTests;
  for (const { name, message, assertionResults } of counted.testResults) {
    const where = path.relative(process.cwd(), name);
    if (message) failures.push(`${where}\n    ${firstLine(message)}`);
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === 'failed')
        failures.push(`${where}: ${fullName}\n    ${firstLine(failureMessages[0] ?? '')}`);
    }
  }
};
const firstLine = (text) => text.split('\n', 1)[0];
const runJob = (job) => (job === 'check' ? check() : runProject(job));
for (const { lanes, rest } of ROWS) {
  const runLane = async (jobs) => {
    for (const job of jobs) await runJob(job);
    for (let job = rest.shift(); job !== undefined; job = rest.shift()) await runJob(job);
  };
  await Promise.all(lanes.map(runLane));
}
rmSync(results, { recursive: true, force: true });
for (const failure of failures) console.log(`FAILED ${failure}`);
if (!ok && totals.failed === 0) say('a check failed, or a test file did not run: see above');
console.log(
  `${String(totals.passed)} passed, ${String(totals.failed)} failed, ${String(totals.skipped)} skipped`,
);
process.exit(ok ? 0 : 1);
