/**
 * `npm run bench -- NAME [ARGS]`: installs and builds what is missing, then runs bench/NAME.ts, whose last line of output is one JSON
 * object.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BENCH_PACKAGES, ensurePackages, LIVE_PACKAGES } from '../scripts/lib/debian.mjs';
import { ensureBuilt, ensureProbe } from '../scripts/lib/setup.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const NOT_A_BENCH = new Set(['run']);

interface Bench {
  main(args: readonly string[]): Promise<void>;
}

function benchNames(): string[] {
  return readdirSync(HERE)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => path.basename(file, '.ts'))
    .filter((name) => !NOT_A_BENCH.has(name));
}

const [name, ...args] = process.argv.slice(2);
const names = benchNames();
if (name === undefined || !names.includes(name)) {
  console.error(`Which bench? npm run bench -- ${names.join(' | ')}`);
  process.exitCode = 2;
} else {
  try {
    const missing = ensurePackages([...LIVE_PACKAGES, ...BENCH_PACKAGES], 'benches');
    if (missing.length > 0)
      throw new Error(`${missing.join(', ')} missing; try: apt-get install ${missing.join(' ')}`);
    if (!ensureProbe()) throw new Error('the probe does not build');
    ensureBuilt();
    const bench = (await import(pathToFileURL(path.join(HERE, `${name}.ts`)).href)) as Bench;
    await bench.main(args);
  } catch (error) {
    console.error(`bench ${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
