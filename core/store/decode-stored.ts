import { decodeArea } from '#core/metadata/decode.ts';
import type { DecodedArea } from '#core/metadata/types.ts';
import type { CaptureStore } from './capture-store.ts';

const NOTHING: DecodedArea = { tlvs: [], fault: null };

/** The TLVs of an area (0 = none) by the schema that reads it; nothing when there is no schema. */
export function decodeStored(store: CaptureStore, area: number): DecodedArea {
  const decoder = area === 0 ? null : store.tlvs.decoderFor(area);
  return decoder === null ? NOTHING : decodeArea(decoder, store.areas.bytes(area));
}
