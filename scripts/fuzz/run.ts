/**
 * `npm run fuzz -- --minutes N [--only NAME] [--seed N]`: every decoder, in turns, until the time is over. What breaks one is
 * kept in scripts/fuzz/kept, which the unit tests read from then on. The last line of output is one JSON object.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command, InvalidArgumentError } from 'commander';
import { Dice, mutate } from './mutate.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** A slower input is a hang. */
const MAX_INPUT_MS = 100;
const INPUTS_PER_TURN = 2000;
/** Slow decoders get fewer. */
const MAX_TURN_MS = 200;
/** What is kept of one input in so many is weighed. */
const WEIGHED_TURNS = 20;
/** What is kept may be so many times the input, and a constant that objects of any size cost. */
const MAX_KEPT_FACTOR = 2;
const KEPT_BASE_BYTES = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Broken {
  readonly target: string;
  readonly what: string;
  readonly file: string;
}

function keep(target: Target, input: Uint8Array, what: string): Broken {
  const directory = path.join(import.meta.dirname, 'kept', target.name);
  mkdirSync(directory, { recursive: true });
  const hex = Buffer.from(input).toString('hex');
  const file = path.join(directory, `${hex.slice(0, 16) || 'empty'}-${input.length}.hex`);
  writeFileSync(file, `${hex}\n`);
  return { target: target.name, what, file };
}

/** What is wrong with this input, null = nothing. */
function faultOf(target: Target, input: Uint8Array): string | null {
  const began = performance.now();
  try {
    target.run(input);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (performance.now() - began <= MAX_INPUT_MS) return null;
  // Once may be the machine: a hang is one every time.
  const again = performance.now();
  target.run(input);
  const ms = performance.now() - again;
  return ms > MAX_INPUT_MS ? `takes ${Math.round(ms)} ms` : null;
}

/** Bytes that stay after an input, with what it gave. */
function weigh(target: Target, input: Uint8Array): string | null {
  collect();
  const before = used();
  const kept = target.run(input);
  collect();
  const bytes = used() - before;
  const limit = MAX_KEPT_FACTOR * input.length + KEPT_BASE_BYTES;
  return bytes > limit && kept !== undefined ? `keeps ${bytes} bytes of ${input.length}` : null;
}

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function fuzz(minutes: number, only: string | undefined, seed: number): void {
  const targets = TARGETS.filter(({ name }) => only === undefined || name === only);
  const dice = new Dice(seed);
  const end = Date.now() + minutes * 60_000;
  const broken = new Map<string, Broken>();
  let inputs = 0;
  for (let turn = 0; Date.now() < end; turn++) {
    for (const target of targets) {
      const stop = Math.min(end, Date.now() + MAX_TURN_MS);
      let input = new Uint8Array(0);
      for (let i = 0; i < INPUTS_PER_TURN && Date.now() < stop; i++) {
        input = mutate(target.seeds, target.maxBytes, dice).slice();
        inputs++;
        const what = faultOf(target, input);
        const key = `${target.name}: ${what}`;
        if (what !== null && !broken.has(key)) {
          broken.set(key, keep(target, input, what));
          process.stderr.write(`${key}\n`);
        }
      }
      if (turn % WEIGHED_TURNS !== 0) continue;
      const heavy = weigh(target, input);
      if (heavy !== null) broken.set(`${target.name}: ${heavy}`, keep(target, input, heavy));
    }
  }
  process.stdout.write(
    `${JSON.stringify({ fuzz: targets.length, inputs, seed, minutes, broken: [...broken.values()] })}\n`,
  );
  process.exitCode = broken.size === 0 ? 0 : 1;
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('must be a number');
  return value;
}

new Command('fuzz')
  .requiredOption('--minutes <n>', 'how long', number)
  .option('--only <name>', `one target: ${TARGETS.map(({ name }) => name).join(', ')}`)
  .option('--seed <n>', 'the same inputs for the same number', number, 1)
  .action(({ minutes, only, seed }: { minutes: number; only?: string; seed: number }) => {
    fuzz(minutes, only, seed);
  })
  .parse();
