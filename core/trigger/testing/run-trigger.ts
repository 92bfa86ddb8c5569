/** A capture through a trigger, as the agent feeds it, and what comes out of it read again. */
import { BLOCK_EPB } from '#core/pcapng/blocks.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { readAll, type CallRecorder } from '#core/pcapng/testing/record-calls.ts';
import { parseCondition, type Condition } from '../condition.ts';
import { Trigger, type TriggerOptions } from '../trigger.ts';

export function condition(...texts: readonly string[]): Condition {
  const parsed = parseCondition(texts);
  if (!parsed.ok) throw new Error(`${parsed.cause}: ${parsed.remedy}`);
  return parsed.condition;
}

export interface Ran {
  readonly trigger: Trigger;
  /** As it said before the stream ended. */
  readonly complete: boolean;
  readonly bytes: Uint8Array;
  readonly read: CallRecorder;
  /** epb_packetid of each packet, in order. */
  readonly kept: readonly bigint[];
}

/** `chunkBlocks`: after how many blocks the agent's chunk ends. */
export function runTrigger(
  capture: Uint8Array,
  options: Partial<TriggerOptions> & Pick<TriggerOptions, 'condition'>,
  chunkBlocks = Infinity,
  schema: MetadataSchema | null = null,
): Ran {
  const out: Uint8Array[] = [];
  const trigger = new Trigger({ before: 0, after: 0, once: false, ...options }, (bytes, start, length) =>
    out.push(bytes.slice(start, start + length)),
  );
  if (schema !== null) trigger.useSchema(schema);
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  let blocks = 0;
  for (let at = 0; at < capture.length; at += view.getUint32(at + 4, true)) {
    trigger.block(view.getUint32(at, true), capture, at, view.getUint32(at + 4, true));
    if (++blocks % chunkBlocks === 0) trigger.flush();
  }
  trigger.flush();
  const { complete } = trigger;
  trigger.end();
  const bytes = new Uint8Array(Buffer.concat(out));
  const read = readAll([bytes]);
  return { trigger, complete, bytes, read, kept: read.packets.map(({ packetId }) => packetId!) };
}

/** Bytes of every packet block, as hex. */
export function packetBlocks(capture: Uint8Array): string[] {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const found: string[] = [];
  for (let at = 0; at < capture.length; at += view.getUint32(at + 4, true)) {
    const bytes = capture.subarray(at, at + view.getUint32(at + 4, true));
    if (view.getUint32(at, true) === BLOCK_EPB) found.push(Buffer.from(bytes).toString('hex'));
  }
  return found;
}
