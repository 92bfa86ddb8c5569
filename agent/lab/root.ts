import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.ts';

/**
 * The directory with package.json, agent/ and build/: upwards from this file, which is in agent/lab, or
 * bundled in dist/agent.
 */
export function findRoot(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'agent/lab/edge/schema.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) {
      throw new Failure('the lab needs the source tree', 'run whither from where it was cloned');
    }
    directory = parent;
  }
  return directory;
}

/** The lab's programs, all built by `make -C agent/probe`. */
export interface LabFiles {
  readonly probe: string;
  readonly loader: string;
  /** The traffic of scenarios. */
  readonly send: string;
  /** The traffic of the edge. */
  readonly traffic: string;
  readonly programs: string;
  readonly schema: string;
}

export function labFiles(root = findRoot()): LabFiles {
  const files = {
    probe: path.join(root, 'build/whither-probe'),
    loader: path.join(root, 'build/whither-lab'),
    send: path.join(root, 'build/whither-send'),
    traffic: path.join(root, 'build/whither-traffic'),
    programs: path.join(root, 'build/lab/edge.bpf.o'),
    schema: path.join(root, 'agent/lab/edge/schema.json'),
  };
  for (const file of Object.values(files)) {
    if (!existsSync(file)) {
      throw new Failure(`${path.relative(root, file)} is not built`, 'run make -C agent/probe');
    }
  }
  return files;
}

/** The traffic of scenarios, and the BPF object of one. */
export const sendProgram = (): string => labFiles().send;
/** Of scenarios that have their own. */
export const scenarioSchema = (name: string): string => path.join(findRoot(), 'agent/lab/scenarios', name);
export const scenarioObject = (name: string): string => built(`build/lab/${name}.bpf.o`);

function built(file: string): string {
  const found = path.join(findRoot(), file);
  if (existsSync(found)) return found;
  throw new Failure(`${file} is not built`, 'run make -C agent/probe');
}
