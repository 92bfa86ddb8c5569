/** `npm run bench -- NAME [ARGS]`: runs bench/NAME.ts, whose last line of output is one JSON object. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
    const bench = (await import(pathToFileURL(path.join(HERE, `${name}.ts`)).href)) as Bench;
    await bench.main(args);
  } catch (error) {
    console.error(`bench ${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
