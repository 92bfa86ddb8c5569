/** What the store answers about one journey: the matrix, and all that is beside it; part of view.ts. */
import type { LinkKind } from '#core/diagnosis/links.ts';
import type { Cause, HopState } from '#core/diagnosis/types.ts';
import type { Colour } from '#core/metadata/types.ts';
import type { Cell } from './list-view.ts';

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
  /** Of packets that were merged: the event number at which the one that went on is seen to have grown. */
  readonly grewAt?: number;
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
