/** The seam of the proposer: areas with their packets in, ranked framings with evidence out. */
import type { TlvFraming, TlvType } from '#core/metadata/types.ts';

export type Framing = TlvFraming;

/** The packet behind an area: what values of metadata are often copies of. */
export interface PacketFields {
  /** 4 or 16 bytes in network order, null = none. */
  readonly source: Uint8Array | null;
  readonly destination: Uint8Array | null;
  /** null = none. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** Bytes on the wire. */
  readonly length: number;
  /** Unix time in ns, null = none. */
  readonly timeNs: bigint | null;
  /** skb->mark and skb->hash, null = none. */
  readonly mark: number | null;
  readonly hash: number | null;
}

export interface AreaSample {
  /** The area and nothing else. */
  readonly bytes: Uint8Array;
  readonly packet: PacketFields | null;
}

/** What the values of one type look like. */
export interface FieldLook {
  readonly look:
    | 'empty'
    | 'constant'
    | 'source'
    | 'destination'
    | 'sourcePort'
    | 'destinationPort'
    | 'length'
    | 'mark'
    | 'hash'
    | 'timestamp'
    | 'counter'
    | 'address'
    | 'text'
    | 'enum'
    | 'number'
    | 'identifier'
    | 'bytes';
  /** What was compared, as a sentence part: `the packet's source address in 498 of 500`. */
  readonly evidence: string;
}

/** All values of one type under a framing. */
export interface FieldFinding extends FieldLook {
  readonly type: number;
  /** Areas that have it. */
  readonly areas: number;
  /** Bytes of the shortest and the longest value. */
  readonly minLength: number;
  readonly maxLength: number;
  /** Values that differ. */
  readonly distinct: number;
  /** Shannon entropy of whole values in bits, at most log2 of their number. */
  readonly entropyBits: number;
  /** Share of its values that stand behind the type that is mostly before them: 1 = its place never changes. */
  readonly stability: number;
  /** As it goes into a schema. */
  readonly proposed: TlvType;
}

export interface Candidate {
  readonly framing: Framing;
  /** Areas that it reads exactly to the end. */
  readonly exact: number;
  /** TLVs in those. */
  readonly tlvs: number;
  /** Share of all bytes that are type, length or value of a TLV. */
  readonly coverage: number;
  /** Bits that it needs to describe all areas, and those that it saves against the best description without a framing. */
  readonly bits: number;
  readonly savedBits: number;
  /** 0 to 1; of all candidates at most 1 in sum. */
  readonly confidence: number;
  /** Of the other framings that read every area into the same TLVs, what differs: `align 4`. */
  readonly alike: readonly string[];
  readonly fields: readonly FieldFinding[];
}

export interface Proposal {
  readonly areas: number;
  readonly bytes: number;
  /**
   * `framing`: `candidates` has some. `layout`: no framing, but bytes at fixed places: a struct. `noise`: neither.
   * `nothing`: too few areas to tell.
   */
  readonly verdict: 'framing' | 'layout' | 'noise' | 'nothing';
  /** The verdict in one line, with its numbers. */
  readonly text: string;
  /** Best first, at most MAX_CANDIDATES; empty unless the verdict is `framing`. */
  readonly candidates: readonly Candidate[];
}
