/**
 * The seam between metadata bytes and columns. A *metadata schema* is JSON that a user writes
 * (docs/schema.md); `parseSchema` validates it and `compileSchema` turns it into a decoder.
 */

export type ValueKind =
  'uint' | 'int' | 'ipv4' | 'ipv6' | 'mac' | 'string' | 'bytes' | 'enum' | 'flags' | 'timestamp';

export interface TlvType {
  readonly type: number;
  /** Name in lists and filters: [A-Za-z_][A-Za-z0-9_]* */
  readonly name: string;
  readonly kind: ValueKind;
  /** Byte order of the value; default that of the schema. */
  readonly endian?: 'little' | 'big';
  /** enum: value → name. flags: bit number → name. */
  readonly names?: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** uint: how it is printed. */
  readonly display?: 'dec' | 'hex';
  /** timestamp: what one count is and from when it counts. */
  readonly timestamp?: { readonly unit: 's' | 'ms' | 'us' | 'ns'; readonly epoch: 'unix' | 'boot' };
  readonly owner?: string;
  readonly description?: string;
}

/** A field of a map's key, and of the packet that it is compared with. */
export type KeyFieldName =
  'source' | 'destination' | 'sourcePort' | 'destinationPort' | 'protocol' | 'cookie' | 'hash';

export interface KeyField {
  readonly field: KeyFieldName;
  /** Bytes from the start of the key. */
  readonly offset: number;
  readonly size: number;
  /** Default big for addresses and ports, little for the others. */
  readonly endian?: 'little' | 'big';
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
    readonly framing?: MetadataSchema['framing'];
  };
}

export interface MetadataSchema {
  readonly whither: 1;
  readonly name: string;
  readonly description?: string;
  readonly framing: {
    readonly kind: 'tlv';
    /** Bytes before the first TLV. */
    readonly start?: number;
    readonly typeBytes: 1 | 2 | 4;
    readonly lengthBytes: 1 | 2 | 4;
    readonly endian: 'little' | 'big';
    /** Multiplier of the length field; default 1. */
    readonly lengthUnit?: 1 | 4 | 8;
    /** The length counts the type and length fields too; default false. */
    readonly lengthIncludesHeader?: boolean;
    /** Each TLV begins at a multiple of this (counted from the start of the first); default 1. */
    readonly align?: 1 | 2 | 4 | 8;
    /** A type that is a single byte (the type alone, no length), skipped. */
    readonly pad?: number;
    /** A type that ends the list; what follows is padding. */
    readonly terminator?: number;
  };
  readonly types: readonly TlvType[];
  readonly maps?: readonly MapRule[];
}

/** What is wrong with an area; kept beside the TLVs that were read before it. */
export interface TlvFault {
  /** `overrun` (value reaches past the area), `truncated` (header does not fit), `length` (length smaller than the header), `too-many`. */
  readonly code: 'overrun' | 'truncated' | 'length' | 'too-many';
  /** Offset in the area where reading stopped. */
  readonly offset: number;
  readonly message: string;
}

/** One TLV of one area, as an object: for the rows on screen and for `inspect` only. */
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
}

export interface DecodedArea {
  readonly tlvs: readonly Tlv[];
  readonly fault: TlvFault | null;
}
