/** Several capture files as one: sections of pcapng follow each other, and so the files may, each behind a section that names it. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import type { Problem } from '#core/pcapng/types.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { FileSpan } from '#workers/api.ts';

/** Of a Section Header Block, the same in either byte order (pcapng, section 4.1). */
const SECTION_HEADER = [0x0a, 0x0d, 0x0d, 0x0a] as const;
/** As much of a name as a person reads, and a link carries. */
const MAX_NAME_CHARS = 64;

export interface Together {
  readonly file: File;
  /** In order; names are told apart. */
  readonly files: readonly FileSpan[];
}

/**
 * The files one behind the other, in the order of their names, for a link's digest must not depend on how they were chosen; by
 * reference: nothing is read but their first bytes. Or why that is not possible.
 */
export async function together(chosen: readonly File[]): Promise<Together | Problem> {
  const files = [...chosen].sort(byName);
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
  const parts: BlobPart[] = [];
  const spans: FileSpan[] = [];
  let offset = 0;
  for (const file of files) {
    const name = unusedName(file.name, new Set(spans.map((span) => span.name)));
    const before = nameOf(name);
    const from = offset + before.length;
    offset = from + file.size;
    parts.push(before, file);
    spans.push({ name, from, to: offset });
  }
  return { file: new File(parts, spans.map(({ name }) => name).join(' + ')), files: spans };
}

/** The same wherever it is sorted; those of one name, from two folders, by length. */
function byName(a: File, b: File): number {
  if (a.name === b.name) return a.size - b.size;
  return a.name < b.name ? -1 : 1;
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  const short = name.slice(0, MAX_NAME_CHARS) || 'capture';
  for (let number = 1; ; number++) {
    const tried = number === 1 ? short : `${short} (${number})`;
    if (!used.has(tried)) return tried;
  }
}

/** A section of its own: what follows is of this file. */
function nameOf(name: string): Uint8Array<ArrayBuffer> {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.file, { name });
  return new Uint8Array(writer.take());
}
