import { expect, it } from 'vitest';
import { fakeHop } from '#src/testing/hops.ts';
import { EMPTY_LINK } from '#src/state/link-state.ts';
import { firstComparison, INTACT_OR_HARMED, recordingPairs } from './sides.ts';

const hopsOf = (...places: readonly (readonly [host: string, file: string])[]) =>
  places.map(([host, file], index) => fakeHop({ index, hook: 1, host, file }));
const FILES = hopsOf(['a', 'one'], ['a', 'one'], ['b', 'the "other"'], ['b', ''], ['c', 'third']);

it('of several files the first two are compared first, whatever was recorded in them', () => {
  expect(firstComparison(EMPTY_LINK, FILES)).toEqual({ a: 'file == "one"', b: 'file == "the \\"other\\""' });
});

it.each([
  ['of one', hopsOf(['a', 'one'], ['b', 'one'])],
  ['of none, where two hosts are', hopsOf(['a', ''], ['b', ''])],
])('%s what is intact is compared with what came to harm', (_, hops) => {
  expect(firstComparison(EMPTY_LINK, hops)).toEqual(INTACT_OR_HARMED);
});

it('what the filter passes is compared with the rest, also of several files', () => {
  expect(firstComparison({ ...EMPTY_LINK, where: 'len > 40' }, FILES)).toEqual({ a: null, b: null });
});

it('of several files or hosts each is offered against the first, up to four', () => {
  expect(recordingPairs('host', FILES)).toEqual([
    { name: 'a and b', compare: { a: 'host == "a"', b: 'host == "b"' } },
    { name: 'a and c', compare: { a: 'host == "a"', b: 'host == "c"' } },
  ]);
  const many = hopsOf(...['1', '2', '3', '4', '5', '6'].map((file) => ['', file] as const));
  expect(recordingPairs('file', many).map(({ name }) => name)).toEqual([
    '1 and 2',
    '1 and 3',
    '1 and 4',
    '1 and 5',
  ]);
  expect(recordingPairs('host', many)).toEqual([]);
});
