/** What TCP left behind is found like any other loss: by filters, groups, completion and the summary. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { summaryObjects } from '#core/inspect/summary.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { PathQuery } from '#core/store/path-query.ts';
import { sectionBytes, seen, storeOf, type Seen } from '#core/store/testing/scenario.ts';
import { ENTRY, GREW, inOrder, PASSED, PROBE, READ, segment } from '#core/store/testing/segments.ts';
import { TimelineBuilder } from '#core/store/timeline.ts';
import { findField } from './catalogue.ts';
import { compileFilter } from './compile.ts';
import { completeFilter } from './complete.ts';
import { GroupQuery } from './groups.ts';
import { journeyValues } from './journey-values.ts';
import { Query } from './query.ts';

function ask(store: CaptureStore, text: string): Query {
  const compiled = compileFilter(text, store);
  if (!compiled.ok || compiled.question === null) throw new Error(text);
  return new Query(store, compiled.question);
}

function passing(store: CaptureStore, text: string): number[] {
  const query = ask(store, text);
  while (!query.advance(3)) continue;
  return journeysOf(store).filter((journey) => query.has(journey));
}

const journeysOf = (store: CaptureStore): number[] =>
  Array.from({ length: store.journeys.count }, (_, journey) => journey);

describe('metadata that TCP left behind', () => {
  const store = seen(...PASSED, ...GREW);

  it('is found by its cause, with the packet that took it in, and as lost without that', () => {
    expect(passing(store, 'cause ~ "coalesced"')).toEqual([0, 1, 2]);
    expect(passing(store, 'cause == coalesced && known == implied')).toEqual([0, 1, 2]);
    expect(passing(store, 'journey.has("lost")')).toEqual([1, 2]);
    expect(passing(store, '!journey.has(lost)')).toEqual([0, 3]);
    expect(passing(store, 'state == lost')).toEqual([]);
  });

  it('is a group, and a value that completion offers', () => {
    const field = findField(store, { name: 'cause', from: 0, to: 5 });
    const groups = new GroupQuery(store, journeyValues(store, field)!, () => true);
    while (!groups.advance(100)) continue;
    expect(groups.result(10).groups.find(({ value }) => value === 'coalesced')).toMatchObject({
      journeys: 3,
      harmed: 2,
    });
    expect(completeFilter('cause == coal', 13, store).options.map(({ text }) => text)).toEqual(['coalesced']);
  });

  it('is charged to the hop where the other packet grew, on the path and in the summary', () => {
    const read = store.hops.hops.findIndex(({ name }) => name === `eth0:${READ}`);
    expect([...store.hops.metadataLost].indexOf(2)).toBe(read);
    const path = new PathQuery(store, () => true);
    while (!path.advance(100)) continue;
    expect(path.numbers().hops.map(({ metadataLost }) => metadataLost)).toEqual(
      store.hops.hops.map((_, hop) => store.hops.metadataLost[hop]),
    );
    const { rows } = summaryObjects(store, null);
    const common = { hop: `eth0:${READ}`, state: 'lost', cause: 'coalesced', known: 'implied', journeys: 2 };
    // Two came in their own packets.
    expect(rows).toMatchObject([
      { ...common, tlv: null, arrived: 4, example: '42' },
      { ...common, tlv: { name: 'trace' } },
      { ...common, tlv: { name: 'verdict' } },
    ]);
  });

  it('is told at the event where the other packet grew, as a stream tells it', () => {
    const event = inspectStoredEvent(store, store.events.count - 1, null);
    expect(event).toMatchObject({ state: 'present', cause: 'coalesced' });
    expect(event.evidence).toContain('of journeys 42, 43, whose metadata (trace, verdict)');
  });

  it('is taken back of a packet that is seen again, by one that asked before as well', () => {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    const all = [...PASSED, ...GREW, ...segment(42n, 30, 1100, 100, true, READ)];
    const bytes = sectionBytes({ seen: all });
    const query = ask(store, 'journey.has(lost)');
    const found: number[][] = [];
    let events = 0;
    for (let at = 0; at < bytes.length; at++) {
      reader.push(bytes.subarray(at, at + 1));
      if (store.events.count === events) continue;
      events = store.events.count;
      query.advance(100);
      found.push(journeysOf(store).filter((journey) => query.has(journey)));
    }
    reader.end();
    expect(found.slice(-3)).toEqual([[], [1, 2], [2]]);
    expect(store.journeys.word(1, JOURNEY.flags) & JOURNEY_BIT.lost).toBe(0);
    expect(passing(store, 'cause == coalesced')).toEqual([0, 2]);
    expect(told(store)).toEqual(told(storeOf(bytes)));
  });

  it('is not told where two packets may have the payload', () => {
    const second = segment(45n, 16, 1000, 100, true, ENTRY, PROBE);
    const store = seen(...PASSED, ...second, ...GREW, ...segment(45n, 24, 1000, 100, true, `${READ}+200`));
    expect(passing(store, 'journey.has(lost) || cause == coalesced')).toEqual([]);
    expect(summaryObjects(store, null).rows).toEqual([]);
    expect(Math.max(...store.hops.metadataLost)).toBe(0);
  });

  it('is no loss where the packet that took it in has the same', () => {
    const alike = PASSED.map((one) => (one.meta === undefined ? one : { ...one, meta: GREW[0]!.meta! }));
    const store = seen(...alike, ...GREW);
    expect(passing(store, 'journey.has(lost) || cause == coalesced')).toEqual([]);
  });

  it('is told the same however its packets come, and where the packet that grew comes out of order', () => {
    const late = [...GREW, ...segment(41n, 15, 1000, 100, true, ENTRY)];
    const bytes = sectionBytes({ seen: [...PASSED, ...late] });
    expect(told(storeOf(bytes, {}, 50))).toEqual(told(storeOf(bytes)));
    expect(passing(storeOf(bytes), 'cause == coalesced')).toEqual([0, 1, 2]);
  });

  it('is taken back of the packet that took it in as well, by one that asked before', () => {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    const one = inOrder([
      ...segment(41n, 0, 1000, 100, true, ENTRY),
      ...segment(42n, 4, 1100, 100, true, ENTRY),
    ]);
    const query = ask(store, 'cause == coalesced');
    const found: number[][] = [];
    const seenUntilNow: Seen[][] = [[...one, ...GREW], segment(42n, 30, 1100, 100, true, READ)];
    for (const part of seenUntilNow) {
      reader.push(sectionBytes({ seen: part }));
      query.advance(100);
      found.push(journeysOf(store).filter((journey) => query.has(journey)));
    }
    reader.end();
    expect(found).toEqual([[0], []]);
  });

  it('is what the packet had at last in time, where its events came out of order', () => {
    const [entry] = segment(42n, 5, 1100, 100, true, ENTRY);
    const [early] = segment(42n, 3, 1100, 100, false, ENTRY);
    const store = seen(...segment(41n, 0, 1000, 100, true, ENTRY), entry!, early!, ...GREW);
    expect(store.coalesced.of(1)).toEqual({ event: 1, grewAt: 3 });
    expect(summaryObjects(store, null).rows.map(({ tlv }) => tlv?.name)).toEqual([
      undefined,
      'trace',
      'verdict',
    ]);
  });

  it('is one journey at a hop where that lost metadata before', () => {
    const [lead] = segment(41n, 0, 1000, 100, true, ENTRY);
    const store = seen(
      lead!,
      ...segment(42n, 1, 1100, 100, true, ENTRY),
      ...segment(42n, 2, 1100, 100, false, PROBE),
      ...segment(42n, 3, 1100, 100, true, PROBE),
      ...segment(41n, 4, 1000, 100, true, `${PROBE}+100`),
    );
    const path = new PathQuery(store, () => true);
    while (!path.advance(100)) continue;
    expect(path.numbers().hops.map(({ metadataLost }) => metadataLost)).toEqual([0, 1]);
    expect([...store.hops.metadataLost].slice(0, 2)).toEqual([0, 1]);
    const more = segment(42n, 5, 1100, 100, true, PROBE);
    const back = storeOf(
      joinChunks([
        sectionBytes({
          seen: [
            lead!,
            ...segment(42n, 1, 1100, 100, true, ENTRY),
            ...segment(42n, 2, 1100, 100, false, PROBE),
            ...segment(42n, 3, 1100, 100, true, PROBE),
            ...segment(41n, 4, 1000, 100, true, `${PROBE}+100`),
          ],
        }),
        sectionBytes({ seen: more }),
      ]),
    );
    expect([...back.hops.metadataLost].slice(0, 2)).toEqual([0, 1]);
    expect(back.journeys.word(1, JOURNEY.flags) & JOURNEY_BIT.lost).not.toBe(0);
  });

  it('is drawn where it is lost, and no more when it is taken back', () => {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    const timeline = new TimelineBuilder(store);
    const lost: number[][] = [];
    // Buckets are of 1024 ns.
    const parts = [
      PASSED,
      GREW,
      segment(42n, 30, 1100, 100, true, READ),
      segment(43n, 40, 1200, 100, true, READ),
    ];
    for (const part of parts) {
      reader.push(sectionBytes({ seen: part }));
      timeline.advance(Infinity);
      lost.push([...timeline.timeline().lost.keys()].filter((bin) => timeline.timeline().lost[bin]! > 0));
    }
    reader.end();
    expect(lost).toEqual([[], [4, 8], [8], []]);
  });

  it('takes no longer for a packet of many events that is left behind again and again', () => {
    const [entry] = segment(42n, 0, 1100, 100, true, ENTRY);
    const many = Array.from({ length: 5000 }, (_, us) => ({ ...entry!, us }));
    const again = Array.from({ length: 40 }, (_, i): Seen[] => [
      ...segment(BigInt(100 + i), 6000 + 10 * i, 1000, 100, true, ENTRY, `${READ}+100`),
      { ...entry!, us: 6005 + 10 * i },
    ]).flat();
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    reader.push(sectionBytes({ seen: many }));
    const bytes = sectionBytes({ seen: again });
    const chunk = vi.spyOn(store.events, 'chunk');
    for (let at = 0; at < bytes.length; at += 40) reader.push(bytes.subarray(at, at + 40));
    reader.end();
    expect(store.coalesced.retold.length).toBeGreaterThanOrEqual(80);
    expect(chunk.mock.calls.length).toBeLessThan(20 * many.length);
  });

  it('takes no walk over the packet that grew for each that may be in it', () => {
    const [first] = segment(41n, 0, 1000, 100, true, ENTRY);
    const others = Array.from({ length: 900 }, (_, i): Seen => {
      const [one] = segment(BigInt(100 + i), 1000 + i, 1100, 100, true, ENTRY);
      // The same, so that nothing is lost and each is a candidate again.
      return { ...one!, meta: first!.meta! };
    });
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    const short = Array.from({ length: 200 }, (_, us) => ({ ...first!, us }));
    reader.push(sectionBytes({ seen: [...short, ...others] }));
    const chunk = vi.spyOn(store.events, 'chunk');
    reader.push(sectionBytes({ seen: segment(41n, 3000, 1000, 100, true, `${READ}+100`) }));
    reader.end();
    expect(chunk.mock.calls.length).toBeLessThan(10 * others.length);
  });
});

describe.each(['6.18.44-fc-v657', '7.3.4+deb13-cloud-amd64'])('what TCP coalesced on %s', (kernel) => {
  it.each(['coalesce', 'coalesce-ofo'])(
    'is found in the published capture of %s, the example of two packets',
    (scenario) => {
      const file = path.join(import.meta.dirname, '../../public/survival', kernel, `${scenario}.pcapng.gz`);
      const store = storeOf(gunzipSync(readFileSync(file)));
      const [row] = summaryObjects(store, null).rows;
      expect(row).toMatchObject({
        hop: 'lab0:skb_copy_datagram_iovec',
        state: 'lost',
        cause: 'coalesced',
        journeys: 1,
        arrived: 2,
      });
      expect(passing(store, 'journey.has(lost)')).toHaveLength(1);
      expect(passing(store, 'cause ~ "coalesced"')).toHaveLength(2);
    },
  );
});

/** What is told of each event and journey. */
function told(store: CaptureStore): unknown {
  const chunk = store.events.chunk(0);
  const of = (column: ArrayLike<number>): number[] => Array.from(column).slice(0, store.events.count);
  return {
    columns: [of(chunk.state), of(chunk.cause), of(chunk.flags)],
    lost: [...store.hops.metadataLost],
    causes: store.hops.hops.map((_, hop) =>
      store.hops.causes.list(hop).map(({ firstNs: _, ...count }) => count),
    ),
    flags: journeysOf(store).map((journey) => store.journeys.word(journey, JOURNEY.flags)),
  };
}
