import { expect, it } from 'vitest';
import type { MissingHook } from '#workers/api.ts';
import { whereMissing } from './where-missing.ts';

const at = (host: string, file = ''): MissingHook => ({ hook: 2, name: 'tcx', reason: 'old', host, file });

it.each<[string, MissingHook[], string[]]>([
  ['nowhere in words where there is one place', [at('a'), at('a')], ['', '']],
  ['on a host where there are two', [at('a', 'x'), at('b', 'y')], [' on a', ' on b']],
  ['in a file where two are of one host', [at('a', 'x'), at('a', 'y')], [' in x', ' in y']],
  [
    'on a host and in a file where that is needed',
    [at('a', 'x'), at('a', 'y'), at('b', 'z')],
    [' on a in x', ' on a in y', ' on b'],
  ],
])('a hook is missing %s', (_what, missing, words) =>
  expect(missing.map((one) => whereMissing(one, missing))).toEqual(words),
);
