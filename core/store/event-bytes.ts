import { TAP_KIND } from '#core/format/structs.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import { readEventExtensions } from '#core/pcapng/event.ts';
import { dissectTree } from '#core/dissect/tree.ts';
import {
  EVENT_DATA_OFFSET,
  EVENT_END_OFFSET,
  EVENT_MAC_OFFSET,
  EVENT_SIZE,
} from '#core/format/layout.gen.ts';
import type { CaptureStore } from './capture-store.ts';
import { decodeStored } from './decode-stored.ts';
import { readElsewhere } from './elsewhere.ts';
import { CHUNK_MASK } from './limits.ts';
import { readStoredPacket } from './stored-block.ts';
import type { ElsewhereBytes, EventBytes } from './view.ts';

const OFFSET_UNKNOWN = 0xffff;

/**
 * The bytes pane of one event. `block` is its block as in the capture (blockLength bytes from
 * blockOffset); without it (null: gone from the spool) the metadata is still there, the packet is not.
 */
export function eventBytes(store: CaptureStore, event: number, block: Uint8Array | null): EventBytes {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const area = chunk.area[row]!;
  const stored = readStoredPacket(store, event, block ?? new Uint8Array(0));
  const { record } = stored;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const recorded = record.length >= EVENT_SIZE;
  const offset = (at: number): number | null => {
    if (!recorded) return null;
    const value = view.getUint16(at, true);
    return value === OFFSET_UNKNOWN ? null : value;
  };
  const linkType = store.interfaces[chunk.interfaceIndex[row]!]?.linkType ?? 0;
  return {
    event,
    hop: chunk.hop[row]!,
    // A copy: it goes to the page, and the store's own page of areas must not.
    area: store.areas.bytes(area).slice(),
    decoded: decodeStored(store, area),
    types: (area === 0 ? null : store.tlvs.decoderFor(area))?.schema.types ?? [],
    elsewhere: elsewhereBytes(store, event, stored.packet, linkType),
    blob: blobOf(store, record),
    packet: stored.packet,
    originalLength: chunk.length[row]!,
    fields: stored.packet.length === 0 ? [] : dissectTree(stored.packet, linkType),
    macOffset: offset(EVENT_MAC_OFFSET),
    dataOffset: offset(EVENT_DATA_OFFSET),
    endOffset: recorded ? view.getUint32(EVENT_END_OFFSET, true) : null,
    comments: stored.comments,
    blockOffset: chunk.blockOffset(row),
  };
}

function elsewhereBytes(
  store: CaptureStore,
  event: number,
  packet: Uint8Array,
  linkType: number,
): ElsewhereBytes[] {
  const { current } = store.tlvs;
  if (current === null || current.elsewhere.length === 0) return [];
  const bytes = packet.length === 0 ? null : packet;
  return readElsewhere(current, store, event, bytes, linkType).map(({ schema, in: place, tlvs, fault }) => ({
    schema,
    in: place,
    decoded: { tlvs, fault },
    types: current.elsewhere.find((part) => part.schema === schema)?.decoder.schema.types ?? [],
  }));
}

/** By the schema in force: a tap says nothing of which. */
function blobOf(store: CaptureStore, record: Uint8Array): EventBytes['blob'] {
  const { tap } = readEventExtensions(record, 0, record.length);
  if (tap === undefined || tap.kind !== TAP_KIND.blob || tap.bytes.length === 0) return null;
  const { current } = store.tlvs;
  const bytes = tap.bytes.slice();
  if (current === null) return { bytes, decoded: { tlvs: [], fault: null }, types: [] };
  return { bytes, decoded: decodeArea(current, bytes), types: current.schema.types };
}
