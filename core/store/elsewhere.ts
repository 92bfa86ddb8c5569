/** What the schemas of a document that are not for areas read of an event: in its packet, in skb->mark, in skb->cb. */
import { AnchorFinder } from '#core/dissect/anchor.ts';
import { EXT_CB_SIZE } from '#core/format/layout.gen.ts';
import type { AreaDecoder, ElsewherePart } from '#core/metadata/area-scan.ts';
import { decodeArea, decodePart } from '#core/metadata/decode.ts';
import type { DecodedArea, PacketAnchor } from '#core/metadata/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, RECORD } from './event-columns.ts';
import { CHUNK_MASK } from './limits.ts';

export interface Elsewhere extends DecodedArea {
  readonly schema: string;
  /** Offsets of `packet` are in the packet, the others in the bytes that the schema reads. */
  readonly in: 'packet' | 'mark' | 'cb';
}

const finders = new WeakMap<ElsewherePart, AnchorFinder>();

/**
 * Of event number `event`, one entry for each schema that finds its place there; `packet`: the packet's bytes, of
 * `linkType`, null = not at hand. [] = none does.
 */
export function readElsewhere(
  decoder: AreaDecoder,
  store: CaptureStore,
  event: number,
  packet: Uint8Array | null,
  linkType: number,
): Elsewhere[] {
  return decoder.elsewhere.flatMap((part): Elsewhere[] => {
    const { schema, where } = part;
    switch (where.in) {
      case 'packet': {
        const finder = finderOf(part, where.at);
        if (packet === null || !finder.find(packet, 0, packet.length, linkType)) return [];
        return [{ schema, in: 'packet', ...decodePart(part.decoder, packet, finder.start, finder.end) }];
      }
      case 'mark':
      case 'cb': {
        const bytes = where.in === 'mark' ? markOf(store, event) : cbOf(store, event);
        return bytes === null ? [] : [{ schema, in: where.in, ...decodeArea(part.decoder, bytes) }];
      }
      case 'area':
        return [];
    }
  });
}

/** In the order of hosts that Whither runs on; null = not recorded. */
function markOf(store: CaptureStore, event: number): Uint8Array | null {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return null;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, chunk.record(row, RECORD.mark), true);
  return bytes;
}

function cbOf(store: CaptureStore, event: number): Uint8Array | null {
  const chunk = store.events.chunk(event);
  const bytes = store.extensions.extras.bytes(chunk.record(event & CHUNK_MASK, RECORD.extras));
  return bytes.length < EXT_CB_SIZE ? null : bytes.slice(0, EXT_CB_SIZE);
}

function finderOf(part: ElsewherePart, at: PacketAnchor): AnchorFinder {
  let finder = finders.get(part);
  if (finder === undefined) finders.set(part, (finder = new AnchorFinder(at)));
  return finder;
}
