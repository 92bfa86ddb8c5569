import { describe, expect, it } from 'vitest';
import { fakeHop } from '#src/testing/hops.ts';
import type { Edge, Hop, HopNumbers } from '#workers/api.ts';
import { align } from './align.ts';
import type { Side } from './layout.ts';

const edge = (from: number, to: number, count = 1): Edge => ({
  from,
  to,
  count,
  hadMetadata: count,
  withMetadata: 0,
});
const numbers = (events: number): HopNumbers => ({
  events,
  withMetadata: 0,
  metadataBytes: 0,
  unreadable: 0,
  metadataLost: 0,
  causes: [],
});
const side = (events: readonly number[], edges: readonly Edge[]): Side => ({
  hops: events.map(numbers),
  edges,
});
const eventsOf = (of: Side | undefined) => of?.hops.map((own) => own?.events ?? null);
/** Hooks 1, 2 on host a; 1, 2, 3 on host b. */
const hops: readonly Hop[] = [
  ...[1, 2].map((hook, index) => fakeHop({ index, hook, host: 'a', netns: 4, events: 5 })),
  ...[1, 2, 3].map((hook, i) => fakeHop({ index: 2 + i, hook, host: 'b', netns: 7, events: 3 })),
];

describe('two sides', () => {
  it('stand on one lane where each saw a host of its own', () => {
    const a = side([5, 5, 0, 0, 0], [edge(0, 1, 5)]);
    const b = side([0, 0, 3, 2, 1], [edge(2, 3, 2), edge(3, 4, 1)]);
    const aligned = align(hops, [edge(0, 1, 5), edge(2, 3, 2), edge(3, 4, 1)], [a, b]);
    expect(aligned.hops.map(({ index, host, netns, events }) => [index, host, netns, events])).toEqual([
      [0, 'a', 4, 8],
      [1, 'a', 4, 8],
      [4, 'a', 4, 3],
    ]);
    expect(eventsOf(aligned.sides[0])).toEqual([5, 5, 0, 0, null]);
    expect(eventsOf(aligned.sides[1])).toEqual([3, 2, null, null, 1]);
    expect(aligned.sides[1]!.edges).toEqual([edge(0, 1, 2), edge(1, 4, 1)]);
    expect(aligned.edges).toEqual([edge(0, 1, 7), edge(1, 4, 1)]);
  });

  it('say of a hook that one host did not observe that it did not', () => {
    const [, , first] = hops;
    const { sides } = align([hops[0]!, hops[1]!, first!], [], [side([5, 5, 0], []), side([0, 0, 3], [])]);
    expect(eventsOf(sides[1])).toEqual([3, null, null]);
  });

  it('pair devices by name first, and the others in their order', () => {
    const on = (index: number, device: string, host: string): Hop =>
      fakeHop({ index, hook: 1, device, host, events: 1 });
    const four = [on(0, 'eth0', 'a'), on(1, 'eth1', 'a'), on(2, 'eth1', 'b'), on(3, 'ens3', 'b')];
    const { sides } = align(four, [], [side([1, 2, 0, 0], []), side([0, 0, 3, 4], [])]);
    expect(eventsOf(sides[1])).toEqual([4, 3, null, null]);
  });

  it('do not lay two devices of one host on each other', () => {
    const one = ['eth0', 'eth1'].map((device, index) =>
      fakeHop({ index, hook: 1, device, host: 'a', events: 1 }),
    );
    const sides = [side([1, 0], []), side([0, 1], [])];
    expect(align(one, [], sides)).toEqual({ hops: one, edges: [], sides });
  });

  it('stand on one lane where each is a recording of one host, and interfaces by their names', () => {
    const of = (file: string, at: number) =>
      [1, 2].map((hook, i) => fakeHop({ index: at + i, hook, host: 'a', netns: 4, file, events: 1 }));
    const two = [...of('good', 0), ...of('bad', 2)];
    const aligned = align(two, [], [side([1, 1, 0, 0], []), side([0, 0, 1, 1], [])]);
    expect(aligned.hops.map(({ index }) => index)).toEqual([0, 1]);
    expect(eventsOf(aligned.sides[1])).toEqual([1, 1, null, null]);

    const after = ['fix#1', 'old#2', 'old#7', 'fix#9'].map((name, index) =>
      fakeHop({
        index,
        hook: 3,
        name: `eth0:tcx/ingress@after:${name}`,
        file: index < 2 ? 'good' : 'bad',
        events: 1,
      }),
    );
    expect(eventsOf(align(after, [], [side([1, 1, 0, 0], []), side([0, 0, 2, 3], [])]).sides[1])).toEqual([
      3,
      2,
      null,
      null,
    ]);

    const foreign = ['eth0', 'eth1', 'eth1', 'eth0'].map((name, index) =>
      fakeHop({ index, hook: 0, name, device: name, file: index < 2 ? 'good' : 'bad', events: 1 }),
    );
    const sides = [side([1, 1, 0, 0], []), side([0, 0, 2, 3], [])];
    expect(eventsOf(align(foreign, [], sides).sides[1])).toEqual([3, 2, null, null]);
  });

  it('stay as they are where both saw a device, and where there is one side', () => {
    const both = [side([5, 5, 1, 0, 0], []), side([1, 0, 3, 2, 1], [])];
    expect(align(hops, [], both)).toEqual({ hops, edges: [], sides: both });
    expect(align(hops, [], both.slice(1))).toEqual({ hops, edges: [], sides: both.slice(1) });
  });
});
