import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { LossSummaryQuery } from './loss-summary.ts';
import { PathQuery } from './path-query.ts';
import { client, sectionBytes, START_NS, storeOf, trace, verdict, type Seen } from './testing/scenario.ts';
import type { LossRow, LossSummary } from './view.ts';

const PLACED = { macOffset: 256, dataOffset: 256 } as const;
const NEW_HEAD = { ...PLACED, head: 0xffff_8883_0000_0000n };
const TC = { id: 3, name: 'mark', tag: 'ab', type: 'sched_cls', attach: 'tcx/ingress', device: 'eth0' };

function storeWith(seen: readonly Seen[]): CaptureStore {
  const host = { kernel: '6.18.44', programs: [TC] };
  return storeOf(sectionBytes({ seen, blocks: (writer) => writer.json(BLOCK_SUBTYPE.host, host) }));
}

function summaryOf(store: CaptureStore, budget = 1000): LossSummary {
  const query = new LossSummaryQuery(store);
  while (!query.advance(budget)) continue;
  return query.summary();
}

function summaryOfMembers(store: CaptureStore, members: (journey: number) => boolean): LossSummary {
  const query = new LossSummaryQuery(store, members);
  while (!query.advance(1)) continue;
  const path = new PathQuery(store, members);
  while (!path.advance(1)) continue;
  return query.summary(path.numbers().edges);
}

const nameOf = (store: CaptureStore, { hop }: LossRow): string => store.hops.hops[hop]!.name;
/** `HOP STATE CAUSE TLV JOURNEYS/ARRIVED` */
const lines = (store: CaptureStore): string[] =>
  summaryOf(store).rows.map((row) =>
    [
      nameOf(store, row),
      row.state,
      row.cause,
      row.tlv === null ? '*' : row.tlv.name || row.tlv.type,
      `${row.journeys}/${row.arrived}`,
    ].join(' '),
  );

const had = (id: bigint, us: number, ...meta: number[]): Seen => ({
  hook: 'nf/prerouting',
  id,
  us,
  meta,
  fields: PLACED,
});

describe('the summary of losses', () => {
  it('has a row for each hop, state and cause, and one for each TLV that went', () => {
    const store = storeWith([
      had(1n, 0, ...trace(1), ...client(2), 0, 0),
      { hook: 'nf/forward', id: 1n, us: 10, fields: NEW_HEAD },
      had(2n, 20, ...trace(1), 0, 0),
      { hook: 'nf/forward', id: 2n, us: 30, fields: NEW_HEAD },
      had(3n, 40, ...trace(1), 0, 0),
      { hook: 'nf/forward', id: 3n, us: 50, meta: [...trace(1), 0, 0], fields: PLACED },
    ]);
    expect(lines(store)).toEqual([
      'eth0:nf/forward lost expandHead * 2/3',
      'eth0:nf/forward lost expandHead trace 2/3',
      'eth0:nf/forward lost expandHead client 1/3',
    ]);
    expect(summaryOf(store).rows[0]).toEqual({
      hop: 1,
      state: 'lost',
      cause: 'expandHead',
      operation: 'pskb_expand_head',
      known: 'implied',
      tlv: null,
      journeys: 2,
      arrived: 3,
      firstNs: (START_NS + 10_000n).toString(),
      lastNs: (START_NS + 30_000n).toString(),
      example: 0,
      exampleId: '1',
    });
  });

  it('is of some journeys alone when it is asked of them, and so is what they are a part of', () => {
    const store = storeWith([
      had(1n, 0, ...trace(1), 0, 0),
      { hook: 'nf/forward', id: 1n, us: 10, fields: NEW_HEAD },
      had(2n, 20, ...trace(1), 0, 0),
      { hook: 'nf/forward', id: 2n, us: 30, fields: NEW_HEAD },
    ]);
    const [row] = summaryOfMembers(store, (journey) => journey === 1).rows;
    expect(row).toMatchObject({ state: 'lost', journeys: 1, arrived: 1, example: 1 });
  });

  it('names of a clobbered area only the TLVs with a byte that differs, their type and length being part of them', () => {
    const before = [...trace(0x1234), ...verdict(1), ...client(7), 0, 0, 0];
    const after = [...before];
    after[6] = 9; // the type of `verdict`
    const store = storeWith([
      had(1n, 0, ...before),
      { hook: 'nf/forward', id: 1n, us: 1, meta: after, fields: PLACED },
    ]);
    expect(lines(store)).toEqual([
      'eth0:nf/forward clobbered unknown * 1/1',
      'eth0:nf/forward clobbered unknown verdict 1/1',
    ]);
  });

  it('keeps lost, suspect, clobbered and unreadable apart', () => {
    const meta = [...trace(1), 0, 0];
    const store = storeWith([
      had(1n, 0, ...meta),
      { hook: 'nf/forward', id: 1n, us: 1, fields: NEW_HEAD },
      had(2n, 2, ...meta),
      {
        hook: 'nf/forward',
        id: 2n,
        us: 3,
        meta: [9, 9, 9, 9, 9, 9, 9, 9],
        fields: { ...PLACED, macOffset: 270 },
      },
      had(3n, 4, ...meta),
      { hook: 'nf/forward', id: 3n, us: 5, meta: [9, 9, 9, 9, 9, 9, 9, 9], fields: PLACED },
      had(4n, 6, ...meta),
      { hook: 'nf/forward', id: 4n, us: 7, state: META_STATE.unlocatable, fields: { macOffset: 0xffff } },
    ]);
    expect(lines(store).filter((line) => line.includes('*'))).toEqual([
      'eth0:nf/forward lost expandHead * 1/4',
      'eth0:nf/forward suspect macForward * 1/4',
      'eth0:nf/forward clobbered unknown * 1/4',
      'eth0:nf/forward unreadable macUnset * 1/4',
    ]);
    expect(lines(store).filter((line) => line.includes('trace'))).toHaveLength(4);
  });

  it('counts a TLV that a program took away, and no other change of a program', () => {
    const first = (id: bigint, us: number): Seen => ({
      ...had(id, us, ...trace(1), ...verdict(1), 0, 0, 0),
      hook: 'tcx/ingress@first',
    });
    const last = (id: bigint, us: number, meta: number[]): Seen => ({
      hook: 'tcx/ingress@last',
      id,
      us,
      meta,
      fields: PLACED,
    });
    const store = storeWith([
      first(1n, 0),
      last(1n, 1, [...trace(1), 0, 0, 0, 0, 0, 0]),
      first(2n, 2),
      last(2n, 3, [...trace(2), ...verdict(1), 0, 0, 0]),
    ]);
    expect(lines(store)).toEqual([
      'eth0:tcx/ingress@last changed tcProgram * 1/2',
      'eth0:tcx/ingress@last changed tcProgram verdict 1/2',
    ]);
  });

  it('has only the row of the area where no schema reads it', () => {
    const store = storeOf(
      sectionBytes({
        schema: null,
        seen: [had(1n, 0, 1, 2, 3, 4), { hook: 'nf/forward', id: 1n, us: 1, fields: NEW_HEAD }],
      }),
    );
    expect(lines(store)).toEqual(['eth0:nf/forward lost unknown * 1/1']);
  });

  it('takes smaller steps where a long journey loses its metadata again and again', () => {
    const seen = Array.from({ length: 512 }, (_, us) =>
      us % 2 === 0 ? had(1n, us, ...trace(1), 0, 0) : ({ hook: 'nf/forward', id: 1n, us } as const),
    );
    const store = storeWith(seen);
    const query = new LossSummaryQuery(store);
    let steps = 1;
    while (!query.advance(4096)) steps++;
    // The first 256 events of a journey count. Every other one of the 512 is a loss, looked at beside those before it.
    expect(steps).toBeGreaterThan(100);
    expect(steps).toBeLessThan(512);
    expect(query.summary()).toEqual(summaryOf(store, 1));
    expect(query.summary().rows.map(({ journeys }) => journeys)).toEqual([1, 1]);
  });

  it('counts journeys, not events, and every one of them at the hop that the path shows it at', () => {
    const one = fc.record({
      hook: fc.constantFrom('netif_receive_skb', 'nf/prerouting', 'nf/forward', 'net_dev_queue'),
      id: fc.constantFrom(1n, 2n, 3n),
      us: fc.nat(30),
      meta: fc.constantFrom(undefined, [...trace(1), 0, 0], [...trace(2), 0, 0]),
      fields: fc.constantFrom(PLACED, NEW_HEAD, { ...PLACED, macOffset: 270 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), fc.integer({ min: 1, max: 25 }), (drawn, budget) => {
        const store = storeWith(drawn.map(({ meta, ...rest }) => (meta ? { ...rest, meta } : rest)));
        const { rows, omitted } = summaryOf(store, budget);
        // Also asked for by members, and then both numbers of a row are counted for them.
        expect(summaryOfMembers(store, () => true)).toEqual({ rows, omitted });
        const expected = new Map<string, Set<number>>();
        for (let event = 0; event < store.events.count; event++) {
          const chunk = store.events.chunk(event);
          if (chunk.state[event] !== 5) continue;
          const name = store.hops.hops[chunk.hop[event]!]!.name;
          expected.set(name, (expected.get(name) ?? new Set()).add(chunk.journey[event]!));
        }
        const found = new Map<string, number>();
        for (const row of rows) {
          expect(BigInt(row.firstNs) <= BigInt(row.lastNs)).toBe(true);
          if (row.state !== 'lost' || row.tlv !== null) continue;
          const before = found.get(nameOf(store, row)) ?? 0;
          found.set(nameOf(store, row), before + row.journeys);
        }
        // A journey may lose its metadata at one hop twice, by different causes.
        for (const [name, journeys] of expected) {
          expect(found.get(name)).toBeGreaterThanOrEqual(journeys.size);
        }
        expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
        expect(omitted).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
