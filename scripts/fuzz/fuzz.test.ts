/** A short run of the fuzzer over every target, what it has found before, and whether a target reaches every decoder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoders, functionsRun } from './decoders.ts';
import { weigh } from './judge.ts';
import { Dice, enlarge, mutate } from './mutate.ts';
import type { Target, Timed } from './target.ts';
import { TARGETS } from './targets/index.ts';

const KEPT = path.join(import.meta.dirname, 'kept');
const MAX_INPUTS = 60;
/** Of decoders that take milliseconds for one. */
const MAX_TARGET_MS = 400;
/** Enough beside what objects of any size cost. */
const WEIGHED_BYTES = 2 * 1024 * 1024;

const untimed: Timed = (step) => step();

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (_, target) => {
  it('holds for inputs made of its examples', () => {
    const dice = new Dice(7);
    const stop = performance.now() + MAX_TARGET_MS;
    for (let i = 0; i < MAX_INPUTS && (i === 0 || performance.now() < stop); i++) {
      const input = mutate(target.seeds, target.maxBytes, dice).slice();
      expect(() => target.run(input, untimed), Buffer.from(input).toString('hex')).not.toThrow();
    }
  });
});

const kept = existsSync(KEPT)
  ? readdirSync(KEPT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hex'))
  : [];

describe.runIf(kept.length > 0)('what broke a decoder before', () => {
  it.each(kept)('%s', (file) => {
    const target = TARGETS.find(({ name }) => name === path.dirname(file))!;
    const input = Buffer.from(readFileSync(path.join(KEPT, file), 'utf8').trim(), 'hex');
    expect(() => target.run(Uint8Array.from(input), untimed)).not.toThrow();
  });
});

const LARGE = TARGETS.filter(({ weighBytes }) => weighBytes !== undefined);

describe('memory', () => {
  it.each(LARGE.map((target) => [target.name, target] as const))(
    'of %s is bounded by its input',
    (_, target) => {
      const bytes = Math.min(target.weighBytes!, WEIGHED_BYTES);
      expect(weigh(target, enlarge(target.seeds, bytes, new Dice(1)))).toBeNull();
    },
  );

  it('is weighed: what keeps more is told', () => {
    const hoarder: Target = {
      name: 'hoarder',
      seeds: [],
      maxBytes: 0,
      run: (input) => Array.from({ length: 4 }, () => input.slice()),
    };
    expect(weigh(hoarder, new Uint8Array(WEIGHED_BYTES))).toMatch(/^keeps \d+ bytes of 2097152$/);
  });
});

describe('every decoder of core', () => {
  it('has a target that reaches it from its examples', () => {
    const run = functionsRun(() => {
      for (const target of TARGETS) for (const seed of target.seeds) target.run(seed.slice(), untimed);
    });
    expect(decoders().filter((decoder) => !run.has(decoder))).toEqual([]);
  });

  it('is found by its signature', () => {
    expect(decoders()).toEqual(
      expect.arrayContaining([
        'btf/btf.ts readBtf',
        'dissect/anchor.ts find',
        'dissect/header-size.ts geneveBytes',
        'metadata/decode.ts decodeArea',
        'metadata/schema.ts parseSchema',
        'pcapng/reader.ts push',
        'query/parse.ts parseFilter',
        'store/elsewhere.ts readElsewhere',
      ]),
    );
  });
});

describe('inputs', () => {
  it('are the same for the same seed, and no longer than they may be', () => {
    const [a, b] = [new Dice(3), new Dice(3)];
    const seeds = [Uint8Array.of(1, 2, 3), new Uint8Array(100)];
    for (let i = 0; i < 200; i++) {
      const input = mutate(seeds, 50, a);
      expect(input.length).toBeLessThanOrEqual(50);
      expect(mutate(seeds, 50, b)).toEqual(input);
    }
  });
});
