/** Recordings of the lab, shared carefully: what they tell is told by the share as well. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, describe } from 'vitest';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { filesBytes, storeOf } from '#core/store/testing/scenario.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { snapshotOf } from './testing/snapshots.ts';
import { EVERYTHING, journeyKeyOf, type ShareSelection } from './selection.ts';

const SAMPLES = path.join(import.meta.dirname, '../../public/samples');

function share(capture: Uint8Array, policy: SharePolicy, selection: ShareSelection = EVERYTHING): Uint8Array {
  const snapshot = snapshotOf(capture, { policy, selection });
  expect(snapshot.problems).toEqual([]);
  snapshot.end();
  return snapshot.take();
}

/** What is to be the same: journeys, what came to their metadata, hops with their counts. */
function told(store: CaptureStore): unknown {
  return {
    journeys: Array.from({ length: store.journeys.count }, (_, journey) => [
      store.journeys.word(journey, JOURNEY.idLo),
      store.journeys.word(journey, JOURNEY.count),
    ]),
    hops: store.hops.hops.map(({ hook, lane }, i) => [
      hook,
      lane,
      store.hops.events[i],
      store.hops.withMetadata[i],
      store.hops.metadataLost[i],
    ]),
  };
}

for (const name of readdirSync(SAMPLES).filter((file) => file.endsWith('.pcapng'))) {
  describe(name, () => {
    const capture = new Uint8Array(readFileSync(path.join(SAMPLES, name)));

    it('tells the same without what is not to leave', () => {
      expect(told(storeOf(share(capture, CAREFUL)))).toEqual(told(storeOf(capture)));
    });

    it('with everything kept reads the same to the last value', () => {
      const before = storeOf(capture);
      const after = storeOf(share(capture, KEEP_ALL));
      expect(told(after)).toEqual(told(before));
      for (let area = 1; area <= before.areas.count; area++) {
        expect(after.areas.bytes(area)).toEqual(before.areas.bytes(area));
      }
    });
  });
}

it('files that are open together stay apart under other names', () => {
  const sample = new Uint8Array(readFileSync(path.join(SAMPLES, 'edge.pcapng')));
  const capture = filesBytes([
    ['acme good.pcapng', sample],
    ['acme bad.pcapng', sample],
  ]);
  const [before, after] = [storeOf(capture), storeOf(share(capture, CAREFUL))];
  expect(told(after)).toEqual(told(before));
  expect([...new Set(before.hops.hops.map(({ file }) => file))]).toEqual([
    'acme good.pcapng',
    'acme bad.pcapng',
  ]);
  expect([...new Set(after.hops.hops.map(({ file }) => file))]).toEqual(['file1', 'file2']);
});

it('files of one name stay apart in a share, and in a share of two shares', () => {
  const sample = new Uint8Array(readFileSync(path.join(SAMPLES, 'two-writers.pcapng')));
  const both = filesBytes([
    ['good', sample],
    ['bad', sample],
  ]);
  const shares = [share(both, CAREFUL), share(both, CAREFUL)] as const;
  const capture = filesBytes([
    ['one.html', shares[0]],
    ['two.html', shares[1]],
  ]);
  const after = storeOf(share(capture, CAREFUL));
  expect(told(after)).toEqual(told(storeOf(capture)));
  expect(new Set(after.hops.hops.map(({ file }) => file)).size).toBe(4);
});

it('a selection takes journeys of one of two copies of a recording, and nothing of the other', () => {
  const sample = new Uint8Array(readFileSync(path.join(SAMPLES, 'edge.pcapng')));
  const capture = filesBytes([
    ['before.pcapng', sample],
    ['after.pcapng', sample],
  ]);
  const before = storeOf(capture);
  for (const journey of [0, before.journeys.count / 2]) {
    const journeys = new Set([journeyKeyOf(before, journey)!]);
    const after = storeOf(share(capture, KEEP_ALL, { ...EVERYTHING, journeys }));
    expect(after.journeys.count).toBe(1);
    const event = before.journeys.word(journey, JOURNEY.first);
    const fileOf = (store: CaptureStore, of: number) =>
      store.hops.hops[store.events.chunk(of).hop[of]!]!.file;
    expect(fileOf(after, 0)).toBe(fileOf(before, event));
  }
});

it('a selection takes whole journeys, and counts what it left', () => {
  const capture = new Uint8Array(readFileSync(path.join(SAMPLES, 'edge.pcapng')));
  const before = storeOf(capture);
  const key = journeyKeyOf(before, 0)!;
  const after = storeOf(share(capture, CAREFUL, { ...EVERYTHING, journeys: new Set([key]) }));
  expect(after.journeys.count).toBe(1);
  expect(after.events.count).toBe(before.journeys.word(0, JOURNEY.count));
});
