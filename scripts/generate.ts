/**
 * `npm run generate`: writes everything that is derived from core/format/{structs,hooks}.ts.
 * `npm run generate -- --check`: writes nothing, names the stale files, exits 1 when there are some.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generate/files.ts';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function readIfPresent(file: string): string {
  try {
    return readFileSync(path.join(ROOT, file), 'utf8');
  } catch {
    return '';
  }
}

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const { file, text } of await generatedFiles(readIfPresent)) {
  if (readIfPresent(file) === text) continue;
  stale.push(file);
  if (check) continue;
  mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  writeFileSync(path.join(ROOT, file), text);
}
if (check && stale.length > 0) {
  console.error(
    `Stale generated files: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`,
  );
  process.exitCode = 1;
} else if (!check) {
  console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}` : 'Everything generated is up to date.');
}
