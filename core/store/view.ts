/**
 * What the store answers with: plain data that crosses to the page as it is (workers/api.ts re-exports it).
 *
 * Vocabulary: an *event* is one packet seen at one hook. A *journey* is all events of one packet, in
 * time order. A *hop* is a place events happen at: hook × device × netns. In a capture without journey
 * ids every event is a journey of its own, and every interface a hop of lane 'none'.
 */
import type { LinkKind } from '#core/diagnosis/links.ts';
import type { Cause, HopState, Known } from '#core/diagnosis/types.ts';
import type { Lane, Layer } from '#core/format/hooks.ts';
import type { Colour, DecodedArea, TlvType } from '#core/metadata/types.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import type { TimeRange } from './time-view.ts';

export * from './cost-view.ts';
export * from './time-view.ts';

/** Events at a hop with the same state and cause (core/diagnosis); `present` without a cause and `none` are not among them. */
export interface HopCause {
  readonly state: HopState;
  /** Name in the catalogue of causes. */
  readonly cause: string;
  /** The kernel operation or program. */
  readonly operation: string;
  readonly known: Known;
  readonly count: number;
  /** Unix time of the first of them. */
  readonly firstNs: string;
}

/** One place events happen at, with what was seen there. */
export interface Hop {
  /** Index into the list of hops; stable within one capture. */
  readonly index: number;
  /** `eth0:tcx/ingress@first`; unique within the capture together with netns. */
  readonly name: string;
  readonly hook: number;
  readonly label: string;
  readonly lane: Lane | 'none';
  readonly layer: Layer | 'none';
  readonly order: number;
  readonly device: string;
  readonly netns: number;
  readonly events: number;
  /** Of them, with metadata bytes (state present). */
  readonly withMetadata: number;
  /** Sum of their metadata bytes. */
  readonly metadataBytes: number;
  /** Of them, with a length but no readable bytes. */
  readonly unreadable: number;
  /** Journeys that had metadata before this hop and have none at it (CELL.lost here): the red of the path. */
  readonly metadataLost: number;
  /** What became of metadata at this hop and why, the most frequent first; at most MAX_HOP_CAUSES. */
  readonly causes: readonly HopCause[];
  /** Known lost at this hop (gap ledger, or epb_dropcount in foreign captures). */
  readonly lost: number;
  /** The same counts within the filter in force. */
  readonly filteredEvents: number;
  readonly filteredWithMetadata: number;
}

/**
 * Journeys that went from one hop straight to another, in order of time. A hop that many events lead to and few
 * leave is where journeys end: events less the `count`s that leave.
 */
export interface Edge {
  /** Indices of hops. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of them, with metadata bytes at `from`, and at `to`. */
  readonly hadMetadata: number;
  readonly withMetadata: number;
}

/** What a hop saw of some journeys; meanings as in `Hop`. */
export type HopNumbers = Pick<
  Hop,
  'events' | 'withMetadata' | 'metadataBytes' | 'unreadable' | 'metadataLost' | 'causes'
>;

/** The path of some journeys. */
export interface PathNumbers {
  readonly journeys: number;
  /** By index of the hop. */
  readonly hops: readonly HopNumbers[];
  readonly edges: readonly Edge[];
}

export interface Gap {
  readonly hop: number | null;
  readonly cause: string;
  /** null = not known. */
  readonly count: number | null;
  /** Sampling or a rate limit did what it was asked to: not a loss. */
  readonly leftOut: boolean;
  readonly fromNs: string;
  readonly toNs: string;
}

/** A hook that is not attached on this host, from the catalogue block. */
export interface MissingHook {
  readonly hook: number;
  readonly name: string;
  readonly reason: string;
}

/** What was asked for: the filter in force, from the filter block. A journey that matches once is kept to its end. */
export interface CaptureFilter {
  /** pcap-filter(7); null = none. */
  readonly expression: string | null;
  readonly devices: readonly string[];
  /** Name; null = the one of the probe. */
  readonly netns: string | null;
  /** skb->mark & mask = value. */
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly hasMetadata: boolean;
  /** All of these TLVs: one of this type, with this value (0x…, as a number) unless null. */
  readonly tlv: readonly { readonly type: number; readonly value: string | null }[];
  /** One journey in so many is kept; null = all. */
  readonly sample: number | null;
  /** Events a second; null = any number. */
  readonly rate: number | null;
  /** Names, or what they begin with up to a slash or an @; [] = all. */
  readonly hooks: readonly string[];
  /** Kept are so many journeys before and after one that meets the condition. */
  readonly trigger: { readonly condition: string; readonly before: number; readonly after: number } | null;
}

/** A journey met the trigger's condition, with the event that follows. */
export interface Firing {
  /** epb_packetid, decimal. */
  readonly journey: string;
  /** What was met and where: `metadata lost at eth0:tcx/ingress@last`. */
  readonly text: string;
}

/** How a journey fared at one hop, for the strip of little cells. */
export const CELL = {
  notObserved: 0,
  /** Seen, no metadata and none before. */
  none: 1,
  present: 2,
  /** First metadata of this journey, or a TLV more than before. */
  written: 3,
  changed: 4,
  /** Had metadata before, has none now. */
  lost: 5,
  /** A length but no readable bytes. */
  unreadable: 6,
  /** The same bytes, moved along with the MAC header. */
  moved: 7,
  /** The MAC header moved and nothing moved the bytes: what is there is something else. */
  suspect: 8,
  /** The bytes differ and no program wrote them. */
  clobbered: 9,
} as const;
export type Cell = (typeof CELL)[keyof typeof CELL];

/** `count` rows of the list from `from`. Parallel arrays, transferred. */
export interface JourneyRows {
  readonly generation: number;
  readonly from: number;
  readonly count: number;
  /** Journey numbers (dense, 0-based, stable in a capture): the key for everything else. */
  readonly journey: Uint32Array;
  /** epb_packetid (or frame number from 1 when there is none), as two u32. */
  readonly idHi: Uint32Array;
  readonly idLo: Uint32Array;
  /** Names of the runs that the ids are unique within; '' when the capture names none. */
  readonly run: readonly string[];
  /** First event, Unix ns as two u32. */
  readonly timeHi: Uint32Array;
  readonly timeLo: Uint32Array;
  readonly events: Uint32Array;
  /** Index into PROTOCOL_NAMES. */
  readonly protocol: Uint8Array;
  readonly length: Uint32Array;
  /** `count × hops` cells (CELL), hop order as in the list of hops. */
  readonly cells: Uint8Array;
  readonly hops: number;
  /** Printed: `10.0.0.1:4000`, and TLV values of the last hop that had them, '' when absent. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly info: readonly string[];
  /** tlv[i] is the printed column of tlvNames[i]. */
  readonly tlv: readonly (readonly string[])[];
  /** Fields asked for with `setColumns`, and a printed column of each. */
  readonly fields: readonly string[];
  readonly columns: readonly (readonly string[])[];
}

/** What was clicked, and what was written. All parts must hold; null and '' = all. */
export interface ListFilter {
  /** Journeys seen at this hop. */
  readonly hop: number | null;
  /** With `hop`: with metadata there, or without. Without `hop`: anywhere, or nowhere. */
  readonly metadata: 'with' | 'without' | null;
  /** Journeys whose metadata came to this harm at `hop`, or at any hop. */
  readonly harm: Harm | null;
  /** Journeys with an event in this time (with `hop`: there); null = any. */
  readonly time: TimeRange | null;
  /** An expression of the filter language (docs/filter.md); '' = none. */
  readonly where: string;
}

/** Journeys that pass a filter, or with `rest` all the others. */
export interface JourneySet {
  readonly filter: ListFilter;
  readonly rest: boolean;
}

/** The order of the list: by a field of the filter language. null = by first event. */
export interface ListSort {
  readonly field: string;
  readonly down: boolean;
}

/** `lost`: had metadata before, has none now (CELL.lost). The others are states of an event (core/diagnosis). */
export const HARMS = ['lost', 'clobbered', 'suspect', 'unreadable'] as const;
export type Harm = (typeof HARMS)[number];

/** One TLV of the matrix at one hop. */
export interface MatrixCell {
  /** '' = not there. */
  readonly value: string;
  readonly state: 'absent' | 'written' | 'same' | 'changed' | 'lost' | 'unreadable';
  /** Where it was written or changed: as JourneyHop.writer. */
  readonly writer?: string;
}

export interface JourneyHop {
  /** Event number, key for `eventBytes`. */
  readonly event: number;
  readonly hop: number;
  readonly timeNs: string;
  /** Since the previous event of the journey; 0 for the first. */
  readonly deltaNs: number;
  readonly cpu: number | null;
  readonly metaState: 'none' | 'present' | 'unlocatable' | 'unreadable' | 'not recorded';
  readonly metaLength: number;
  readonly cell: Cell;
  /** What became of the metadata since the event before; '' evidence when there is nothing to explain. */
  readonly state: HopState;
  readonly cause: Cause;
  /** Programs that the state is put down to: `edge_tcx#42 (tag …) at tcx/ingress of eth0`, `one of …`, '' = none. */
  readonly writer: string;
  readonly skb: string;
  readonly head: string;
  readonly mark: number | null;
  readonly hash: number | null;
  /** `nginx/812` at a socket, '' elsewhere. */
  readonly task: string;
  /** Name of the drop reason, '' elsewhere. */
  readonly drop: string;
  readonly fault: string;
  /** At a tap. */
  readonly tap?: TapView;
}

/** What the schema says of a type, beside its name and kind; '' and null = nothing. */
export interface TypeNote {
  readonly description: string;
  readonly owner: string;
  readonly colour: Colour | null;
}

/** One type of a schema for another place than the area, from hop to hop; cells[i] belongs to hops[i]. */
export interface ElsewhereRow {
  readonly schema: string;
  readonly in: 'packet' | 'mark' | 'cb';
  readonly type: number;
  readonly name: string;
  readonly kind: string;
  readonly note: TypeNote;
  /** As of BesideRow. */
  readonly cells: BesideRow['cells'];
}

/** One thing beside the area; cells[i] belongs to hops[i]. */
export interface BesideRow {
  readonly name: string;
  /** '' = not there. `changed`: differs from the event before. */
  readonly cells: readonly { readonly value: string; readonly changed: boolean }[];
}

/** Another journey that is the same packet (core/diagnosis/links.ts). */
export interface JourneyLink {
  /** `from`: the other began earlier, and this one comes from it. */
  readonly direction: 'from' | 'to';
  readonly kind: LinkKind;
  /**
   * exact: seen in the kernel. inferred: one and only one fits. broken: several fit and none is named, or (kind unknown)
   * the journey begins in the middle of a lane and comes from nothing, or its last event is no end.
   */
  readonly known: 'exact' | 'inferred' | 'broken';
  /** Number and id of the other journey; null and '' when broken. */
  readonly journey: number | null;
  readonly id: string;
  readonly evidence: string;
}

/** What a tap of whither.h said at a hop, beside area and packet (docs/taps.md). */
export interface TapView {
  readonly kind: 'area' | 'blob' | 'hints' | 'unknown';
  /** How the journey is known: the same sk_buff; XDP's data_hard_start that became its head; none: no other event. */
  readonly join: 'skb' | 'head' | 'none';
  /** Of a blob, hex digits; '' else. */
  readonly blob: string;
}

/** A place where a TLV was seen. */
export interface TlvPlace {
  readonly where: 'packet' | 'area' | 'blob' | 'map' | 'socket';
  /** Index into the hops of the journey; null in a map. */
  readonly hop: number | null;
  /** `eth0:tap/parsed`, or of a map `flows#42`. */
  readonly name: string;
  /** Unix time; of a map, when it was sampled. */
  readonly timeNs: string;
  /** seen: read there. inferred: it fits, and nothing else does. ambiguous: others fit as well. */
  readonly known: 'seen' | 'inferred' | 'ambiguous';
  readonly evidence: string;
}

/** One TLV on its way: packet data, area, map, socket; in order of time within each kind, the packet first. */
export interface LocationRow {
  readonly type: number;
  readonly name: string;
  readonly value: string;
  readonly places: readonly TlvPlace[];
}

export interface JourneyDetail {
  readonly journey: number;
  readonly id: string;
  /** As in JourneyRows. */
  readonly run: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly hops: readonly JourneyHop[];
  /** Rows are TLVs in order of first appearance; cells[row][i] belongs to hops[i]. */
  readonly rows: readonly {
    readonly type: number;
    readonly name: string;
    readonly kind: string;
    readonly note: TypeNote;
    readonly cells: readonly MatrixCell[];
  }[];
  /** What schemas for other places than the area read of these packets. */
  readonly elsewhere: readonly ElsewhereRow[];
  /** What is beside the metadata area: mark, priority, hash, VLAN, queue, cookie, cb, netns …; those that any event has. */
  readonly beside: readonly BesideRow[];
  /** Journeys that are the same packet in another sk_buff. */
  readonly links: readonly JourneyLink[];
  /** TLVs that were seen in another place than the area alone. */
  readonly locations: readonly LocationRow[];
  /** One sentence: what became of the metadata, how that is known, and how many packets it happened to. */
  readonly diagnosis: string;
  /** Journeys are cut at MAX_JOURNEY_EVENTS; how many events were left out. */
  readonly omitted: number;
}
export const MAX_JOURNEY_EVENTS = 256;

/** One TLV at one hop, over many journeys; all counts are events. */
export interface SharesCell {
  /** Events that have it. */
  readonly present: number;
  /** Different values among them; MAX_SHARES_VALUES = as many or more. */
  readonly distinct: number;
  /** The most frequent one as printed, and how many events have it; '' and 0 = none. */
  readonly value: string;
  readonly valueEvents: number;
  /** Of the events: it was not there before, was another one, was there and is not any more. */
  readonly written: number;
  readonly changed: number;
  readonly lost: number;
}

/** The matrix of many journeys. */
export interface MatrixShares {
  readonly journeys: number;
  /** Indices of the hops that saw any of them, columns of the matrix in the order of the list of hops. */
  readonly hops: readonly { readonly hop: number; readonly events: number; readonly withMetadata: number }[];
  /** cells[i] belongs to hops[i]. */
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    readonly cells: readonly SharesCell[];
  }[];
  /** Values at a hop that found no place: there are MAX_SHARES_CELLS cells at most. */
  readonly omitted: number;
}
export const MAX_SHARES_VALUES = 1024;
export const MAX_SHARES_CELLS = 4096;

/**
 * What came to metadata at one hop, by one cause: the answer to "which hop loses how much, by which cause, for which
 * TLV". Lost, suspect, clobbered and unreadable each have rows of their own, and so has what a program removed
 * (state `changed`). One row with `tlv` null for the area, and one more for each TLV that was in it and is affected.
 */
export interface LossRow {
  /** Index of the hop where it was found: it happened between the hop before and this one. */
  readonly hop: number;
  readonly state: HopState;
  /** Name in the catalogue of causes; the kernel operation or program. */
  readonly cause: string;
  readonly operation: string;
  readonly known: Known;
  /** null = the area as a whole, of which the other rows with this hop, state and cause are parts. `name` '' = not in the schema. */
  readonly tlv: { readonly type: number; readonly name: string } | null;
  /** Journeys it happened to. */
  readonly journeys: number;
  /** How often journeys came to this hop with metadata at the hop before: what `journeys` is a part of. */
  readonly arrived: number;
  /** Unix time of the first and the last of them. */
  readonly firstNs: string;
  readonly lastNs: string;
  /** The first of them: number and id, as in JourneyRows. */
  readonly example: number;
  readonly exampleId: string;
}

export interface LossSummary {
  /** The most frequent first, the row of an area in front of those of its TLVs. */
  readonly rows: readonly LossRow[];
  /** Journeys' losses that found no row: there are MAX_LOSS_ROWS at most. */
  readonly omitted: number;
}
export const MAX_LOSS_ROWS = 4096;

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
