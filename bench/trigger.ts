/**
 * `npm run bench -- trigger [--events N] [--rounds N]`
 *
 * What the agent does with each event that a trigger looks at and does not keep, and, in the same run, with one that
 * passes without a trigger: a generated capture in chunks as a pipe delivers them, into a log that keeps nothing.
 * Every packet has metadata, which a tcx program rewrites once on its way, and half of the conditions need a TLV: the
 * dear case. Packets without metadata are cheaper. Then a TCP connection whose receiver coalesces, each read of which is a
 * packet that grew, and is looked for among all segments of the connection.
 */
import { parseArgs } from 'node:util';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { sectionBytes, type Seen } from '#core/store/testing/scenario.ts';
import { ENTRY, PROBE, READ, segment } from '#core/store/testing/segments.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { TriggerLog } from '../agent/capture/trigger-log.ts';
import { BlockCutter } from '../agent/spool/block-cutter.ts';
import type { CaptureLog } from '../agent/spool/log.ts';
import { summarize } from './lib/stats.ts';

/** A pipe's. */
const CHUNK_BYTES = 64 * 1024;
const GOAL_EVENTS_PER_S = 100_000;
const CONDITIONS = ['lost', 'clobbered', 'drop', 'suspect and tlv:verdict=drop', 'tlv:trace_id=1'];
const COALESCED_CONDITIONS = ['lost and drop', 'clobbered'];
/** Segments that are read as one packet. */
const COALESCED = 8;
const SEGMENT_BYTES = 100;

const NOWHERE: CaptureLog = {
  append: () => Promise.resolve(),
  probeEnded: () => Promise.resolve(),
};

/** At least `events` events of a connection whose segments come to TCP one by one, and are read by COALESCED of them. */
function coalescing(events: number): { bytes: Uint8Array; events: number } {
  const seen: Seen[] = [];
  for (let id = 1; seen.length < events; id += COALESCED) {
    for (let i = id; i < id + COALESCED; i++)
      seen.push(...segment(BigInt(i), 5 * i, SEGMENT_BYTES * i, SEGMENT_BYTES, true, ENTRY, PROBE));
    const grown = SEGMENT_BYTES * (COALESCED - 1);
    const us = 5 * (id + COALESCED) - 2;
    seen.push(...segment(BigInt(id), us, SEGMENT_BYTES * id, SEGMENT_BYTES, true, `${READ}+${grown}`));
  }
  return { bytes: sectionBytes({ seen }), events: seen.length };
}

/** Seconds with a trigger that looks at all of it and never fires. */
async function withTrigger(
  bytes: Uint8Array,
  events: number,
  conditions: readonly string[],
): Promise<number> {
  const parsed = parseCondition(conditions);
  if (!parsed.ok) throw new Error(parsed.cause);
  const { condition } = parsed;
  const log = new TriggerLog(
    NOWHERE,
    { condition, before: 100, after: 100, once: false },
    { text: () => undefined, fired: () => undefined },
  );
  const start = performance.now();
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    await log.append(bytes.subarray(at, at + CHUNK_BYTES));
  const seconds = (performance.now() - start) / 1000;
  await log.probeEnded();
  log.close();
  const { seen, firings, leftOutEvents, hopeless } = log.trigger;
  if (seen !== events || firings !== 0 || leftOutEvents !== events || hopeless !== '')
    throw new Error(`${seen} of ${events} events seen, ${leftOutEvents} left out, fired ${firings} times`);
  return seconds;
}

/** Seconds for finding the blocks, which is what happens to every byte anyway. */
function cutOnly(bytes: Uint8Array): number {
  const cutter = new BlockCutter();
  let blocks = 0;
  const start = performance.now();
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    cutter.push(bytes.subarray(at, at + CHUNK_BYTES), () => blocks++);
  const seconds = (performance.now() - start) / 1000;
  if (blocks === 0) throw new Error('no block was found');
  return seconds;
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '5' } },
  });
  const events = Number(values.events);
  const bytes = joinChunks(generateCapture({ events, rewrites: 'once' }));
  const rounds = Array.from({ length: Number(values.rounds) });
  const joined = coalescing(events / 5);
  const cuts: number[] = [];
  const joins: number[] = [];
  const triggers: number[] = [];
  for (const _ of rounds) {
    cuts.push(cutOnly(bytes));
    triggers.push(await withTrigger(bytes, events, CONDITIONS));
    joins.push(await withTrigger(joined.bytes, joined.events, COALESCED_CONDITIONS));
  }
  const best = (runs: readonly number[], of = events): number => Math.round(of / summarize(runs).best);
  const perSecond = best(triggers);
  const perSecondJoined = best(joins, joined.events);
  console.log(
    JSON.stringify({
      bench: 'trigger',
      events,
      events_per_s: perSecond,
      events_per_s_cut_only: best(cuts),
      events_per_s_coalesced: perSecondJoined,
      goal_met: Math.min(perSecond, perSecondJoined) >= GOAL_EVENTS_PER_S,
    }),
  );
}
