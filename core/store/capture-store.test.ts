import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import type { CaptureStore } from './capture-store.ts';
import { endpointText, findJourney, journeyId, journeyRun } from './event-text.ts';
import { hopList } from './hops.ts';
import { journeyDetail } from './journey-detail.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_EVENTS } from './limits.ts';
import { journeyRows } from './rows.ts';
import { sectionBytes, seen, START_NS, storeOf, trace, UDP_PACKET, verdict } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';
const FREE = 'consume_skb';
const DROP = 'kfree_skb';

/** Everything a page can ask, as plain data. */
function everything(store: CaptureStore): unknown {
  const list = new JourneyList(store, NO_FILTER);
  const all = list.slice(0, list.length);
  return {
    hops: hopList(store, list),
    rows: journeyRows(store, all, 0, 1),
    details: [...all].slice(0, 20).map((journey) => journeyDetail(store, journey)),
    gaps: store.gaps.list(),
    problems: store.problems,
  };
}
describe('journeys', () => {
  it('collect the interleaved events of their ids in order', () => {
    const store = seen(
      { hook: RX, id: 7n, us: 0 },
      { hook: RX, id: 9n, us: 1 },
      { hook: TCX, id: 7n, us: 2 },
      { hook: FREE, id: 9n, us: 3 },
      { hook: FREE, id: 7n, us: 4 },
    );
    expect(store.journeys.count).toBe(2);
    expect(journeyEvents(store, 0)).toEqual([0, 2, 4]);
    expect(journeyEvents(store, 1)).toEqual([1, 3]);
    expect(journeyId(store, 1)).toEqual({ hi: 0, lo: 9 });
    expect([findJourney(store, 0, 9), findJourney(store, 0, 8)]).toEqual([1, -1]);
  });

  it('go on in the next segment of their run, and begin anew in another run', () => {
    const events = [{ hook: RX, id: 1n, us: 0 }];
    const parts = [
      sectionBytes({ run: 1, seen: events }),
      sectionBytes({ run: 1, seen: events }),
      sectionBytes({ run: 2, seen: events }),
    ];
    const store = storeOf(joinChunks(parts));
    expect(store.journeys.count).toBe(2);
    expect(journeyEvents(store, 0)).toEqual([0, 1]);
    expect(journeyEvents(store, 1)).toEqual([2]);
    expect(store.hops.hops).toHaveLength(1);
    expect(findJourney(store, 0, 1)).toBe(1);
    const runs = [0, 1].map((journey) => journeyRun(store, journey));
    expect(new Set(runs).size).toBe(2);
    expect(runs.map((run) => findJourney(store, 0, 1, run))).toEqual([0, 1]);
    expect(findJourney(store, 0, 1, 'no such run')).toBe(-1);
    expect([...journeyRows(store, Uint32Array.of(1, 0), 0, 0).run]).toEqual([runs[1], runs[0]]);
    expect(journeyDetail(store, 0).run).toBe(runs[0]);
  });

  it('are one for each event without an id, named by its frame number', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1 });
    writer.enhancedPacket({ interfaceId: 0, time: START_NS, data: UDP_PACKET });
    writer.enhancedPacket({ interfaceId: 0, time: START_NS, data: UDP_PACKET });
    const store = storeOf(writer.take());
    expect(store.journeys.count).toBe(2);
    expect(journeyId(store, 1)).toEqual({ hi: 0, lo: 2 });
    expect(findJourney(store, 0, 2)).toBe(1);
    expect(store.hops.hops[0]).toMatchObject({ name: 'interface 0', lane: 'none', device: 'interface 0' });
    expect(endpointText(store, 0, 'src')).toBe('10.0.0.1:4000');
    expect(endpointText(store, 0, 'dst')).toBe('10.0.0.2:9000');
  });

  it('keep the same numbers whatever order ids come in (against a Map)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(0n, 40n), fc.constantFrom(0n, 1n << 32n, 5n << 61n)), {
          minLength: 1,
          maxLength: 80,
        }),
        (pairs) => {
          const ids = pairs.map(([low, high]) => low | high);
          const store = seen(...ids.map((id, us) => ({ hook: RX, id, us })));
          const numbers = new Map<bigint, number[]>();
          ids.forEach((id, event) => numbers.set(id, [...(numbers.get(id) ?? []), event]));
          const expected = [...numbers.values()];
          expect(expected.map((_, journey) => journeyEvents(store, journey))).toEqual(expected);
          expect(store.journeys.count).toBe(expected.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('stay whole over several chunks of columns and growths of the hash table', () => {
    // A multiple of the 16 journeys that are under way at a time.
    const events = CHUNK_EVENTS + 20_032;
    const store = storeOf(joinChunks(generateCapture({ events, metadata: 4, journeyHops: 4 })));
    expect(store.events.count).toBe(events);
    expect(store.journeys.count).toBe(events / 4);
    let sum = 0;
    for (let j = 0; j < store.journeys.count; j++) {
      sum += store.journeys.word(j, JOURNEY.count);
      if (findJourney(store, 0, journeyId(store, j).lo) !== j) throw new Error(`journey ${j} is not found`);
    }
    expect(sum).toBe(events);
    expect(store.journeys.word(20_000, JOURNEY.count)).toBe(4);
  });
});

describe('the store', () => {
  it('gives the same answers however the capture is cut into chunks', () => {
    const bytes = joinChunks(generateCapture({ events: 300, journeyHops: 5, metadata: 24 }));
    const whole = everything(storeOf(bytes));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4000 }), (chunkBytes) => {
        expect(everything(storeOf(bytes, {}, chunkBytes))).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('takes hostile captures without throwing, in every query', () => {
    const bytes = sectionBytes({
      seen: [
        { hook: RX, id: 1n, us: 0, meta: [...trace(1), ...verdict(0)] },
        { hook: TCX, id: 1n, us: 1, meta: [...trace(2), 9, 200] },
        { hook: DROP, id: 1n, us: 2, extensions: { drop: { reason: 3, location: 1n } } },
      ],
    });
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 12 }), (flips) => {
        const damaged = bytes.slice();
        for (const [at, value] of flips) damaged[at] = value;
        everything(storeOf(damaged));
      }),
      { numRuns: 400 },
    );
  });

  it('says when it is full, counts what it could not keep, and keeps what it has', () => {
    const events = [0, 1, 2, 3].map((us) => ({ hook: RX, id: BigInt(us), us }));
    const store = storeOf(sectionBytes({ seen: events }), { maxEvents: 2 });
    expect(store.events.count).toBe(2);
    expect(store.notStored).toBe(2);
    expect(store.problems.map(({ code, fatal }) => [code, fatal])).toEqual([['too-many-events', false]]);
    expect(store.gaps.list()).toEqual([
      {
        hop: null,
        cause: 'more than the page holds',
        count: 2,
        leftOut: false,
        fromNs: (START_NS + 2000n).toString(),
        toNs: (START_NS + 3000n).toString(),
      },
    ]);
    expect(store.gaps.lost).toBe(2);
  });

  it('says when there is no room for more metadata and still counts it', () => {
    const meta = [...trace(1), 0, 0];
    const events = [
      { hook: RX, id: 1n, us: 0, meta },
      { hook: RX, id: 2n, us: 1, meta },
    ];
    const store = storeOf(sectionBytes({ seen: events }), { maxAreaBytes: 16 });
    expect(store.problems.map((p) => p.code)).toEqual(['too-many metadata bytes']);
    expect(store.hops.withMetadata[0]).toBe(2);
    expect(store.areas.count).toBe(1);
  });
});
