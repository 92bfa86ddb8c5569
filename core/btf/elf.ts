/** The .BTF section of an ELF object of 32 or 64 bits, either byte order (gABI chapters 4 and 5). */
import { ByteReader } from './bytes.ts';
import { MAX_SECTIONS } from './limits.ts';
import { BtfFault } from './types.ts';

/** 0x7f E L F */
const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const;
const CLASS_64 = 2;
const DATA_LITTLE = 1;
const DATA_BIG = 2;
const SECTION_NAME = '.BTF';

/** Where the fields are, in bytes: of the ELF header, and of a section header. */
const LAYOUT = {
  32: { shoff: 0x20, shentsize: 0x2e, shnum: 0x30, shstrndx: 0x32, offset: 0x10, size: 0x14, header: 40 },
  64: { shoff: 0x28, shentsize: 0x3a, shnum: 0x3c, shstrndx: 0x3e, offset: 0x18, size: 0x20, header: 64 },
} as const;

export function isElf(bytes: Uint8Array): boolean {
  return ELF_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Section .BTF of the object; BtfFault when it is damaged or has none. */
export function btfSection(bytes: Uint8Array): { readonly section: Uint8Array; readonly base: number } {
  const data = bytes[5];
  if (data === undefined) throw new BtfFault(bytes.length, 'The ELF header ends before its byte order.');
  if (data !== DATA_LITTLE && data !== DATA_BIG) throw new BtfFault(5, 'The ELF header names no byte order.');
  const reader = new ByteReader(bytes, 0, data === DATA_LITTLE);
  const is64 = reader.u8(4) === CLASS_64;
  const at = is64 ? LAYOUT[64] : LAYOUT[32];
  const word = (from: number): number => (is64 ? reader.size64(from) : reader.u32(from));
  const headers = word(at.shoff);
  const headerBytes = reader.u16(at.shentsize);
  const count = reader.u16(at.shnum);
  const names = reader.u16(at.shstrndx);
  if (headerBytes < at.header) throw new BtfFault(at.shentsize, 'Section headers are too short to be some.');
  if (count > MAX_SECTIONS || names >= count)
    throw new BtfFault(at.shnum, 'The object has no section names.');
  const place = (index: number): { offset: number; size: number } => {
    const header = headers + index * headerBytes;
    return { offset: word(header + at.offset), size: word(header + at.size) };
  };
  const strings = place(names);
  const text = reader.part(strings.offset, strings.size, 'the section names');
  for (let index = 0; index < count; index++) {
    if (text.text(reader.u32(headers + index * headerBytes)) !== SECTION_NAME) continue;
    const { offset, size } = place(index);
    reader.part(offset, size, 'section .BTF');
    return { section: bytes.subarray(offset, offset + size), base: offset };
  }
  throw new BtfFault(0, 'The object has no .BTF section: it was compiled without -g, or stripped.');
}
