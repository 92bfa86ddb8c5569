import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds a module of bench/lib with the page's own settings (vite.config.ts) and imports the result: the code that
 * people run. In one file V8 puts the values of constants in place, which it does not between modules.
 */
export async function importProductionBuild<Module>(file: string): Promise<Module> {
  const result = await build({
    root: ROOT,
    configFile: path.join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    build: {
      write: false,
      copyPublicDir: false,
      rolldownOptions: {
        input: path.join(ROOT, 'bench/lib', file),
        preserveEntrySignatures: 'strict',
        output: { format: 'es' },
      },
    },
  });
  const code = 'output' in result ? result.output[0].code : null;
  if (code === null) throw new Error(`the build of ${file} gave no single module`);
  const folder = await mkdtemp(path.join(tmpdir(), 'whither-bench-'));
  try {
    const built = path.join(folder, 'built.mjs');
    await writeFile(built, code);
    return (await import(pathToFileURL(built).href)) as Module;
  } finally {
    await rm(folder, { recursive: true });
  }
}
