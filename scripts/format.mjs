/** `npm run format`: writes what `npm run check` asks for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT, run, tool } from './lib/run.mjs';

await run(tool('oxfmt'), []);
const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '*.c', '*.h'], {
  cwd: ROOT,
  encoding: 'utf8',
});
const sources = listed.stdout
  .split('\n')
  .filter((file) => file !== '' && !file.includes('.gen.') && existsSync(`${ROOT}/${file}`));
await run('clang-format', ['-i', ...sources]);
