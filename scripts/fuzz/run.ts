/**
 * `npm run fuzz -- --minutes N | --inputs N [--only NAME] [--seed N]`: every decoder, in turns, until the time is over or so many
 * inputs were read. What breaks one is kept in scripts/fuzz/kept, which the unit tests read from then on. The last line of
 * output is one JSON object.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { faultOf, weigh } from './judge.ts';
import { Dice, enlarge, mutate } from './mutate.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets/index.ts';

const INPUTS_PER_TURN = 2000;
/** Slow decoders get fewer. */
const MAX_TURN_MS = 200;
/** What is kept of one input in so many is weighed, */
const WEIGHED_TURNS = 20;
/** and of a large one, where a decoder takes them. */
const WEIGHED_LARGE_TURNS = 200;

interface Broken {
  readonly target: string;
  readonly what: string;
  readonly file: string;
}

interface Limits {
  readonly minutes: number;
  readonly inputs: number;
  readonly only: string | undefined;
  readonly seed: number;
}

class Fuzzer {
  readonly broken = new Map<string, Broken>();
  readonly counts = new Map<string, number>();
  inputs = 0;
  readonly #dice: Dice;
  readonly #end: number;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#dice = new Dice(limits.seed);
    this.#end = Date.now() + limits.minutes * 60_000;
  }

  get isOver(): boolean {
    return Date.now() >= this.#end || this.inputs >= this.#limits.inputs;
  }

  turn(target: Target, turn: number): void {
    const stop = Math.min(this.#end, Date.now() + MAX_TURN_MS);
    let input = new Uint8Array(0);
    let count = this.counts.get(target.name) ?? 0;
    for (let i = 0; i < INPUTS_PER_TURN && Date.now() < stop && this.inputs < this.#limits.inputs; i++) {
      input = mutate(target.seeds, target.maxBytes, this.#dice).slice();
      this.inputs++;
      count++;
      this.#found(target, input, faultOf(target, input));
    }
    this.counts.set(target.name, count);
    // What was found to throw is not weighed.
    if (turn % WEIGHED_TURNS === 0 && faultOf(target, input) === null) {
      this.#found(target, input, weigh(target, input));
    }
    if (target.weighBytes === undefined || turn % WEIGHED_LARGE_TURNS !== 0) return;
    const large = enlarge(target.seeds, target.weighBytes, this.#dice);
    this.#found(target, large, weigh(target, large));
  }

  /** The first of its kind is kept. */
  #found(target: Target, input: Uint8Array, what: string | null): void {
    if (what === null) return;
    const key = `${target.name}: ${what.replace(/\d+/g, 'N')}`;
    if (this.broken.has(key)) return;
    this.broken.set(key, keep(target, input, what));
    process.stderr.write(`${target.name}: ${what}\n`);
  }
}

function keep(target: Target, input: Uint8Array, what: string): Broken {
  const directory = path.join(import.meta.dirname, 'kept', target.name);
  mkdirSync(directory, { recursive: true });
  const hex = Buffer.from(input).toString('hex');
  const file = path.join(directory, `${hex.slice(0, 16) || 'empty'}-${input.length}.hex`);
  writeFileSync(file, `${hex}\n`);
  return { target: target.name, what, file };
}

function fuzz(limits: Limits): void {
  const targets = TARGETS.filter(({ name }) => limits.only === undefined || name === limits.only);
  const fuzzer = new Fuzzer(limits);
  for (let turn = 0; !fuzzer.isOver; turn++) for (const target of targets) fuzzer.turn(target, turn);
  const { inputs, counts, broken } = fuzzer;
  for (const [name, count] of counts) process.stdout.write(`${String(count).padStart(9)}  ${name}\n`);
  process.stdout.write(
    `${JSON.stringify({ fuzz: targets.length, inputs, seed: limits.seed, broken: [...broken.values()] })}\n`,
  );
  process.exitCode = broken.size === 0 ? 0 : 1;
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('must be a number');
  return value;
}

const names = TARGETS.map(({ name }) => name);

function known(text: string): string {
  if (!names.includes(text)) throw new InvalidArgumentError(`is none of ${names.join(', ')}`);
  return text;
}

const command = new Command('fuzz')
  .option('--minutes <n>', 'how long', number)
  .option('--inputs <n>', 'how many', number)
  .option('--only <name>', `one target: ${names.join(', ')}`, known)
  .option('--seed <n>', 'the same inputs for the same number', number, 1)
  .parse();
const options = command.opts<{ minutes?: number; inputs?: number; only?: string; seed: number }>();
if (options.minutes === undefined && options.inputs === undefined) {
  command.error('error: --minutes or --inputs says when to stop');
}
fuzz({
  minutes: options.minutes ?? Infinity,
  inputs: options.inputs ?? Infinity,
  only: options.only,
  seed: options.seed,
});
