/**
 * `npm run bench -- propose`: framings made up at random, 500 areas each, and what the proposer ranks first; then
 * noise, which must be called so. A framing counts as right when it reads every area into exactly the TLVs that were
 * put in: the same types, value offsets and value lengths. So one that says more or less than the one made up
 * (`align 4` where every TLV ends at a multiple of 4 anyway) is right, and one that names types in another byte order
 * is not.
 */
import { parseArgs } from 'node:util';
import { framingText, Proposer } from '#core/propose/propose.ts';
import { noise, NOISE_KINDS, randomAreas, readsAsMade } from '#core/propose/testing/random-areas.ts';
import type { AreaSample, Proposal } from '#core/propose/types.ts';
import { table } from './lib/table.ts';

const AREAS = 500;
const NOISE_ROUNDS = 2;
const GOAL_SHARE = 0.9;
const STEPS = 1000;

function propose(areas: readonly AreaSample[]): Proposal {
  const proposer = new Proposer(areas);
  while (!proposer.advance(STEPS));
  return proposer.proposal();
}

export function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { framings: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
  });
  const of = Number(values.framings);
  const firstSeed = Number(values.seed);
  const rows = [['framing', 'rank', 'confidence']];
  let first = 0;
  const started = performance.now();
  for (let seed = firstSeed; seed < firstSeed + of; seed++) {
    const made = randomAreas(seed, AREAS);
    if (!readsAsMade(made.framing, made))
      throw new Error(`seed ${seed}: the areas are not what they should be`);
    const { candidates } = propose(made.samples);
    const rank = candidates.findIndex(({ framing }) => readsAsMade(framing, made));
    if (rank === 0) first++;
    const confidence = candidates[0]?.confidence.toFixed(2) ?? '';
    rows.push([framingText(made.framing), rank < 0 ? 'none' : String(rank + 1), confidence]);
    if (rank !== 0 && candidates[0] !== undefined)
      rows.push([`  instead ${framingText(candidates[0].framing)}`]);
  }
  const seconds = (performance.now() - started) / 1000;
  let noiseCalled = 0;
  let noises = 0;
  for (const kind of NOISE_KINDS) {
    for (let round = 0; round < NOISE_ROUNDS; round++) {
      const { verdict } = propose(noise(kind, firstSeed + round, AREAS));
      noises++;
      if (verdict === 'noise') noiseCalled++;
      else rows.push([`noise (${kind}) called ${verdict}`]);
    }
  }
  console.log(table(rows));
  console.log(`${(seconds / of).toFixed(2)} s a proposal from ${AREAS} areas`);
  const isMet = first >= GOAL_SHARE * of && noiseCalled === noises;
  console.log(
    `goal: ${Math.ceil(GOAL_SHARE * of)} of ${of} first, noise called noise: ${isMet ? 'met' : 'missed'}`,
  );
  console.log(JSON.stringify({ bench: 'propose', first, of, noise: noiseCalled, noise_of: noises }));
  return Promise.resolve();
}
