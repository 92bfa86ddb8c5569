import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { cellsOf } from '#core/store/cells.ts';
import { hopList } from '#core/store/hops.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { NO_FILTER } from './list-filter.ts';
import { compileFilter } from './compile.ts';
import { JourneyList } from './journey-list.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { sectionBytes, seen, START_NS, trace, type Seen } from '#core/store/testing/scenario.ts';
import { CELL, HARMS, type ListFilter } from '#core/store/view.ts';
import { nsFromParts } from '#core/time/ns.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];
const META = [...trace(1), 0, 0];
/** As long, with other bytes: clobbered where no program runs between two hooks. */
const OTHER = [...trace(2), 0, 0];
const ALL = Infinity;

const filters: fc.Arbitrary<ListFilter> = fc.record({
  hop: fc.option(fc.nat(2)),
  metadata: fc.option(fc.constantFrom('with', 'without')),
  harm: fc.option(fc.constantFrom(...HARMS)),
  time: fc.option(
    fc.tuple(fc.nat(200), fc.nat(60)).map(([us, length]) => ({
      fromNs: String(START_NS + BigInt(us) * 1000n),
      toNs: String(START_NS + BigInt(us + length) * 1000n),
    })),
  ),
  where: fc.constant(''),
});

const captures = fc.array(
  fc.record({
    hook: fc.constantFrom(...HOOKS),
    id: fc.bigInt(0n, 12n),
    // Out of order now and then.
    us: fc.nat(200),
    what: fc.constantFrom('none', 'none', 'with', 'other', 'unreadable'),
  }),
  { minLength: 1, maxLength: 120 },
);

function toSeen(events: readonly { hook: string; id: bigint; us: number; what: string }[]): Seen[] {
  return events.map(({ hook, id, us, what }) => ({
    hook,
    id,
    us,
    ...(what === 'with' && { meta: META }),
    ...(what === 'other' && { meta: OTHER }),
    ...(what === 'unreadable' && { state: META_STATE.unreadable }),
  }));
}

/** The definition of the filter, from the cells of the whole journey. */
function passesByDefinition(store: CaptureStore, journey: number, filter: ListFilter): boolean {
  const events = journeyEvents(store, journey);
  const cells = cellsOf(store, events);
  const all = events.map((event, i) => {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    return {
      hop: chunk.hop[row],
      ns: nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!),
      with: chunk.metaState[row] === META_STATE.present,
      harms: [cells[i] === CELL.lost ? 'lost' : '', HOP_STATE_NAMES[chunk.state[row]!] ?? ''].filter(
        (name, at) => at === 0 || name !== 'lost',
      ),
    };
  });
  const here = all.filter(({ hop }) => filter.hop === null || hop === filter.hop);
  if (here.length === 0) return false;
  const { time } = filter;
  if (time !== null && !here.some(({ ns }) => ns >= BigInt(time.fromNs) && ns <= BigInt(time.toNs)))
    return false;
  if (filter.harm !== null && !here.some(({ harms }) => harms.includes(filter.harm!))) return false;
  if (filter.metadata === 'with') return here.some((e) => e.with);
  if (filter.metadata === 'without') {
    return filter.hop === null ? !here.some((e) => e.with) : here.some((e) => !e.with);
  }
  return true;
}

describe('a filtered list', () => {
  it('is right after every batch of a growing capture, and so are its counts', () => {
    fc.assert(
      fc.property(
        captures,
        filters,
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(7),
        (events, filter, cut, budget) => {
          const bytes = sectionBytes({ seen: toSeen(events) });
          const store = new CaptureStore();
          const reader = new CaptureReader(store);
          const list = new JourneyList(store, filter);
          for (let at = 0; at < bytes.length; at += cut) {
            reader.push(bytes.subarray(at, at + cut));
            list.advance(budget);
          }
          while (!list.advance(3));
          const expected: number[] = [];
          for (let j = 0; j < store.journeys.count; j++) {
            if (passesByDefinition(store, j, filter)) expected.push(j);
          }
          expect(list.length).toBe(expected.length);
          expect([...list.slice(0, ALL)]).toEqual(expected);
          expected.forEach((journey, row) => expect(list.rowOf(journey)).toBe(row));
          const members = new Set(expected);
          for (const hop of hopList(store, list)) {
            let counted = 0;
            let withMetadata = 0;
            for (let e = 0; e < store.events.count; e++) {
              const chunk = store.events.chunk(e);
              if (!members.has(chunk.journey[e]!) || chunk.hop[e] !== hop.index) continue;
              counted++;
              if (chunk.metaState[e] === META_STATE.present) withMetadata++;
            }
            expect([hop.filteredEvents, hop.filteredWithMetadata]).toEqual([counted, withMetadata]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('counts the journeys that lost metadata at a hop as the cells show them', () => {
    fc.assert(
      fc.property(captures, (events) => {
        const store = seen(...toSeen(events));
        const lost = store.hops.hops.map(() => new Set<number>());
        for (let j = 0; j < store.journeys.count; j++) {
          const numbers = journeyEvents(store, j);
          cellsOf(store, numbers).forEach((cell, i) => {
            if (cell === CELL.lost) lost[store.events.chunk(numbers[i]!).hop[numbers[i]!]!]!.add(j);
          });
        }
        expect(lost.map((journeys, hop) => [hop, journeys.size])).toEqual(
          lost.map((_, hop) => [hop, store.hops.metadataLost[hop]]),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('finds rows behind thousands of journeys that do not pass', () => {
    const events = Array.from({ length: 5000 }, (_, i) => ({
      hook: HOOKS[0]!,
      id: BigInt(i),
      us: i,
      ...(i % 1000 === 999 && { meta: META }),
    }));
    const list = new JourneyList(seen(...events), {
      hop: null,
      metadata: 'with',
      harm: null,
      time: null,
      where: '',
    });
    expect(list.advance(4000)).toBe(false);
    expect(list.length).toBe(4);
    while (!list.advance(4000));
    expect([...list.slice(2, 2)]).toEqual([2999, 3999]);
    expect([...list.slice(4, 9)]).toEqual([4999]);
    expect([...list.slice(5, 1)]).toEqual([]);
    expect([list.rowOf(4999), list.rowOf(4998), list.rowOf(99_999), list.rowOf(-1)]).toEqual([4, -1, -1, -1]);
  });
});

describe('a list without a filter', () => {
  it('is every journey as it comes', () => {
    const store = seen({ hook: HOOKS[0]!, id: 1n, us: 0 }, { hook: HOOKS[0]!, id: 2n, us: 1 });
    const list = new JourneyList(store, NO_FILTER);
    expect([list.length, [...list.slice(1, 5)], list.rowOf(1), list.rowOf(2)]).toEqual([2, [1], 1, -1]);
  });
});

describe('a list with an expression', () => {
  const filter: ListFilter = { ...NO_FILTER, where: 'tlv.trace == 1' };

  it('holds it together with what was clicked', () => {
    const store = seen(
      { hook: HOOKS[0]!, id: 1n, us: 0, meta: META },
      { hook: HOOKS[1]!, id: 1n, us: 1, meta: META },
      { hook: HOOKS[0]!, id: 2n, us: 2, meta: META },
    );
    const list = new JourneyList(store, { ...filter, hop: 1 }, compileFilter);
    while (!list.advance(1));
    expect([...list.slice(0, 5)]).toEqual([0]);
    expect([list.eventsAt(0), list.eventsAt(1)]).toEqual([1, 1]);
  });

  it('does not filter before its TLV has come with its schema, while what was clicked does', () => {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    const plain = [0, 1, 2].map((us) => ({ hook: HOOKS[us === 0 ? 1 : 0]!, id: BigInt(us), us }));
    reader.push(sectionBytes({ seen: plain, schema: null }));
    const lists = [filter, { ...filter, hop: 0 }].map((one) => new JourneyList(store, one, compileFilter));
    for (const list of lists) while (!list.advance(10));
    expect(lists.map(({ error }) => error?.cause)).toEqual(Array(2).fill('There is no field “tlv.trace”.'));
    expect(lists.map((list) => [...list.slice(0, 9)])).toEqual([[0, 1, 2], [0]]);
    expect(lists.map((list) => [list.eventsAt(0), list.eventsAt(1)])).toEqual([
      [1, 2],
      [1, 0],
    ]);
    reader.push(sectionBytes({ seen: [{ hook: HOOKS[0]!, id: 3n, us: 9, meta: META }] }));
    for (const list of lists) while (!list.advance(1));
    expect(lists.map(({ error }) => error)).toEqual([null, null]);
    expect(lists.map((list) => [...list.slice(0, 9)])).toEqual([[3], []]);
    expect(lists[0]!.rowOf(3)).toBe(0);
    expect(lists.map((list) => [list.eventsAt(0), list.eventsAt(1)])).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });
});
