/** `whither schema from-btf`: a metadata schema from the types of a BPF object, of a loaded program or of the kernel. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readBtf, type Btf } from '#core/btf/btf.ts';
import { schemaText } from '#core/btf/schema-text.ts';
import { findType, searchTypes } from '#core/btf/search.ts';
import { schemaFromEnum, schemaFromStruct } from '#core/btf/struct-schema.ts';
import { BtfFault } from '#core/btf/types.ts';
import { MAX_FILE_BYTES } from '#core/btf/limits.ts';
import { Failure } from '../failure.ts';
import { readFailure } from '../supervisor/handover.ts';
import type { Paths } from './paths.ts';

const KERNEL_BTF = '/sys/kernel/btf/vmlinux';
/** Types of the kernel are many: a list of them wants a search. */
const MAX_LISTED = 500;
const PROBE_TIMEOUT_MS = 10_000;

export interface BtfSource {
  readonly object?: string;
  readonly program?: number;
  readonly kernel?: boolean;
}

export interface BtfOptions {
  /** A struct, union or enum by its name; without it they are listed. */
  readonly struct?: string;
  /** Part of a name: only these are listed. */
  readonly search?: string;
}

/** The bytes that hold the types, and what they are called in messages. Failure when they cannot be had. */
export function btfBytes(
  source: BtfSource,
  paths: Paths,
): { readonly bytes: Uint8Array; readonly name: string } {
  const named = [source.object, source.program, source.kernel === true ? true : undefined];
  if (named.filter((one) => one !== undefined).length !== 1) {
    throw new Failure('types are read from one place', 'name an object file, or --program ID, or --kernel');
  }
  if (source.program !== undefined) return programBtf(source.program, paths);
  const name = source.object ?? KERNEL_BTF;
  try {
    return { bytes: readFileSync(name), name };
  } catch (thrown) {
    throw readFailure(name, thrown);
  }
}

function programBtf(id: number, { probe }: Paths): { readonly bytes: Uint8Array; readonly name: string } {
  const name = `program ${id}`;
  try {
    const bytes = execFileSync(probe, ['--btf', String(id)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROBE_TIMEOUT_MS,
      maxBuffer: MAX_FILE_BYTES,
    });
    return { bytes, name };
  } catch (thrown) {
    const said = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : '';
    throw new Failure(
      `the types of ${name} cannot be read (${said === '' ? 'there is no probe' : said})`,
      'run as root, with the id that bpftool prog or whither doctor names; npm run build makes the probe',
    );
  }
}

/** The list of types as lines, or with `struct` the schema as JSON. */
export function schemaFromBtf(bytes: Uint8Array, name: string, { struct, search = '' }: BtfOptions): string {
  try {
    const btf = readBtf(bytes);
    return struct === undefined ? list(btf, name, search) : schemaText(schemaNamed(btf, name, struct));
  } catch (thrown) {
    if (!(thrown instanceof BtfFault)) throw thrown;
    throw new Failure(
      `${name} at byte ${thrown.offset}: ${thrown.message.replace(/\.$/, '')}`,
      'compile it with clang -g -target bpf',
    );
  }
}

function schemaNamed(btf: Btf, name: string, wanted: string): ReturnType<typeof schemaFromStruct> {
  const found = findType(btf, wanted);
  if (found !== null)
    return found.kind === 'enum' ? schemaFromEnum(btf, found.id) : schemaFromStruct(btf, found.id);
  const near = searchTypes(btf, wanted, 3).map((type) => type.name);
  const hint =
    near.length > 0 ? `did you mean ${near.join(', ')}` : `whither schema from-btf ${name} lists them`;
  throw new Failure(`${name} has no type called ${wanted}`, hint);
}

function list(btf: Btf, name: string, search: string): string {
  const types = searchTypes(btf, search, MAX_LISTED + 1);
  if (types.length === 0)
    throw new Failure(`${name} has no such type`, 'a type is kept in BTF when the program uses it');
  const lines = types
    .slice(0, MAX_LISTED)
    .map(
      ({ kind, name: own, size, count }) =>
        `${kind} ${own}  ${size} B, ${count} ${kind === 'enum' ? 'values' : 'members'}`,
    );
  if (types.length > MAX_LISTED) lines.push(`and more: --search TEXT narrows it down`);
  return `${lines.join('\n')}\n`;
}
