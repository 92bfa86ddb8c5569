/** From a struct or an enum of a program to a metadata schema. */
import { MAX_NAME_LENGTH, MAX_SCHEMA_TYPES, MAX_VALUE_NAMES } from '#core/metadata/shape-types.ts';
import { MAX_TLVS } from '#core/metadata/scan.ts';
import type { MetadataSchema, StructFraming, TlvType } from '#core/metadata/types.ts';
import type { Btf } from './btf.ts';
import { MAX_CHAIN, MAX_DEPTH, MAX_FIELDS } from './limits.ts';
import { meaningOf } from './tags.ts';
import { BtfFault, KIND, type BtfMember } from './types.ts';

/** A schema has at most four levels of `nested`; what is deeper is shown as bytes. */
const MAX_NESTED = 3;
const MAX_INTEGER_BYTES = 8;
/** Types of the kernel whose name says more than their members. */
const NAMED_KINDS: Readonly<Record<string, Pick<TlvType, 'kind' | 'size'>>> = {
  in_addr: { kind: 'ipv4', size: 4 },
  in6_addr: { kind: 'ipv6', size: 16 },
};
/** Types in network order (linux/types.h). */
const BIG_ENDIAN_NAMES: ReadonlySet<string> = new Set(['__be16', '__be32', '__be64', '__sum16']);
const MAC_NAMES = /mac|eth|h_source|h_dest/i;
const MAC_BYTES = 6;

/** One struct on its way to a schema. */
interface Walk {
  readonly btf: Btf;
  /** Members that may still be looked at, of all structs in it: structs in structs multiply. */
  left: number;
}

/** A type of a field without what its place adds. */
type Value = Omit<TlvType, 'type' | 'name' | 'offset'>;

/**
 * Fields of the struct or union `id` at their offsets, in the byte order of its host. Structs and unions without a name
 * are taken in; with one they are nested. BtfFault when it is no struct, or larger than a schema.
 */
export function schemaFromStruct(btf: Btf, id: number): MetadataSchema {
  const struct = btf.resolve(id);
  const kind = btf.kind(struct);
  if (kind !== KIND.struct && kind !== KIND.union)
    throw new BtfFault(btf.offset(struct), 'This type is no struct.');
  const name = cut(btf.label(struct) === '' ? 'struct' : btf.label(struct));
  const [description] = btf.tags(struct).flatMap((tag) => meaningOf([tag]).description ?? []);
  return {
    whither: 2,
    name,
    ...(description !== undefined && { description }),
    framing: structFraming(btf, struct),
    types: fieldsOf({ btf, left: MAX_FIELDS }, struct, 0),
  };
}

/**
 * The values of an enum as types of TLVs; how they are framed is for the person to say, and one byte of type and of
 * length is a beginning. The part that all names share, as `TLV_`, is left out.
 */
export function schemaFromEnum(btf: Btf, id: number): MetadataSchema {
  const found = btf.resolve(id);
  const kind = btf.kind(found);
  if (kind !== KIND.enum && kind !== KIND.enum64)
    throw new BtfFault(btf.offset(found), 'This type is no enum.');
  const values = btf.values(found).filter(({ value }) => value >= 0n && value <= 0xffffffffn);
  const shared = sharedPrefix(values.map(({ name }) => name));
  const widest = values.reduce((most, { value }) => (value > most ? value : most), 0n);
  const types = new Map<number, TlvType>();
  for (const { name, value } of values) {
    const type = Number(value);
    // A second name for the same number, as `_FIRST`, names nothing new.
    if (types.has(type) || types.size === MAX_SCHEMA_TYPES) continue;
    types.set(type, { type, name: cut(name.slice(shared).toLowerCase()), kind: 'bytes' });
  }
  return {
    whither: 2,
    name: cut(btf.label(found) === '' ? 'enum' : btf.label(found)),
    framing: {
      kind: 'tlv',
      typeBytes: widest <= 0xffn ? 1 : widest <= 0xffffn ? 2 : 4,
      lengthBytes: 1,
      endian: btf.endian,
    },
    types: [...types.values()],
  };
}

function structFraming(btf: Btf, struct: number): StructFraming {
  return { kind: 'struct', endian: btf.endian, size: btf.size(struct) };
}

function fieldsOf(walk: Walk, struct: number, level: number): TlvType[] {
  const { btf } = walk;
  const fields: TlvType[] = [];
  const names = new Set<string>();
  collect(walk, struct, 0, 0, (member, name, bytesBefore) => {
    const value = placed(walk, member, name, bytesBefore, level);
    if (value === null) return;
    const { offset, ...rest } = value;
    const free = names.has(name) ? `${name.slice(0, MAX_NAME_LENGTH - 6)}_${fields.length}` : name;
    names.add(free);
    fields.push({ type: fields.length, name: free, ...rest, offset });
    if (fields.length > MAX_TLVS) throw new TooManyFields(btf.offset(struct));
  });
  return fields;
}

class TooManyFields extends BtfFault {
  constructor(offset: number) {
    super(offset, `The struct has more than ${MAX_TLVS} fields, more than a schema.`);
  }
}

/** Of a struct within the one that is asked for; as bytes where it is larger than a schema. */
function nestedOf(walk: Walk, id: number, size: number, level: number): Value {
  const { btf } = walk;
  if (level >= MAX_NESTED) return { kind: 'bytes', size };
  try {
    return { kind: 'nested', size, framing: structFraming(btf, id), types: fieldsOf(walk, id, level + 1) };
  } catch (thrown) {
    if (thrown instanceof TooManyFields) return { kind: 'bytes', size };
    throw thrown;
  }
}

interface FoundMember extends BtfMember {
  readonly tags: readonly string[];
}

/** Every member with a name, those of members without one among them. `bytesBefore`: of what it is in. */
function collect(
  walk: Walk,
  struct: number,
  bytesBefore: number,
  depth: number,
  take: (member: FoundMember, name: string, bytesBefore: number) => void,
): void {
  const { btf } = walk;
  if (depth > MAX_DEPTH)
    throw new BtfFault(btf.offset(struct), `Structs are nested more than ${MAX_DEPTH} deep.`);
  const members = btf.members(struct);
  walk.left -= members.length;
  if (walk.left < 0) throw new BtfFault(btf.offset(struct), `More than ${MAX_FIELDS} members in all.`);
  members.forEach((member, i) => {
    if (member.name !== '') {
      take({ ...member, tags: btf.tags(struct, i) }, cut(member.name), bytesBefore);
      return;
    }
    const inner = btf.resolve(member.typeId);
    const kind = btf.kind(inner);
    if (kind !== KIND.struct && kind !== KIND.union) return;
    collect(walk, inner, bytesBefore + Math.floor(member.bitOffset / 8), depth + 1, take);
  });
}

function placed(
  walk: Walk,
  member: FoundMember,
  name: string,
  bytesBefore: number,
  level: number,
): (Value & { readonly offset: number }) | null {
  const { btf } = walk;
  const value = valueOf(walk, member.typeId, name, level);
  if (value === null) return null;
  const meant = withMeaning(value, member.tags);
  if (member.bitSize === 0) return { ...meant, offset: bytesBefore + Math.floor(member.bitOffset / 8) };
  const { offset, size, from } = bitPlace(btf, member);
  return { ...meant, offset: bytesBefore + offset, size, bits: { from, count: member.bitSize } };
}

/**
 * The integer that holds a bit field, and the field's lowest bit in it. Compilers count bits from the lowest of the
 * first byte on little-endian hosts, from the highest on big-endian ones.
 */
function bitPlace(btf: Btf, member: BtfMember): { offset: number; size: number; from: number } {
  const declared = btf.size(member.typeId);
  let size = Math.max(1, Math.min(MAX_INTEGER_BYTES, declared));
  let offset = Math.floor(member.bitOffset / (8 * size)) * size;
  let skipped = member.bitOffset - 8 * offset;
  if (skipped + member.bitSize > 8 * size) {
    // Packed across the integers of its type: as many bytes as it touches.
    offset = Math.floor(member.bitOffset / 8);
    skipped = member.bitOffset % 8;
    size = Math.min(MAX_INTEGER_BYTES, Math.ceil((skipped + member.bitSize) / 8));
  }
  const from = btf.endian === 'little' ? skipped : 8 * size - skipped - member.bitSize;
  return { offset, size, from: Math.max(0, from) };
}

function withMeaning(value: Value, tags: readonly string[]): Value {
  const { unit, timestamp, ...meaning } = meaningOf(tags);
  const kind = meaning.kind ?? value.kind;
  const { names, framing, types, count, ...rest } = value;
  const structure = {
    ...(count !== undefined && meaning.kind === undefined && { count }),
    ...(names !== undefined && kind === 'enum' && { names }),
    ...(framing !== undefined && kind === 'nested' && { framing }),
    ...(types !== undefined && kind === 'nested' && { types }),
  };
  const size =
    meaning.kind !== undefined && typeof value.size === 'number' && typeof count === 'number'
      ? { size: value.size * count }
      : {};
  if (timestamp !== undefined && kind === 'uint') {
    const { display: _, ...said } = { ...rest, ...meaning };
    return { ...said, ...structure, ...size, kind: 'timestamp', timestamp };
  }
  const isNumber = kind === 'uint' || kind === 'int';
  return { ...rest, ...meaning, ...structure, ...size, ...(unit !== undefined && isNumber && { unit }) };
}

/** null = it has no bytes. */
function valueOf(walk: Walk, typeId: number, name: string, level: number): Value | null {
  const { btf } = walk;
  const id = btf.resolve(typeId);
  const size = btf.size(id);
  const order = isBigEndian(btf, typeId) && btf.endian === 'little' ? { endian: 'big' as const } : {};
  const named = NAMED_KINDS[btf.name(id)];
  if (named !== undefined && named.size === size) return named;
  switch (btf.kind(id)) {
    case KIND.int:
      return size > MAX_INTEGER_BYTES ? { kind: 'bytes', size } : { ...integerOf(btf, id), size, ...order };
    case KIND.ptr:
      return { kind: 'uint', display: 'hex', size };
    case KIND.enum:
    case KIND.enum64:
      return { kind: 'enum', names: namesOf(btf, id, size), size, ...order };
    case KIND.struct:
    case KIND.union:
      return size === 0 ? null : nestedOf(walk, id, size, level);
    case KIND.array:
      return arrayOf(walk, id, name, level);
    case KIND.float:
      return { kind: 'bytes', size };
    default:
      return null;
  }
}

function integerOf(btf: Btf, id: number): Value {
  const { signed, bool } = btf.integer(id);
  if (bool) return { kind: 'enum', names: { 0: 'false', 1: 'true' } };
  return { kind: signed ? 'int' : 'uint' };
}

function namesOf(btf: Btf, id: number, size: number): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { name, value } of btf.values(id).slice(0, MAX_VALUE_NAMES)) {
    // As it stands in the bytes; the first of several names for a number is the one.
    names[BigInt.asUintN(8 * size, value).toString()] ??= cut(name);
  }
  return names;
}

function arrayOf(walk: Walk, id: number, name: string, level: number): Value | null {
  const { btf } = walk;
  let { typeId, count } = btf.array(id);
  for (let step = 0; step < MAX_CHAIN; step++) {
    const inner = btf.resolve(typeId);
    if (btf.kind(inner) !== KIND.array) break;
    const next = btf.array(inner);
    typeId = next.typeId;
    count *= next.count;
  }
  const element = btf.resolve(typeId);
  const size = btf.size(element);
  // A flexible array: whatever is left.
  if (count === 0) return { kind: 'bytes', size: 'rest' };
  if (btf.kind(element) === KIND.int && size === 1) {
    if (isChar(btf, typeId)) return { kind: 'string', size: count };
    return { kind: count === MAC_BYTES && MAC_NAMES.test(name) ? 'mac' : 'bytes', size: count };
  }
  const value = valueOf(walk, typeId, name, level);
  return value === null ? null : { ...value, count };
}

/** `char` itself: compilers say so by its name, and seldom by its encoding. */
function isChar(btf: Btf, typeId: number): boolean {
  const id = btf.resolve(typeId);
  return btf.name(id) === 'char' || btf.integer(id).char;
}

/** Whether a typedef on the way to the type is of network order. */
function isBigEndian(btf: Btf, typeId: number): boolean {
  let id = typeId;
  for (let step = 0; step <= MAX_CHAIN; step++) {
    const kind = btf.kind(id);
    if (kind === KIND.typedef && BIG_ENDIAN_NAMES.has(btf.name(id))) return true;
    if (kind === KIND.array) id = btf.array(id).typeId;
    else if (
      kind === KIND.typedef ||
      kind === KIND.const ||
      kind === KIND.volatile ||
      kind === KIND.typeTag
    ) {
      id = btf.target(id);
    } else return false;
  }
  return false;
}

/** Characters of whole words, ended by `_`, that all names begin with. */
function sharedPrefix(names: readonly string[]): number {
  const [first = ''] = names;
  if (names.length < 2) return 0;
  let length = first.length;
  for (const name of names) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  const words = first.slice(0, length).lastIndexOf('_') + 1;
  // A name must begin with a letter.
  return names.every((name) => /^[A-Za-z_]/.test(name.slice(words))) ? words : 0;
}

function cut(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH);
}
