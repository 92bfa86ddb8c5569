/**
 * `npm test`: check, then unit, kernel, virtual machine and browser tests, each to its end, so that one failure does not
 * hide another. Installs what is missing first. The last line counts all tests.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensurePackages, LIVE_PACKAGES, TEST_PACKAGES } from './lib/debian.mjs';
import { run, tool } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { ensureBuilt, ensureNode, ensureNpmPackages, ensureProbe } from './lib/setup.mjs';

/** Each to its end, one after the other; those of one line at the same time, for the one waits while the other computes. */
const PROJECTS = [['unit'], ['kernel', 'vm'], ['browser']];

ensureNode();
ensureNpmPackages();
const missing = ensurePackages([...LIVE_PACKAGES, ...TEST_PACKAGES], 'the tests');
let ok = true;
if (missing.length > 0) {
  say(`tests that need ${missing.join(', ')} will be skipped by name`);
  if (process.env.WHITHER_REQUIRE_KERNEL === '1') ok = false;
} else if (!ensureProbe()) ok = false;
ensureBuilt();

ok = (await run(process.execPath, ['scripts/check.mjs'])) === 0 && ok;

const results = mkdtempSync(path.join(os.tmpdir(), 'whither-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
const runProject = async (project) => {
  const file = path.join(results, `${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${file}`];
  const code = await run(tool('vitest'), [...args, ...process.argv.slice(2)]);
  if (code !== 0) ok = false;
  if (!existsSync(file)) {
    ok = false;
    return;
  }
  const counted = JSON.parse(readFileSync(file, 'utf8'));
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
  totals.skipped += counted.numPendingTests + counted.numTodoTests;
};
for (const together of PROJECTS) await Promise.all(together.map(runProject));
rmSync(results, { recursive: true, force: true });
if (!ok && totals.failed === 0) say('a check failed, or a test file did not run: see above');
console.log(
  `${String(totals.passed)} passed, ${String(totals.failed)} failed, ${String(totals.skipped)} skipped`,
);
process.exit(ok ? 0 : 1);
