/**
 * The seam between metadata bytes and columns. A *metadata schema* is JSON that a user writes
 * (docs/schema.md); `parseSchema` validates it and `compileSchema` turns it into a decoder.
 */

export type Endian = 'little' | 'big';

export type ValueKind =
  | 'uint'
  | 'int'
  | 'ipv4'
  | 'ipv6'
  /** IPv4 or IPv6, as its length says. */
  | 'ip'
  | 'mac'
  | 'string'
  | 'bytes'
  | 'enum'
  | 'flags'
  | 'timestamp'
  /** No bytes: it is there or not. */
  | 'flag'
  /** The value has a layout of its own. */
  | 'nested';

/** A number; `rest` = what is left; what an earlier field says: value * unit + add; without a field what is left + add. */
export type Extent =
  | number
  | 'rest'
  | { readonly field?: string; readonly unit?: number; readonly add?: number };

/**
 * When a field is there: an earlier one says so (`value & mask` equals `is`, without `is` it is not 0), there is so much
 * room left in the struct, or both.
 */
export interface Condition {
  readonly field?: string;
  /** Default all bits. */
  readonly mask?: number;
  readonly is?: number | readonly number[];
  /** Bytes that are left from here: at least so many, or from the first number to the second. */
  readonly room?: number | readonly [minimum: number, maximum: number];
}

/** Bits of an integer: `from` 0 is the lowest one once its bytes are in order. */
export interface BitRange {
  readonly from: number;
  readonly count: number;
}

export const COLOURS = ['blue', 'teal', 'green', 'yellow', 'orange', 'red', 'purple', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

/** One type of TLV, one key of traits, or one field of a struct. */
export interface TlvType {
  /** Of a TLV the number in its type field (with a class: class and type in one), of traits the key, of a field its place in the list. */
  readonly type: number;
  /** Name in lists and filters: [A-Za-z_][A-Za-z0-9_]* */
  readonly name: string;
  readonly kind: ValueKind;
  /** Byte order of the value; default that of the framing. */
  readonly endian?: Endian;
  /** enum: value → name. flags: bit number → name. */
  readonly names?: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** uint: how it is printed. */
  readonly display?: 'dec' | 'hex';
  /** timestamp: what one count is and from when it counts. */
  readonly timestamp?: { readonly unit: 's' | 'ms' | 'us' | 'ns'; readonly epoch: 'unix' | 'boot' };
  readonly owner?: string;
  readonly description?: string;
  readonly colour?: Colour;
  /** Bytes of the value, of a list those of one element. A TLV has its length field; a field of a struct needs it unless its kind has one size. */
  readonly size?: Extent;
  /** A list of so many values. */
  readonly count?: Extent;
  /** Of a field, in bytes from the start of the struct, negative from its end; default behind the field before. */
  readonly offset?: number;
  /** Of a field: some bits of its bytes. Without an offset it shares the bytes of the bit field before it while its bits are free. */
  readonly bits?: BitRange;
  /** Of a field: when it is there. Default always. */
  readonly only?: Condition;
  /** nested: how its bytes are framed, and what is in it. */
  readonly framing?: Framing;
  readonly types?: readonly TlvType[];
}

/** A field of a map's key, and of the packet that it is compared with. */
export type KeyFieldName =
  | 'source'
  | 'destination'
  | 'sourcePort'
  | 'destinationPort'
  | 'protocol'
  | 'cookie'
  | 'hash';

export interface KeyField {
  readonly field: KeyFieldName;
  /** Bytes from the start of the key. */
  readonly offset: number;
  readonly size: number;
  /** Default big for addresses and ports, little for the others. */
  readonly endian?: Endian;
}

/** A BPF map whose values hold TLVs, and how an entry is tied to packets. */
export interface MapRule {
  /** Name of the map, as the kernel has it (15 characters), or its id. */
  readonly map: string | number;
  readonly key: {
    readonly kind: '5-tuple' | 'socket-cookie' | 'skb-hash';
    /** Of a flow in any number: what is not named is not compared. */
    readonly fields: readonly KeyField[];
    /** `both`: an entry is also that of the packets that answer. Default `one`. */
    readonly directions?: 'one' | 'both';
  };
  readonly value: {
    /** Bytes before the TLVs. */
    readonly offset: number;
    /** When it is not that of the area. */
    readonly framing?: Framing;
  };
}

/** Type, length, value, one behind the other. */
export interface TlvFraming {
  readonly kind: 'tlv';
  /** Bytes before the first TLV. */
  readonly start?: number;
  /** Bytes of a class in front of the type; both together are the type: class * 256^typeBytes + type. Default 0. */
  readonly classBytes?: 0 | 1 | 2;
  readonly typeBytes: 1 | 2 | 4;
  /** Bits of class and type that are the type, moved down to bit 0. Default all. */
  readonly typeMask?: number;
  readonly lengthBytes: 1 | 2 | 4;
  /** Bits of the length field that are the length, moved down to bit 0. Default all. */
  readonly lengthMask?: number;
  /** Where class and type are in the header, in bytes. Default 0. */
  readonly typeAt?: number;
  /** Where the length is in the header, in bytes; default behind the type. */
  readonly lengthAt?: number;
  readonly endian: Endian;
  /** Multiplier of the length field; default 1. */
  readonly lengthUnit?: 1 | 4 | 8;
  /** The length counts the header too; default false. */
  readonly lengthIncludesHeader?: boolean;
  /** Each TLV begins at a multiple of this (counted from the start of the first); default 1. */
  readonly align?: 1 | 2 | 4 | 8;
  /** A type that is a single byte (the type alone, no length), skipped. */
  readonly pad?: number;
  /** A type that ends the list; what follows is padding. */
  readonly terminator?: number;
}

/** Fields at fixed places, or one behind the other. */
export interface StructFraming {
  readonly kind: 'struct';
  readonly endian: Endian;
  /** Bytes before it. */
  readonly start?: number;
  /** Bytes of the whole. With `from` "end" required: it is what ends where the packet begins. */
  readonly size?: number;
  readonly from?: 'start' | 'end';
}

/** Arthur Fabre's traits (RFC, never merged): 64 keys, sizes in a bitmap of two words, values packed in order. */
export interface TraitsFraming {
  readonly kind: 'traits';
  readonly version: 1 | 2;
  /** That of the host that wrote it. */
  readonly endian: Endian;
  readonly start?: number;
}

export type Framing = TlvFraming | StructFraming | TraitsFraming;

/** Where the bytes are that a schema reads. */
export type Where =
  | { readonly in: 'area' }
  | { readonly in: 'packet'; readonly at: PacketAnchor }
  | { readonly in: 'mark' }
  | { readonly in: 'cb' };

/** A place in a packet, found by dissection: the first one, outermost header first. Bytes are hexadecimal. */
export type PacketAnchor =
  | { readonly kind: 'udp-payload' | 'tcp-payload'; readonly port: number }
  | { readonly kind: 'tcp-option'; readonly option: number; readonly magic?: string }
  | {
      readonly kind: 'ipv4-option' | 'ipv6-hop-by-hop-option' | 'ipv6-destination-option';
      readonly option: number;
    }
  | { readonly kind: 'geneve-option'; readonly optionClass: number; readonly type: number }
  | {
      readonly kind: 'geneve-options' | 'nsh-context' | 'nsh-tlvs' | 'srh-tlvs' | 'proxy-tlvs' | 'gue-fields';
    }
  | { readonly kind: 'after-bytes'; readonly bytes: string };

/** Which of several schemas reads an area. All that is named must hold; a schema with `when` is asked before one without. */
export interface When {
  readonly devices?: readonly string[];
  readonly programs?: readonly string[];
  /** Hexadecimal, compared at `at` (negative: from the end; default 0) under `mask`. */
  readonly bytes?: { readonly value: string; readonly mask?: string; readonly at?: number };
}

/** How some bytes read: their framing, and what is in it. */
export interface Layout {
  readonly framing: Framing;
  readonly types: readonly TlvType[];
}

export interface MetadataSchema extends Layout {
  /** 1 only before `parseSchema`, which upgrades. */
  readonly whither: 1 | 2;
  readonly name: string;
  readonly description?: string;
  /** Default the metadata area. */
  readonly where?: Where;
  readonly when?: When;
  readonly maps?: readonly MapRule[];
  /** More schemas in the same document. */
  readonly also?: readonly PartSchema[];
}

/** A schema of TLVs. */
export type TlvSchema = MetadataSchema & { readonly framing: TlvFraming };

/** One of the schemas in `also`. */
export type PartSchema = Omit<MetadataSchema, 'whither' | 'maps' | 'also'>;

/** What is wrong with an area; kept beside the TLVs that were read before it. */
export interface TlvFault {
  /** `overrun` (value reaches past the area), `truncated` (header does not fit), `length` (length smaller than the header), `too-many`. */
  readonly code: 'overrun' | 'truncated' | 'length' | 'too-many';
  /** Offset in the area where reading stopped. */
  readonly offset: number;
  readonly message: string;
}

/** One TLV (or trait, or field) of one area, as an object: for the rows on screen and for `inspect` only. */
export interface Tlv {
  readonly type: number;
  /** '' when the schema does not know the type. */
  readonly name: string;
  /** Printed value, by the schema; hex bytes when unknown. */
  readonly value: string;
  /** Of the whole TLV in the area; valueOffset/valueLength of the value alone. */
  readonly offset: number;
  readonly length: number;
  readonly valueOffset: number;
  readonly valueLength: number;
  /** Of a nested value what is in it, with offsets in the area as well; what does not read there is not in it. */
  readonly fields?: readonly Tlv[];
  /** What is wrong inside of a nested value. */
  readonly fault?: TlvFault;
}

export interface DecodedArea {
  readonly tlvs: readonly Tlv[];
  readonly fault: TlvFault | null;
}
