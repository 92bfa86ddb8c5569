/** What schemas read at an event, place by place: the area, what a tap showed, packet data, mark and cb. Pure. */
import type { DecodedArea, TlvType } from '#core/metadata/types.ts';
import type { EventBytes } from '#workers/api.ts';
import { tlvSpans, type Space, type Span } from './spans.ts';
import { tlvLines, type TlvLine } from './tlv-lines.ts';

export interface DecodedPart {
  readonly key: string;
  readonly title: string;
  readonly space: Space;
  /** null = they are not shown here: in the packet below, or said whole by their values. */
  readonly bytes: Uint8Array | null;
  /** Of what was read. */
  readonly length: number;
  readonly decoded: DecodedArea;
  readonly types: readonly TlvType[];
  readonly lines: readonly TlvLine[];
  /** One for each line. */
  readonly spans: readonly Span[];
}

export const AREA_KEY = 'tlv';

const PLACE_TITLES = { packet: 'In the packet', mark: 'skb->mark', cb: 'skb->cb' } as const;

export function decodedParts({ area, decoded, types, blob, elsewhere }: EventBytes): readonly DecodedPart[] {
  const parts: DecodedPart[] = [];
  const add = (part: Omit<DecodedPart, 'lines' | 'spans' | 'length'>): void => {
    const lines = tlvLines(part.decoded.tlvs);
    const spans = tlvSpans(lines, part.types, part.space, part.key);
    const length = part.bytes?.length ?? part.decoded.tlvs.reduce((sum, tlv) => sum + tlv.length, 0);
    parts.push({ ...part, lines, spans, length });
  };
  if (area.length > 0) {
    add({ key: AREA_KEY, title: 'Metadata area', space: 'area', bytes: area, decoded, types });
  }
  if (blob !== null) add({ key: 'blob', title: 'Shown by the tap', space: 'blob', ...blob });
  elsewhere.forEach(({ schema, in: place, ...read }, i) => {
    add({
      key: `else${i}`,
      title: `${PLACE_TITLES[place]}: ${schema}`,
      space: place === 'packet' ? 'packet' : 'value',
      bytes: null,
      ...read,
    });
  });
  return parts;
}
