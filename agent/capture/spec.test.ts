import { expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { checkSpec } from './spec.ts';

const SPEC = { devices: ['lo'], netns: null, snaplen: null };

function refusal(part: object): string {
  try {
    checkSpec({ ...SPEC, ...part });
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.line;
    throw thrown;
  }
  return '';
}

test('what cannot be captured is said with what can', () => {
  expect(refusal({})).toBe('');
  expect(refusal({ sample: 0 })).toMatch(
    /^0 is out of range \(sample\): give a whole number from 1 to \d+\.$/,
  );
  expect(refusal({ rate: 1.5 })).toMatch(
    /^1\.5 is out of range \(rate\): give a whole number from 1 to \d+\.$/,
  );
  expect(refusal({ mapIntervalMs: 0 })).toMatch(
    /^0 is out of range \(mapIntervalMs\): give a whole number from /,
  );
  expect(refusal({ devices: ['lo', 'lo'] })).toBe(
    '["lo","lo"] names an interface twice (devices): give each once.',
  );
  expect(refusal({ devices: ['a/b'] })).toBe(
    '"a/b" is no name of a network interface (devices.0): see ip link, ip netns and whither --help.',
  );
});
