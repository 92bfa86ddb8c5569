/** The proposer: areas of any lengths, cut out of the input, and what it says of them. */
import { Proposer, schemaOf } from '#core/propose/propose.ts';
import { randomAreas } from '#core/propose/testing/random-areas.ts';
import type { AreaSample } from '#core/propose/types.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { holds, type Target } from '../target.ts';

const INPUT_BYTES = 160;
const STEPS = 20;
const SEEDS = 4;
const AREAS_EACH = 6;

/** One byte of length, then the area, again and again. */
function packed(samples: readonly AreaSample[]): Uint8Array {
  return Uint8Array.from(samples.flatMap(({ bytes }) => [bytes.length, ...bytes])).slice(0, INPUT_BYTES);
}

function unpacked(input: Uint8Array): AreaSample[] {
  const samples: AreaSample[] = [];
  for (let at = 0; at < input.length;) {
    const end = Math.min(input.length, at + 1 + input[at]!);
    samples.push({ bytes: input.subarray(at + 1, end), packet: null });
    at = end;
  }
  return samples;
}

const proposer: Target = {
  name: 'propose',
  seeds: Array.from({ length: SEEDS }, (_, seed) => packed(randomAreas(seed + 1, AREAS_EACH).samples)),
  maxBytes: INPUT_BYTES,
  // A whole proposal is many steps on purpose; none of them may hang.
  isStepped: true,
  run: (input, timed) => {
    const one = new Proposer(unpacked(input));
    while (!timed(() => one.advance(STEPS)));
    const proposal = timed(() => one.proposal());
    let sum = 0;
    for (const candidate of proposal.candidates) {
      sum += candidate.confidence;
      holds(candidate.coverage >= 0 && candidate.coverage <= 1, 'a coverage that is no share');
      const parsed = parseSchema(JSON.stringify(schemaOf(candidate)));
      holds(parsed.ok, `a proposal that is no schema: ${parsed.ok ? '' : parsed.errors[0]!.message}`);
    }
    holds(sum <= 1 + 1e-9, 'confidences of more than 1');
    holds(!/undefined|NaN/.test(proposal.text), 'a verdict without words');
    return proposal;
  },
};

export const PROPOSAL_TARGETS: readonly Target[] = [proposer];
