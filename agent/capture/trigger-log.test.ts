import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { readAll, type CallRecorder } from '#core/pcapng/testing/record-calls.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { SCHEMA, sectionBytes, START_NS, type Seen } from '#core/store/testing/scenario.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import type { TriggerOptions } from '#core/trigger/trigger.ts';
import { FileLog } from './file-log.ts';
import { TriggerLog } from './trigger-log.ts';

const META = [1, 4, 1, 2, 3, 4];
const JOURNEYS = 20;
const LOST = 11;
const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];

/** Journeys one after the other, of which one loses its metadata; then the statistics of the probe. */
function stream(): Buffer {
  const seen: Seen[] = Array.from({ length: JOURNEYS }, (_, id) =>
    HOOKS.map((hook, i) => ({
      hook,
      id: BigInt(id),
      us: 10 * id + i,
      ...((i === 0 || id !== LOST) && { meta: META }),
    })),
  ).flat();
  const writer = new CaptureWriter();
  const delivered = BigInt(JOURNEYS);
  HOOKS.forEach((_, interfaceId) =>
    writer.interfaceStatistics({ interfaceId, time: START_NS, received: delivered, dropped: 0n, delivered }),
  );
  return Buffer.concat([sectionBytes({ seen, schema: null }), writer.take()]);
}

interface Run {
  readonly read: CallRecorder;
  readonly texts: string[];
  readonly lines: string[];
  readonly completed: number;
}

/** The stream in chunks of so many bytes, each a Buffer somewhere in a larger one, as Node's streams give them. */
async function run(condition: string, chunkBytes: number, more: Partial<TriggerOptions> = {}): Promise<Run> {
  const parsed = parseCondition([condition]);
  if (!parsed.ok) throw new Error(parsed.cause);
  const out = new PassThrough();
  const parts: Buffer[] = [];
  out.on('data', (part: Buffer) => parts.push(part));
  const told = { texts: [] as string[], lines: [] as string[], completed: 0 };
  const options = { condition: parsed.condition, before: 1, after: 1, once: false, ...more };
  const log = new TriggerLog(new FileLog(out, [JSON.stringify(SCHEMA)]), options, {
    text: (text) => told.texts.push(text),
    fired: (line) => told.lines.push(line),
    complete: () => told.completed++,
  });
  onTestFinished(() => log.close());
  log.useSchema(JSON.stringify(SCHEMA));
  const bytes = stream();
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    await log.append(Buffer.concat([Buffer.alloc(40, 0xee), chunk]).subarray(40));
  }
  await log.probeEnded();
  return { ...told, read: readAll([new Uint8Array(Buffer.concat(parts))]) };
}

test.each([64 * 1024, 1000, 7])(
  'the log gets what the trigger keeps, from chunks of %i bytes',
  async (chunk) => {
    const { read, lines } = await run('lost', chunk);
    expect(read.problems).toEqual([]);
    const kept = [LOST - 1, LOST, LOST + 1];
    expect(read.packets.map(({ packetId }) => Number(packetId))).toEqual(kept.flatMap((id) => [id, id, id]));
    expect(lines).toEqual([`Triggered by journey ${LOST}: metadata lost at eth0:tcx/ingress@first.`]);
    expect(read.statisticsCalls.map(({ received, delivered }) => [received, delivered])).toEqual(
      HOOKS.map(() => [3n, 3n]),
    );
    const gaps = read.customs.filter(({ subtype }) => subtype === BLOCK_SUBTYPE.gap);
    const counts = gaps.map(({ body }) => Buffer.from(body, 'hex'));
    expect(counts.map((body) => [body[4], Number(body.readBigUInt64LE(8))])).toEqual(
      HOOKS.map(() => [GAP_CAUSE.trigger, JOURNEYS - kept.length]),
    );
  },
);

test('it says what it waits for, and that it fired', async () => {
  const { texts } = await run('lost', 1000);
  expect(texts[0]).toBe('armed: waiting for metadata lost; 0 events seen');
  expect(texts.at(-1)).toBe(
    `armed: waiting for metadata lost; 60 events seen; fired once, last by journey ${LOST}: metadata lost at eth0:tcx/ingress@first`,
  );
  const hopeless = await run('tlv:nothing', 1000);
  expect(hopeless.texts.at(-1)).toBe(
    'armed: waiting for TLV nothing (the schema has no TLV nothing); 60 events seen',
  );
});

test('asked for once it completes when every journey has ended, once', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { completed, texts } = await run('lost', 1000, { once: true });
  expect(completed).toBe(1);
  expect(texts.at(-1)).toMatch(/^keeping nothing more, as asked; fired once, last by journey 11: /);
});
