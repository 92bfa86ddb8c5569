/** Words in which the formats of this folder are written: short names for what a schema says at length. */
import type {
  BitRange,
  Extent,
  Framing,
  MetadataSchema,
  StructFraming,
  TlvFraming,
  TlvType,
  ValueKind,
} from '../types.ts';

/** A type without what its place in a list says. */
export type Draft = Omit<TlvType, 'type'>;
type More = Partial<Omit<TlvType, 'type' | 'name' | 'kind'>>;
export type Names = Readonly<Record<number, string>>;

/** A format as it is published: where it is described, and how it reads. */
export interface Format {
  /** `kebab-case`, unique. */
  readonly id: string;
  readonly title: string;
  /** Kernel file, RFC, draft or source that says so. */
  readonly reference: string;
  readonly schema: MetadataSchema;
}

export const BIG: StructFraming = { kind: 'struct', endian: 'big' };
export const LITTLE: StructFraming = { kind: 'struct', endian: 'little' };

const TLV_DEFAULTS = { kind: 'tlv', start: 0, lengthUnit: 1, lengthIncludesHeader: false, align: 1 } as const;

/** As `parseSchema` writes it. */
export function tlvs(framing: Omit<TlvFraming, 'kind'>): TlvFraming {
  return { ...TLV_DEFAULTS, ...framing };
}

/** Fields in order. */
export function fields(...drafts: readonly Draft[]): TlvType[] {
  return drafts.map((draft, type) => ({ ...draft, type }));
}

export function field(name: string, kind: ValueKind, more: More = {}): Draft {
  return { name, kind, ...more };
}

export function uint(name: string, size: Extent, more: More = {}): Draft {
  return { name, kind: 'uint', size, ...more };
}

export function hexUint(name: string, size: Extent, more: More = {}): Draft {
  return { name, kind: 'uint', size, display: 'hex', ...more };
}

export function enumOf(name: string, size: number, names: Names, more: More = {}): Draft {
  return { name, kind: 'enum', size, names, ...more };
}

export function flagsOf(name: string, size: number, names: Names, more: More = {}): Draft {
  return { name, kind: 'flags', size, names, ...more };
}

export function bytesOf(name: string, size: Extent, more: More = {}): Draft {
  return { name, kind: 'bytes', size, ...more };
}

/** `count` bits from bit `from` (0 = the lowest) of an integer of `size` bytes. */
export function bits(name: string, size: number, from: number, count: number, more: More = {}): Draft {
  const range: BitRange = { from, count };
  return { name, kind: 'uint', size, bits: range, ...more };
}

export function enumBits(
  name: string,
  size: number,
  from: number,
  count: number,
  names: Names,
  more: More = {},
): Draft {
  return { name, kind: 'enum', size, bits: { from, count }, names, ...more };
}

export function nested(
  name: string,
  size: Extent,
  framing: Framing,
  types: readonly TlvType[],
  more: More = {},
): Draft {
  return { name, kind: 'nested', size, framing, types, ...more };
}

/** A type of TLV: `type` is its number. */
export function tlv(type: number, name: string, kind: ValueKind, more: More = {}): TlvType {
  return { type, name, kind, ...more };
}

/** A TLV whose value is a struct. */
export function tlvStruct(type: number, name: string, inside: readonly Draft[], more: More = {}): TlvType {
  return { type, name, kind: 'nested', framing: BIG, types: fields(...inside), ...more };
}

export function schema(
  name: string,
  layout: Pick<MetadataSchema, 'framing' | 'types'> & Partial<MetadataSchema>,
): MetadataSchema {
  return { whither: 2, name, ...layout };
}
