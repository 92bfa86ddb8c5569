/** C to a BPF object with BTF, for tests. Needs clang, which building the probe needs, too. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const hasClang = spawnSync('clang', ['--version']).status === 0;

/** The object's bytes; `target` is `bpf` (of this host's byte order), `bpfeb` or `bpfel`. */
export function compileBpf(source: string, target: 'bpf' | 'bpfeb' | 'bpfel' = 'bpf'): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'whither-btf-'));
  try {
    const file = path.join(folder, 'source.c');
    const object = path.join(folder, 'source.o');
    writeFileSync(file, source);
    const args = ['-g', '-O2', '-std=gnu11', '-target', target, '-c', file, '-o', object];
    const { status, stderr } = spawnSync('clang', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return readFileSync(object);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
