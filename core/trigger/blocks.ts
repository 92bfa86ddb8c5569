/** The two blocks by which a capture says that a trigger made it. */
import * as L from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { decodeUtf8, encodeUtf8 } from '#core/pcapng/text.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { MAX_TRIGGERED_BYTES } from '#core/store/limits.ts';

export interface TriggerTold {
  readonly condition: string;
  /** Journeys. */
  readonly before: number;
  readonly after: number;
}

/** The filter block, with `trigger` beside what the probe's own says; `body` null = it has written none. */
export function filterBlock(body: Uint8Array | null, trigger: TriggerTold): Uint8Array {
  const writer = new CaptureWriter();
  writer.json(BLOCK_SUBTYPE.filter, { ...objectOf(body), trigger });
  return writer.take();
}

function objectOf(body: Uint8Array | null): object {
  if (body === null) return {};
  try {
    const value: unknown = JSON.parse(decodeUtf8(body, 0, body.length));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

export interface TriggeredFields {
  readonly journeyHi: number;
  readonly journeyLo: number;
  readonly tsHi: number;
  readonly tsLo: number;
  readonly interfaceId: number;
  readonly before: number;
  readonly cut: boolean;
  readonly text: string;
}

export function triggeredBlock(fields: TriggeredFields): Uint8Array {
  const text = encodeUtf8(fields.text).subarray(0, MAX_TRIGGERED_BYTES);
  const body = new Uint8Array(L.TRIGGERED_SIZE + ((text.length + 3) & ~3));
  const view = new DataView(body.buffer);
  view.setUint32(L.TRIGGERED_JOURNEY, fields.journeyLo, true);
  view.setUint32(L.TRIGGERED_JOURNEY + 4, fields.journeyHi, true);
  view.setUint32(L.TRIGGERED_TIME, fields.tsLo, true);
  view.setUint32(L.TRIGGERED_TIME + 4, fields.tsHi, true);
  view.setUint32(L.TRIGGERED_INTERFACE, fields.interfaceId, true);
  view.setUint32(L.TRIGGERED_BEFORE, fields.before, true);
  view.setUint32(L.TRIGGERED_CUT, fields.cut ? 1 : 0, true);
  view.setUint32(L.TRIGGERED_TEXT_LENGTH, text.length, true);
  body.set(text, L.TRIGGERED_SIZE);
  const writer = new CaptureWriter();
  writer.custom(BLOCK_SUBTYPE.triggered, body);
  return writer.take();
}
