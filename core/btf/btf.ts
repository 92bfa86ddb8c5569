/**
 * BTF, the kernel's type format: of an object, of vmlinux, or of a module on the base of vmlinux (split BTF).
 * Types stay bytes; only where each begins is kept, so that vmlinux with its 100,000 types opens at once.
 *
 * Layout (uapi/linux/btf.h). Header: u16 magic 0xeb9f @0, u8 version @2, u8 flags @3, u32 hdr_len @4, type_off @8,
 * type_len @12, str_off @16, str_len @20, offsets from the end of the header. Type: u32 name_off @0, u32 info @4 (vlen
 * bits 0-15, kind 24-28, kind_flag 31), u32 size or type @8, then what its kind has. All in the order of the host
 * it is for, told by the magic.
 */
import { ByteReader } from './bytes.ts';
import { btfSection, isElf } from './elf.ts';
import { MAX_CHAIN, MAX_FILE_BYTES, MAX_STRING_BYTES, MAX_TYPES } from './limits.ts';
import { BtfFault, KIND, type BtfMember, type BtfSummary, type BtfValue, type Kind } from './types.ts';

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;
/** Bytes behind the type itself: fixed, and per vlen. */
const TAIL_BYTES: Readonly<Record<Kind, readonly [fixed: number, each: number]>> = {
  [KIND.void]: [0, 0],
  [KIND.int]: [4, 0],
  [KIND.ptr]: [0, 0],
  [KIND.array]: [12, 0],
  [KIND.struct]: [0, 12],
  [KIND.union]: [0, 12],
  [KIND.enum]: [0, 8],
  [KIND.fwd]: [0, 0],
  [KIND.typedef]: [0, 0],
  [KIND.volatile]: [0, 0],
  [KIND.const]: [0, 0],
  [KIND.restrict]: [0, 0],
  [KIND.func]: [0, 0],
  [KIND.funcProto]: [0, 8],
  [KIND.var]: [4, 0],
  [KIND.datasec]: [0, 12],
  [KIND.float]: [0, 0],
  [KIND.declTag]: [4, 0],
  [KIND.typeTag]: [0, 0],
  [KIND.enum64]: [0, 12],
};
const POINTER_BYTES = 8;
/** component_idx of a tag that is about the whole type. */
const WHOLE_TYPE = -1;

/** Type 0: what has no type. */
export const VOID = 0;

export class Btf {
  /** Ids from this on are ours; those below are the base's. */
  readonly firstId: number;
  /** Byte order of the host that it is for. */
  readonly endian: 'little' | 'big';
  readonly #base: Btf | null;
  readonly #types: ByteReader;
  readonly #strings: ByteReader;
  readonly #stringsFrom: number;
  readonly #offsets: Uint32Array;
  /** Tags by type: what each is about, and its text; made when first asked for. */
  #tags: Map<number, { readonly member: number; readonly text: string }[]> | null = null;
  #typedefs: Map<number, string> | null = null;

  /** `base`: of split BTF what it is split from. BtfFault when it cannot be read. */
  constructor(bytes: Uint8Array, base: Btf | null = null, fileOffset = 0) {
    if (bytes.length > MAX_FILE_BYTES)
      throw new BtfFault(fileOffset, `More than ${MAX_FILE_BYTES} bytes are no BTF.`);
    const little = bytes[0] === (MAGIC & 0xff) && bytes[1] === MAGIC >> 8;
    const all = new ByteReader(bytes, fileOffset, little);
    if (all.u16(0) !== MAGIC)
      throw new BtfFault(fileOffset, 'This is no BTF: it does not begin with 0xeb9f.');
    if (all.u8(2) !== VERSION)
      throw new BtfFault(fileOffset + 2, `Version ${all.u8(2)} of BTF is not known.`);
    const header = all.u32(4);
    if (header < HEADER_BYTES) throw new BtfFault(fileOffset + 4, 'The BTF header is too short.');
    this.#types = all.part(header + all.u32(8), all.u32(12), 'the types');
    this.#strings = all.part(header + all.u32(16), all.u32(20), 'the strings');
    if (this.#strings.length > MAX_STRING_BYTES) {
      throw new BtfFault(this.#strings.base, `More than ${MAX_STRING_BYTES} bytes of names.`);
    }
    this.endian = little ? 'little' : 'big';
    this.#base = base;
    this.firstId = base === null ? 1 : base.endId;
    this.#stringsFrom = base === null ? 0 : base.#stringsFrom + base.#strings.length;
    this.#offsets = Uint32Array.from(this.#walk());
  }

  /** The first id that is no type. */
  get endId(): number {
    return this.firstId + this.#offsets.length;
  }

  kind(id: number): Kind {
    if (id === VOID) return KIND.void;
    const { owner, at } = this.#find(id);
    return kindOf(owner.#types.u32(at + 4)) ?? KIND.void;
  }

  name(id: number): string {
    if (id === VOID) return '';
    const { owner, at } = this.#find(id);
    return this.#text(owner.#types.u32(at));
  }

  /** Members of a struct or union, in the order of the declaration. */
  members(id: number): BtfMember[] {
    const { owner, at } = this.#find(id);
    const { vlen, flag } = info(owner.#types.u32(at + 4));
    return Array.from({ length: vlen }, (_, i) => {
      const member = at + TYPE_BYTES + 12 * i;
      const place = owner.#types.u32(member + 8);
      const typeId = owner.#types.u32(member + 4);
      const name = this.#text(owner.#types.u32(member));
      // With kind_flag the upper byte is the width of a bit field; before that it was in the type of the integer.
      if (flag) return { name, typeId, bitOffset: place & 0xffffff, bitSize: place >>> 24 };
      return { name, typeId, ...this.#oldBitField(typeId, place) };
    });
  }

  #oldBitField(typeId: number, place: number): { readonly bitOffset: number; readonly bitSize: number } {
    const id = this.resolve(typeId);
    if (this.kind(id) !== KIND.int) return { bitOffset: place, bitSize: 0 };
    const { offset, bits } = this.integer(id);
    const isWhole = offset === 0 && bits === 8 * this.size(id) && place % 8 === 0;
    return isWhole ? { bitOffset: place, bitSize: 0 } : { bitOffset: place + offset, bitSize: bits };
  }

  /** Values of an enum of 32 or 64 bits. */
  values(id: number): BtfValue[] {
    const { owner, at } = this.#find(id);
    const types = owner.#types;
    const { vlen, flag: signed } = info(types.u32(at + 4));
    const is64 = this.kind(id) === KIND.enum64;
    return Array.from({ length: vlen }, (_, i) => {
      const value = at + TYPE_BYTES + (is64 ? 12 : 8) * i;
      const name = this.#text(types.u32(value));
      if (!is64) return { name, value: BigInt(signed ? types.i32(value + 4) : types.u32(value + 4)) };
      const whole = (BigInt(types.u32(value + 8)) << 32n) | BigInt(types.u32(value + 4));
      return { name, value: signed ? BigInt.asIntN(64, whole) : whole };
    });
  }

  /** Of an int: encoding, and what part of its bytes it is. */
  integer(id: number): { signed: boolean; char: boolean; bool: boolean; offset: number; bits: number } {
    const { owner, at } = this.#find(id);
    const word = owner.#types.u32(at + TYPE_BYTES);
    const encoding = (word >>> 24) & 0xf;
    return {
      signed: (encoding & 1) !== 0,
      char: (encoding & 2) !== 0,
      bool: (encoding & 4) !== 0,
      offset: (word >>> 16) & 0xff,
      bits: word & 0xff,
    };
  }

  /** Whether the values of an enum are signed. */
  isSigned(id: number): boolean {
    const { owner, at } = this.#find(id);
    return info(owner.#types.u32(at + 4)).flag;
  }

  /** Element type and number of elements. */
  array(id: number): { readonly typeId: number; readonly count: number } {
    const { owner, at } = this.#find(id);
    return { typeId: owner.#types.u32(at + TYPE_BYTES), count: owner.#types.u32(at + TYPE_BYTES + 8) };
  }

  /** The type that a typedef, qualifier, pointer, tag or variable is of. */
  target(id: number): number {
    const { owner, at } = this.#find(id);
    return owner.#types.u32(at + 8);
  }

  /** The type behind typedefs, qualifiers and type tags. BtfFault when they go round. */
  resolve(id: number): number {
    let current = id;
    for (let step = 0; step <= MAX_CHAIN; step++) {
      if (!IS_ALIAS.has(this.kind(current))) return current;
      current = this.target(current);
    }
    throw new BtfFault(
      this.offset(id),
      `Type ${id} is named over more than ${MAX_CHAIN} steps, or in a circle.`,
    );
  }

  /** Bytes of a value of this type; 0 of what has none, as a function. */
  size(id: number, depth = 0): number {
    if (depth > MAX_CHAIN) throw new BtfFault(this.offset(id), `Type ${id} is an array of itself.`);
    const found = this.resolve(id);
    switch (this.kind(found)) {
      case KIND.int:
      case KIND.struct:
      case KIND.union:
      case KIND.enum:
      case KIND.enum64:
      case KIND.float:
      case KIND.datasec: {
        const { owner, at } = this.#find(found);
        return owner.#types.u32(at + 8);
      }
      case KIND.ptr:
        return POINTER_BYTES;
      case KIND.array: {
        const { typeId, count } = this.array(found);
        return count * this.size(typeId, depth + 1);
      }
      default:
        return 0;
    }
  }

  /** Texts of `btf_decl_tag("…")` at a type, or at one of its members (number from 0). */
  tags(id: number, member: number | null = null): string[] {
    this.#tags ??= this.#collectTags();
    const own = (this.#tags.get(id) ?? [])
      .filter((tag) => tag.member === (member ?? WHOLE_TYPE))
      .map(({ text }) => text);
    return this.#base !== null && id < this.firstId ? [...this.#base.tags(id, member), ...own] : own;
  }

  /** Structs, unions and enums of this BTF without its base, in the order of the file. */
  *types(): Generator<BtfSummary> {
    for (let id = this.firstId; id < this.endId; id++) {
      const { at } = this.#find(id);
      const { kind, vlen } = info(this.#types.u32(at + 4));
      if (kind !== KIND.struct && kind !== KIND.union && kind !== KIND.enum && kind !== KIND.enum64) continue;
      yield {
        id,
        kind: kind === KIND.struct ? 'struct' : kind === KIND.union ? 'union' : 'enum',
        name: this.label(id),
        size: this.#types.u32(at + 8),
        count: vlen,
      };
    }
  }

  /** The name of a type, or of the typedef that gives it one. */
  label(id: number): string {
    const name = this.name(id);
    if (name !== '') return name;
    this.#typedefs ??= this.#collectTypedefs();
    return this.#typedefs.get(id) ?? '';
  }

  /** Where a type is, in bytes from the start of what was given. */
  offset(id: number): number {
    const { owner, at } = this.#find(id);
    return owner.#types.base + at;
  }

  *#walk(): Generator<number> {
    let at = 0;
    for (let count = 0; at < this.#types.length; count++) {
      if (count + this.firstId > MAX_TYPES) {
        throw new BtfFault(this.#types.base + at, `There are more than ${MAX_TYPES} types.`);
      }
      const word = this.#types.u32(at + 4);
      const kind = kindOf(word);
      if (kind === null || kind === KIND.void) {
        throw new BtfFault(
          this.#types.base + at,
          `Kind ${(word >>> 24) & 0x1f} of type ${count + this.firstId} is not known.`,
        );
      }
      yield at;
      const [fixed, each] = TAIL_BYTES[kind];
      const bytes = TYPE_BYTES + fixed + each * info(word).vlen;
      this.#types.part(at, bytes, `the end of type ${count + this.firstId}`);
      at += bytes;
    }
  }

  #find(id: number): { readonly owner: Btf; readonly at: number } {
    if (id < this.firstId && this.#base !== null) return this.#base.#find(id);
    const at = this.#offsets[id - this.firstId];
    if (at === undefined)
      throw new BtfFault(this.#types.base, `Type ${id} is named, but there is none with this number.`);
    return { owner: this, at };
  }

  #text(offset: number): string {
    if (offset < this.#stringsFrom && this.#base !== null) return this.#base.#text(offset);
    return this.#strings.text(offset - this.#stringsFrom);
  }

  #collectTags(): Map<number, { readonly member: number; readonly text: string }[]> {
    const tags = new Map<number, { readonly member: number; readonly text: string }[]>();
    for (const at of this.#offsets) {
      if (kindOf(this.#types.u32(at + 4)) !== KIND.declTag) continue;
      const target = this.#types.u32(at + 8);
      const tag = { member: this.#types.i32(at + TYPE_BYTES), text: this.#text(this.#types.u32(at)) };
      const known = tags.get(target);
      if (known === undefined) tags.set(target, [tag]);
      else known.push(tag);
    }
    return tags;
  }

  #collectTypedefs(): Map<number, string> {
    const names = new Map<number, string>();
    for (const at of this.#offsets) {
      if (kindOf(this.#types.u32(at + 4)) !== KIND.typedef) continue;
      const target = this.#types.u32(at + 8);
      if (!names.has(target)) names.set(target, this.#text(this.#types.u32(at)));
    }
    return names;
  }
}

const IS_ALIAS: ReadonlySet<Kind> = new Set([
  KIND.typedef,
  KIND.volatile,
  KIND.const,
  KIND.restrict,
  KIND.typeTag,
]);
const KINDS: readonly Kind[] = Object.values(KIND);

function kindOf(word: number): Kind | null {
  return KINDS[(word >>> 24) & 0x1f] ?? null;
}

function info(word: number): { readonly kind: Kind | null; readonly vlen: number; readonly flag: boolean } {
  return { kind: kindOf(word), vlen: word & 0xffff, flag: word >>> 31 === 1 };
}

/** BTF of an ELF object or raw (/sys/kernel/btf/*). BtfFault when it is neither or damaged. */
export function readBtf(bytes: Uint8Array, base: Btf | null = null): Btf {
  if (!isElf(bytes)) return new Btf(bytes, base);
  const { section, base: offset } = btfSection(bytes);
  return new Btf(section, base, offset);
}
