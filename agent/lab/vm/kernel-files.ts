/** A packaged kernel as files on this machine, and which of its modules are needed. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** As `npm run kernels -- --fetch` prints it. */
export interface KernelFiles {
  /** What `uname -r` says: `6.1.0-50-cloud-amd64`. */
  readonly release: string;
  readonly vmlinuz: string;
  /** The directory with `kernel/…/*.ko` (also compressed). */
  readonly modules: string;
}

export interface Module {
  /** With `_` for `-`, as the kernel has it. */
  readonly name: string;
  /** The ELF file, decompressed. */
  readonly image: Buffer;
}

const MODULE_FILE = /^(.+)\.ko(\.xz|\.zst)?$/;
const DECOMPRESSORS = { '.xz': 'xz', '.zst': 'zstd' } as const;
const MAX_MODULE_BYTES = 64 * 1024 * 1024;
/** Key of .modinfo in the ELF file (include/linux/module.h): NUL-terminated `depends=a,b`. */
const DEPENDS = Buffer.from('\0depends=');

/**
 * `names` and all they depend on, in the order in which to load them. What is not there as a file is built
 * into the kernel, or this kernel does not have it: the job that needs it then says so.
 */
export function resolveModules(directory: string, names: readonly string[]): Module[] {
  const files = moduleFiles(directory);
  const ordered = new Map<string, Module>();
  const visit = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || ordered.has(name)) return;
    const image = readModule(file);
    for (const dependency of dependencies(image)) visit(dependency);
    ordered.set(name, { name, image });
  };
  names.forEach(visit);
  return [...ordered.values()];
}

function moduleFiles(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const name = MODULE_FILE.exec(path.basename(entry))?.[1];
    if (name !== undefined) files.set(kernelName(name), path.join(directory, entry));
  }
  return files;
}

function kernelName(name: string): string {
  return name.replaceAll('-', '_');
}

function readModule(file: string): Buffer {
  const extension = path.extname(file);
  if (extension !== '.xz' && extension !== '.zst') return readFileSync(file);
  return execFileSync(DECOMPRESSORS[extension], ['-dc', file], { maxBuffer: MAX_MODULE_BYTES });
}

/** Names of the modules that must be loaded before; [] when it says nothing. */
export function dependencies(image: Buffer): string[] {
  const start = image.indexOf(DEPENDS);
  if (start < 0) return [];
  const from = start + DEPENDS.length;
  const end = image.indexOf(0, from);
  return image
    .toString('latin1', from, end < 0 ? from : end)
    .split(',')
    .filter((name) => name !== '')
    .map(kernelName);
}
