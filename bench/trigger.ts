/**
 * `npm run bench -- trigger [--events N] [--rounds N]`
 *
 * What the agent does with each event that a trigger looks at and does not keep, and, in the same run, with one that
 * passes without a trigger: a generated capture in chunks as a pipe delivers them, into a log that keeps nothing.
 * Every packet has metadata, which a tcx program rewrites once on its way, and half of the conditions need a TLV: the
 * dear case. Packets without metadata are cheaper.
 */
import { parseArgs } from 'node:util';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { parseCondition } from '#core/trigger/condition.ts';
import { TriggerLog } from '../agent/capture/trigger-log.ts';
import { BlockCutter } from '../agent/spool/block-cutter.ts';
import type { CaptureLog } from '../agent/spool/log.ts';
import { summarize } from './lib/stats.ts';

/** A pipe's. */
const CHUNK_BYTES = 64 * 1024;
const GOAL_EVENTS_PER_S = 100_000;
const CONDITIONS = ['lost', 'clobbered', 'drop', 'suspect and tlv:verdict=drop', 'tlv:trace_id=1'];

const NOWHERE: CaptureLog = {
  append: () => Promise.resolve(),
  probeEnded: () => Promise.resolve(),
};

/** Seconds with a trigger that looks at all of it and never fires. */
async function withTrigger(bytes: Uint8Array, events: number): Promise<number> {
  const parsed = parseCondition(CONDITIONS);
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
  const cuts: number[] = [];
  const triggers: number[] = [];
  for (const _ of rounds) {
    cuts.push(cutOnly(bytes));
    triggers.push(await withTrigger(bytes, events));
  }
  const best = (runs: readonly number[]): number => Math.round(events / summarize(runs).best);
  const perSecond = best(triggers);
  console.log(
    JSON.stringify({
      bench: 'trigger',
      events,
      events_per_s: perSecond,
      events_per_s_cut_only: best(cuts),
      goal_met: perSecond >= GOAL_EVENTS_PER_S,
    }),
  );
}
