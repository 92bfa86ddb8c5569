/** What a file that is dropped or chosen is, by its first bytes; its name says nothing. */

/** types: an ELF object or raw BTF. schema: JSON. capture: everything else, which says itself what is wrong with it. */
export type FileKind = 'capture' | 'types' | 'schema';

const PREFIX_BYTES = 64;
const ELF = [0x7f, 0x45, 0x4c, 0x46] as const;
const BTF_MAGICS = [
  [0x9f, 0xeb],
  [0xeb, 0x9f],
] as const;
/** Space and a byte order mark may stand in front. */
const JSON_START = /^(?:\ufeff)?\s*\{/;

export async function kindOfFile(file: File): Promise<FileKind> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.slice(0, PREFIX_BYTES).arrayBuffer());
  } catch {
    // Whoever reads it says why it cannot be read.
    return 'capture';
  }
  const begins = (magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (begins(ELF) || BTF_MAGICS.some(begins)) return 'types';
  return JSON_START.test(new TextDecoder().decode(bytes)) ? 'schema' : 'capture';
}
