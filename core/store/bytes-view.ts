/** What the store answers about the bytes of one event; part of view.ts. */
import type { FieldNode } from '#core/dissect/types.ts';
import type { DecodedArea, TlvType } from '#core/metadata/types.ts';

/** Bytes that a schema has read. */
export interface ReadBytes {
  readonly decoded: DecodedArea;
  /** Of the schema that read them; [] = none did. */
  readonly types: readonly TlvType[];
}

/** What a schema for another place reads at an event. Offsets in a packet are from its first byte. */
export interface ElsewhereBytes extends ReadBytes {
  readonly schema: string;
  readonly in: 'packet' | 'mark' | 'cb';
}

export interface EventBytes {
  readonly event: number;
  readonly hop: number;
  /** The metadata area, empty when there is none. */
  readonly area: Uint8Array;
  readonly decoded: DecodedArea;
  /** Of the schema that reads the area; [] = none does. */
  readonly types: readonly TlvType[];
  readonly elsewhere: readonly ElsewhereBytes[];
  /** What a tap showed here, read as an area is; null = no tap, or no bytes. */
  readonly blob: (ReadBytes & { readonly bytes: Uint8Array }) | null;
  readonly packet: Uint8Array;
  readonly originalLength: number;
  readonly fields: readonly FieldNode[];
  /** Placement, from the event struct; null when the capture does not say. */
  readonly macOffset: number | null;
  readonly dataOffset: number | null;
  readonly endOffset: number | null;
  readonly comments: readonly string[];
  /** Offset of the block in the capture. */
  readonly blockOffset: number;
}
