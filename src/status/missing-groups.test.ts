import { expect, it } from 'vitest';
import type { MissingHook } from '#workers/api.ts';
import { missingGroups } from './missing-groups.ts';

const hook = (name: string, reason: string, host = 'edge-7'): MissingHook => ({
  hook: name.length,
  name,
  reason,
  host,
  file: '',
});

it('a reason is told once, with all hooks that it is true of, that of most hooks first', () => {
  const groups = missingGroups([
    hook('a', 'refused'),
    hook('b', 'not traced'),
    hook('c', 'not traced'),
    hook('d', 'refused'),
    hook('e', 'not traced'),
  ]);
  expect(groups).toEqual([
    { reason: 'not traced', hooks: ['b', 'c', 'e'] },
    { reason: 'refused', hooks: ['a', 'd'] },
  ]);
});

it('where hooks are missing on one of several hosts, each says on which', () => {
  const groups = missingGroups([hook('a', 'refused'), hook('a', 'refused', 'edge-8')]);
  expect(groups[0]?.hooks).toEqual(['a on edge-7', 'a on edge-8']);
});
