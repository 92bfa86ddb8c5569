/** The seam of the BTF reader: types as C has them. Source: Documentation/bpf/btf.rst, uapi/linux/btf.h. */

/** BTF_KIND_* */
export const KIND = {
  void: 0,
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** What is wrong with the bytes, and where reading stopped. */
export class BtfFault extends Error {
  /** In bytes from the start of what was given: the object, or the raw BTF. */
  readonly offset: number;
  /** One sentence. */
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

export interface BtfMember {
  /** '' of a struct or union without a name. */
  readonly name: string;
  readonly typeId: number;
  /** From the start of the struct, in bits, as the compiler counts them (see `bits`). */
  readonly bitOffset: number;
  /** Width of a bit field; 0 = no bit field. */
  readonly bitSize: number;
}

export interface BtfValue {
  readonly name: string;
  /** Of a signed enum it may be negative. */
  readonly value: bigint;
}

/** A type that has a name to look it up by. */
export interface BtfSummary {
  readonly id: number;
  readonly kind: 'struct' | 'union' | 'enum';
  /** Of its typedef where it has none itself; '' = none. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Members, or values of an enum. */
  readonly count: number;
}
