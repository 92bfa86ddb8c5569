/** Headroom, metadata area and packet to scale, from the offsets of one event. Pure; all from skb->head in bytes. */
import type { EventBytes } from '#workers/api.ts';

export interface StripPart {
  readonly kind: 'headroom' | 'area' | 'packet' | 'tailroom';
  readonly bytes: number;
  /** Share of the strip's width, 0…1. */
  readonly share: number;
}

/** Narrower and a part could not be seen or pointed at. */
const MIN_SHARE = 0.11;

/** null when the capture does not say where things are, or what it says cannot be. */
export function stripOf(event: EventBytes): readonly StripPart[] | null {
  const { macOffset, dataOffset, endOffset } = event;
  const start = macOffset ?? dataOffset;
  if (start === null) return null;
  const area = event.area.length;
  const headroom = start - area;
  const end = start + event.originalLength;
  if (headroom < 0) return null;
  const tailroom = endOffset === null || endOffset < end ? 0 : endOffset - end;
  const parts = (
    [
      ['headroom', headroom],
      ['area', area],
      ['packet', event.originalLength],
      ['tailroom', tailroom],
    ] as const
  ).filter(([, bytes]) => bytes > 0);
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (total === 0) return null;
  const raised = parts.map(([kind, bytes]) => ({ kind, bytes, share: Math.max(MIN_SHARE, bytes / total) }));
  const sum = raised.reduce((all, part) => all + part.share, 0);
  return raised.map((part) => ({ ...part, share: part.share / sum }));
}
