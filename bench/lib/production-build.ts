import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds a module of bench/lib with the page's own settings (vite.config.ts) and imports the result: the code that
 * people run, in its files. In one file V8 puts the values of constants in place, which it does not between modules.
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
  const chunks = 'output' in result ? result.output.filter((part) => part.type === 'chunk') : [];
  const entry = chunks.find((chunk) => chunk.isEntry);
  if (entry === undefined) throw new Error(`the build of ${file} gave no module`);
  const folder = await mkdtemp(path.join(tmpdir(), 'whither-bench-'));
  try {
    // A module, although nothing above it says so.
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const chunk of chunks) {
      const built = path.join(folder, chunk.fileName);
      await mkdir(path.dirname(built), { recursive: true });
      await writeFile(built, chunk.code);
    }
    return (await import(pathToFileURL(path.join(folder, entry.fileName)).href)) as Module;
  } finally {
    await rm(folder, { recursive: true });
  }
}
