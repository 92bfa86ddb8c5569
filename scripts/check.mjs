/** `npm run check`: types, lint, format (TypeScript and C), generated files up to date. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT, run, tool } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { ensureNode, ensureNpmPackages } from './lib/setup.mjs';

ensureNode();
ensureNpmPackages();

function cSources() {
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '*.c', '*.h'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed.stdout
    .split('\n')
    .filter((file) => file !== '' && !file.includes('.gen.') && existsSync(`${ROOT}/${file}`));
}

const checks = [
  ['types', tool('tsc'), ['--noEmit', '-p', '.']],
  ['types of core without DOM and Node', tool('tsc'), ['--noEmit', '-p', 'tsconfig.core.json']],
  ['lint', tool('oxlint'), ['--max-warnings', '0']],
  ['format', tool('oxfmt'), ['--list-different']],
  ['generated files', tool('tsx'), ['scripts/generate.ts', '--check']],
];
const hasClangFormat = spawnSync('clang-format', ['--version']).status === 0;
if (hasClangFormat) checks.push(['format of C', 'clang-format', ['--dry-run', '--Werror', ...cSources()]]);
else if (process.env.WHITHER_REQUIRE_KERNEL === '1') {
  say('clang-format is missing, and WHITHER_REQUIRE_KERNEL=1 allows no skipped check');
  process.exit(1);
} else say('format of C skipped: clang-format is not installed');

let failed = 0;
for (const [name, command, args] of checks) {
  const code = await run(command, args);
  say(`check ${name}: ${code === 0 ? 'ok' : 'FAILED'}`);
  if (code !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
