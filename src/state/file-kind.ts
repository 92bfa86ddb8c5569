/** What a file that is dropped or chosen is, by its first bytes; its name says nothing. */

/** types: an ELF object or raw BTF. schema: JSON. page: HTML, which may have a share inside. capture: everything else, which says itself what is wrong with it. */
export type FileKind = 'capture' | 'types' | 'schema' | 'page';

/** Some hundred packets: the worker begins with them, and does not ask the browser's process for what has just been read. */
const HEAD_BYTES = 64 * 1024;
/** What tells. */
const PREFIX_BYTES = 64;
const ELF = [0x7f, 0x45, 0x4c, 0x46] as const;
const BTF_MAGICS = [
  [0x9f, 0xeb],
  [0xeb, 0x9f],
] as const;
/** Space and a byte order mark may stand in front. */
const PAGE_START = /^(?:\ufeff)?\s*<(?:!doctype html|html)[\s>]/i;
const JSON_START = /^(?:\ufeff)?\s*\{/;

/** The first bytes; none when they cannot be read: whoever reads it says why. */
export async function headOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  } catch {
    return new Uint8Array(0);
  }
}

export function kindOf(head: Uint8Array): FileKind {
  const begins = (magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);
  if (begins(ELF) || BTF_MAGICS.some(begins)) return 'types';
  const text = new TextDecoder().decode(head.subarray(0, PREFIX_BYTES));
  if (PAGE_START.test(text)) return 'page';
  return JSON_START.test(text) ? 'schema' : 'capture';
}

export async function kindOfFile(file: File): Promise<FileKind> {
  return kindOf(await headOf(file));
}
