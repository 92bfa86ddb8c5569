/** A short run of the fuzzer over every target, and what it has found before. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Dice, mutate } from './mutate.ts';
import { TARGETS } from './targets.ts';

const KEPT = path.join(import.meta.dirname, 'kept');
const INPUTS = 60;

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (name, target) => {
  it('holds for its examples and inputs made of them', () => {
    const dice = new Dice(7);
    for (const seed of target.seeds.slice(0, 20)) target.run(seed.slice());
    for (let i = 0; i < INPUTS; i++) {
      const input = mutate(target.seeds, target.maxBytes, dice).slice();
      expect(() => target.run(input), Buffer.from(input).toString('hex')).not.toThrow();
    }
  });

  const directory = path.join(KEPT, name);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  it.runIf(files.length > 0)('holds for what broke it before', () => {
    for (const file of files) {
      const input = Buffer.from(readFileSync(path.join(directory, file), 'utf8').trim(), 'hex');
      expect(() => target.run(Uint8Array.from(input)), file).not.toThrow();
    }
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
