/**
 * The buffer of a packet to scale, from data_hard_start (skb->head) to its end: what is reserved, free, metadata, packet
 * and free behind it; and which encapsulation still fits in front. Pure; all offsets from the start, in bytes.
 */
import { roomInFront, XDP_FRAME_BYTES } from '#core/lint/headroom.ts';
import type { EventBytes } from '#workers/api.ts';

export type RoomKind = 'reserved' | 'free' | 'area' | 'packet' | 'tail';

export interface RoomPart {
  readonly kind: RoomKind;
  readonly from: number;
  readonly bytes: number;
}

/** Headers that may be put in front: what the first of them needs from where the metadata begins. */
export interface Need {
  readonly name: string;
  readonly bytes: number;
  readonly fits: boolean;
}

export interface Room {
  readonly parts: readonly RoomPart[];
  /** From the start to the end of the buffer, or of the packet where that is not known. */
  readonly total: number;
  readonly free: number;
  readonly needs: readonly Need[];
}

const ETHERNET = 14;
const IPV4 = 20;
const IPV6 = 40;
const UDP = 8;
const VXLAN = 8;
/** A tag, and outer headers without options: IPv4 in IPv4, Ethernet over GRE, VXLAN (or Geneve) over IPv4 and IPv6. The kernel moves none of the metadata for them (docs/states.md). */
const ENCAPSULATIONS: readonly (readonly [name: string, bytes: number])[] = [
  ['VLAN', 4],
  ['IPIP', IPV4],
  ['GRE', ETHERNET + IPV4 + 4],
  ['VXLAN', ETHERNET + IPV4 + UDP + VXLAN],
  ['VXLAN6', ETHERNET + IPV6 + UDP + VXLAN],
];

/** `isXdp`: at a hook in front of the skb. null when the capture does not say where things are, or it cannot be. */
export function roomOfBytes(event: EventBytes, isXdp: boolean): Room | null {
  const { macOffset, dataOffset, endOffset } = event;
  const headroom = macOffset ?? dataOffset;
  if (headroom === null) return null;
  const area = event.area.length;
  const reserved = isXdp ? XDP_FRAME_BYTES : 0;
  if (headroom < area) return null;
  const free = roomInFront({ headroom, reserved }, area);
  const packetEnd = headroom + event.originalLength;
  const tail = endOffset === null ? 0 : Math.max(0, endOffset - packetEnd);
  const front = headroom - area - free;
  const sizes: readonly (readonly [RoomKind, number])[] = [
    ['reserved', front],
    ['free', free],
    ['area', area],
    ['packet', event.originalLength],
    ['tail', tail],
  ];
  let from = 0;
  const parts = sizes.flatMap(([kind, bytes]): RoomPart[] => {
    const at = from;
    from += bytes;
    return bytes > 0 ? [{ kind, from: at, bytes }] : [];
  });
  if (from === 0) return null;
  const needs = ENCAPSULATIONS.map(([name, bytes]) => ({ name, bytes, fits: bytes <= free }));
  return { parts, total: from, free, needs };
}
