/** Several capture files as one: sections of pcapng follow each other, and so the files may. */
import type { Problem } from '#core/pcapng/types.ts';

/** Of a Section Header Block, the same in either byte order (pcapng, section 4.1). */
const SECTION_HEADER = [0x0a, 0x0d, 0x0d, 0x0a] as const;

/**
 * The files one behind the other, in the order of their names, for a link's digest must not depend on how they were chosen; by
 * reference: nothing is read but their first bytes. Or why that is not possible.
 */
export async function together(chosen: readonly File[]): Promise<File | Problem> {
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
  return new File(files, files.map(({ name }) => name).join(' + '));
}

/** The same wherever it is sorted; those of one name, from two folders, by length. */
function byName(a: File, b: File): number {
  if (a.name === b.name) return a.size - b.size;
  return a.name < b.name ? -1 : 1;
}
