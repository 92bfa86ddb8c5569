/** Where things are, from the program's own place: dist/agent/whither.mjs, or agent/cli/main.ts under tsx. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Paths {
  /** The program that was started. */
  readonly entry: string;
  /** The folder with package.json, dist/ and build/. */
  readonly packageRoot: string;
  readonly pageDir: string;
  readonly probe: string;
}

/** `entryUrl` is import.meta.url of the program; WHITHER_PROBE names another probe. */
export function findPaths(entryUrl: string): Paths {
  const entry = fileURLToPath(entryUrl);
  let packageRoot = path.dirname(entry);
  while (!existsSync(path.join(packageRoot, 'package.json')) && path.dirname(packageRoot) !== packageRoot) {
    packageRoot = path.dirname(packageRoot);
  }
  return {
    entry,
    packageRoot,
    pageDir: path.join(packageRoot, 'dist', 'page'),
    probe: path.resolve(process.env.WHITHER_PROBE ?? path.join(packageRoot, 'build', 'whither-probe')),
  };
}
