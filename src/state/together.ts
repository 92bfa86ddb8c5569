/** Several captures as one: which they are, and by which names they are told apart. */
import type { Problem } from '#core/pcapng/types.ts';
import { isKeptShare } from '#core/share/kept-path.ts';
import { unusedName } from '#core/store/unused-name.ts';
import type { SingleSpec, SourceSpec } from '#workers/api.ts';
import { specOf, titleOf, type Spec } from './origin.ts';
import type { Comparison, FileRef } from './link-state.ts';
import type { Origin, PartOrigin } from './store.ts';

/** Of a Section Header Block, the same in either byte order (pcapng, section 4.1). */
const SECTION_HEADER = [0x0a, 0x0d, 0x0d, 0x0a] as const;
/** As much of a name as a person reads, and a link carries. */
const MAX_NAME_CHARS = 64;
/** No part of a link has any of the first, and a file within a file has the other between both names (core/store/file-path.ts). */
const NOT_IN_NAMES = /[\p{Cc}/]/gu;

/** Why files cannot be opened together, null = they can; by their first bytes, before what is open makes way for them. */
export async function notTogether(files: readonly File[]): Promise<Problem | null> {
  for (const file of files) {
    const bytes = new Uint8Array(
      await file
        .slice(0, SECTION_HEADER.length)
        .arrayBuffer()
        .catch(() => new ArrayBuffer(0)),
    );
    if (SECTION_HEADER.every((byte, i) => bytes[i] === byte)) continue;
    return {
      code: 'not-together',
      offset: 0,
      cause: `${file.name} is no pcapng, and only those can be opened together.`,
      remedy: 'Make it one (editcap -F pcapng), or open it alone.',
      fatal: false,
    };
  }
  return null;
}

/** Files that were chosen together, or why they cannot be opened so. `meant`: those of the link that is in force. */
export async function fromFiles(
  chosen: readonly File[],
  meant: readonly FileRef[],
): Promise<Origin | Problem> {
  const files = meant.length === 0 ? chosen : await (await import('./called-as.ts')).calledAs(chosen, meant);
  const { ofFile } = await import('#src/compare/other.ts');
  const parts: PartOrigin[] = [];
  for (const file of files) {
    const part = await ofFile(file);
    if ('cause' in part) return part;
    parts.push(part);
  }
  return { kind: 'together', parts };
}

export interface Named {
  readonly name: string;
  readonly origin: PartOrigin;
}

/** In the order of their names, for a link's digest must not depend on how they were chosen; those of one name are told apart. */
export function named(parts: readonly PartOrigin[]): readonly Named[] {
  const used = new Set<string>();
  return parts
    .map((origin) => ({ name: nameOf(origin).replace(NOT_IN_NAMES, ' '), origin }))
    .sort(byName)
    .map(({ name, origin }) => ({ name: unusedName(name || 'capture', MAX_NAME_CHARS, used), origin }));
}

/** Looks samples up. What one of them cannot be opened for is a problem. `compare`: what the link compares. */
export async function togetherSpec(
  parts: readonly PartOrigin[],
  compare: Comparison | null = null,
): Promise<Spec> {
  const all = named(parts);
  const sideOf = compare === null ? () => ({}) : (await import('./sides-of-files.ts')).sidesOfFiles(compare);
  const found: { name: string; source: SingleSpec; side?: number }[] = [];
  for (const { name, origin } of all) {
    const spec = await specOf(origin);
    if ('problem' in spec) return spec;
    if (isSingle(spec.source)) found.push({ name, source: spec.source, ...sideOf(name) });
  }
  return { source: { kind: 'together', parts: found }, title: all.map(({ name }) => name).join(' + ') };
}

function isSingle(source: SourceSpec): source is SingleSpec {
  return source.kind !== 'live' && source.kind !== 'together';
}

/** The same wherever it is sorted; those of one name by where they are from, and files, from two folders, by length. */
function byName(a: Named, b: Named): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const [first, second] = [titleOf(a.origin), titleOf(b.origin)];
  if (first !== second) return first < second ? -1 : 1;
  return sizeOf(a.origin) - sizeOf(b.origin);
}

function sizeOf(origin: PartOrigin): number {
  return origin.kind === 'file' ? origin.file.size : 0;
}

function nameOf(origin: PartOrigin): string {
  if (origin.kind === 'sample') return `${origin.id}.pcapng`;
  if (origin.kind !== 'url') return titleOf(origin);
  const { pathname } = new URL(origin.url, document.baseURI);
  // Its id opens it, and is not shown.
  if (isKeptShare(pathname)) return 'share.pcapng';
  const last = pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
