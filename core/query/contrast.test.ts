import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { seen, trace, verdict, type Seen } from '#core/store/testing/scenario.ts';
import { fieldInfos, fieldNamed } from './columns.ts';
import { compileFilter } from './compile.ts';
import { ContrastQuery, likelihoodRatio } from './contrast.ts';
import { GroupQuery, type Groups } from './groups.ts';
import { journeyValues } from './journey-values.ts';
import { Query } from './query.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];

/** Every third journey has verdict 1 and mark 9, and loses its metadata at tcx. */
const store = seen(
  ...Array.from({ length: 90 }, (_, i): Seen[] => {
    const bad = i % 3 === 0;
    const meta = [...trace(i), ...verdict(bad ? 1 : 0)];
    return [
      { hook: HOOKS[0]!, id: BigInt(i + 1), us: 10 * i, meta, fields: { mark: bad ? 9 : i % 2 } },
      {
        hook: HOOKS[1]!,
        id: BigInt(i + 1),
        us: 10 * i + 1,
        ...(!bad && { meta }),
        fields: { mark: bad ? 9 : i % 2 },
      },
    ];
  }).flat(),
);

function members(text: string, of = store): (journey: number) => boolean {
  const compiled = compileFilter(text, of);
  if (!compiled.ok) throw new Error(compiled.error.cause);
  const query = new Query(of, compiled.question!);
  query.advance(Infinity);
  return (journey) => query.has(journey);
}

describe('what journeys have in common', () => {
  it('is ranked, with shares on both sides, and each can be filtered for', () => {
    const query = new ContrastQuery(store, members('state == lost'));
    while (!query.advance(7)) continue;
    const found = query.result(20);
    const filters = found.map(({ filter }) => filter);
    expect(filters).toContain('tlv.verdict == drop');
    expect(filters).toContain('mark == 9');
    expect(filters).toContain('state == lost');
    expect(found.find(({ filter }) => filter === 'tlv.verdict == drop')).toMatchObject({
      inside: 30,
      outside: 0,
      insideShare: 1,
      outsideShare: 0,
    });
    // What both have, and what each packet has for itself, is no answer.
    expect(
      filters.some(
        (filter) => filter.startsWith('ip.') || filter.startsWith('tlv.trace') || filter.startsWith('device'),
      ),
    ).toBe(false);
    for (const { filter, inside } of found) {
      const holds = members(filter);
      const lost = members('state == lost');
      expect(Array.from({ length: 90 }, (_, j) => holds(j) && lost(j)).filter(Boolean)).toHaveLength(inside);
    }
  });

  it('is nothing without another side', () => {
    const query = new ContrastQuery(store, () => true);
    query.advance(Infinity);
    expect(query.result(20)).toEqual([]);
  });

  it('measures a difference as 0 where shares are equal, and larger the further they are apart', () => {
    expect(likelihoodRatio(5, 10, 50, 100)).toBeCloseTo(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 49 }), fc.integer({ min: 0, max: 49 }), (a, b) => {
        const g = likelihoodRatio(a, 50, b, 50);
        expect(g).toBeGreaterThanOrEqual(-1e-9);
        if (a > b) expect(likelihoodRatio(a + 1, 50, b, 50)).toBeGreaterThanOrEqual(g - 1e-9);
      }),
    );
  });
});

/** What the journeys of a recording of the lab have in common: what was so before their turn, and what follows. */
function inSample(file: string, text: string) {
  const sample = new CaptureStore({ seed: 1 });
  const reader = new CaptureReader(sample);
  reader.push(readFileSync(path.join(import.meta.dirname, '../../public/samples', `${file}.pcapng`)));
  reader.end();
  const query = new ContrastQuery(sample, members(text, sample));
  while (!query.advance(5)) continue;
  const found = query.result(60);
  // What came of it never stands in front of what may be why.
  expect(found.map(({ follows }) => follows)).toEqual(found.map(({ follows }) => follows).sort());
  const filters = (follows: boolean): string[] =>
    found.filter((one) => one.follows === follows).map(({ filter }) => filter);
  return { before: filters(false), follows: filters(true), inside: query.sides.inside };
}

const fieldOf = (filter: string): string => filter.split(' ')[0]!;

describe('what was so before, and what follows', () => {
  it('has the flow in front of all that the loss brought with it', () => {
    const { before, follows } = inSample('sniffed-flow', 'state == lost');
    expect(before.slice(0, 2)).toEqual(['port.dst == 7101', 'port.dst == 7100']);
    // Not `port`, which says the same again. Nor only when they began: 12 others did then.
    expect(before).toContain('!(time < 123ms)');
    expect([...new Set(before.map(fieldOf))].sort()).toEqual(['!(time', 'flow', 'port.dst', 'port.src']);
    // No metadata at later hops, the hop and program where it went, the shorter way of who was not seen to the end.
    for (const field of ['state', 'cause', 'program', 'lost_at', 'meta.len', 'hop', 'lane', 'journey.events'])
      expect(follows.map(fieldOf)).toContain(field);
  });

  it('finds what was lost between two programs by what people call their hook', () => {
    const lost = (where: string) => inSample('sniffed-flow', where).inside;
    expect(lost('lost_at == "tcx ingress"')).toBe(lost('lost_at ~ tcx'));
    expect(lost('lost_at ~ tcx')).toBe(16);
  });

  it('has the verdict and the flow of dropped packets in front of the drop', () => {
    const { before, follows } = inSample('edge', 'tlv.verdict == drop');
    expect(before[0]).toBe('tlv.verdict == drop');
    expect(before).toEqual(expect.arrayContaining(['port.dst == 9', 'proto == UDP', 'len == 68']));
    expect(follows.map(fieldOf)).toEqual(expect.arrayContaining(['drop', 'hop', 'lane', 'layer']));
    // That they never came to IP is no reason for it.
    expect(before.map(fieldOf)).not.toContain('layer');
  });

  /** 100 that have mark 9 from tcx/ingress@first on and lose metadata at `lostAt`, and 100 with mark 1 that go on. */
  function marked(lostAt: (i: number) => number, wayOfOthers: readonly Partial<Seen>[] = []): CaptureStore {
    const way = ['netif_receive_skb', 'tcx/ingress@first', 'tcx/ingress@last', 'nf/prerouting'];
    return seen(
      ...Array.from({ length: 200 }, (_, i): Seen[] => {
        const isBad = i < 100;
        return way.map((hook, at): Seen => {
          const meta = isBad && at >= lostAt(i) ? {} : { meta: trace(i) };
          const more = isBad ? {} : wayOfOthers[at];
          const mark = at === 0 ? 0 : isBad ? 9 : 1;
          return { hook, id: BigInt(i + 1), us: 10 * i + at, ...meta, fields: { mark }, ...more };
        });
      }).flat(),
    );
  }

  function followsOf(of: CaptureStore, filter: string, asked = 'state == lost'): boolean | undefined {
    const query = new ContrastQuery(of, members(asked, of));
    while (!query.advance(50)) continue;
    return query.result(60).find((one) => one.filter === filter)?.follows;
  }

  it('is cut where most of them took their turn, whatever one among them did', () => {
    expect(
      followsOf(
        marked(() => 2),
        'mark == 9',
      ),
    ).toBe(false);
    expect(
      followsOf(
        marked((i) => (i === 0 ? 1 : 2)),
        'mark == 9',
      ),
    ).toBe(false);
    // All at the hop where the mark is first seen: it may come of it as well.
    expect(
      followsOf(
        marked(() => 1),
        'mark == 9',
      ),
    ).toBe(true);
  });

  it('is no matter of others having come further, also of those that took a turn of another kind later', () => {
    const later: Partial<Seen>[] = [{}, {}, {}, { hook: 'kfree_skb', fields: { mark: 3 } }];
    expect(
      followsOf(
        marked(() => 1, later),
        'mark == 1',
      ),
    ).toBe(true);
  });

  it('is no matter of the few of them that took one', () => {
    const one = marked((i) => (i === 0 ? 1 : Infinity));
    expect(followsOf(one, 'tlv.trace', 'mark == 9')).toBeUndefined();
    expect(followsOf(one, 'mark == 9', 'mark == 9')).toBe(false);
  });

  it('is before what came later in time, whichever arrived first', () => {
    const [entry, turn] = ['netif_receive_skb', 'tcx/ingress@first'] as const;
    for (const isLate of [false, true]) {
      const store = seen(
        ...Array.from({ length: 90 }, (_, i): Seen[] => {
          const isBad = i % 3 === 0;
          const at = { id: BigInt(i + 1), meta: trace(i) };
          const first: Seen = { ...at, hook: entry, us: 10 * i };
          const why: Seen = { ...at, hook: entry, us: 10 * i + 1, fields: { priority: isBad ? 9 : 1 } };
          const { meta, ...bare } = { ...at, hook: turn, us: 10 * i + 2 };
          const lost: Seen = isBad ? bare : { ...bare, meta };
          return isLate ? [first, lost, why] : [first, why, lost];
        }).flat(),
      );
      expect(followsOf(store, 'priority == 9')).toBe(false);
    }
  });

  it('tells nothing apart where nothing went wrong', () => {
    const { before, follows } = inSample('edge', 'proto == TCP && !drop');
    expect(before.length).toBeGreaterThan(3);
    expect(follows).toEqual([]);
  });
});

function groupsBy(name: string, limit: number): Groups {
  const values = journeyValues(store, fieldNamed(store, name)!)!;
  const query = new GroupQuery(store, values, () => true);
  while (!query.advance(11)) continue;
  return query.result(limit);
}

describe('groups', () => {
  it('count each journey once for a value, the largest group first', () => {
    expect(groupsBy('tlv.verdict', 10)).toEqual({
      field: 'tlv.verdict',
      journeys: 90,
      harmed: 30,
      groups: [
        { value: 'pass', journeys: 60, share: 60 / 90, harmed: 0, filter: 'tlv.verdict == pass' },
        { value: 'drop', journeys: 30, share: 30 / 90, harmed: 30, filter: 'tlv.verdict == drop' },
      ],
      omitted: 0,
      without: 0,
      withoutFilter: '!tlv.verdict',
      others: 0,
    });
    expect(groupsBy('journey.events', 1).groups).toMatchObject([{ value: '2', journeys: 90, share: 1 }]);
    expect(groupsBy('tlv.trace', 1)).toMatchObject({ omitted: 89 });
  });

  it('count the journeys that have no value, with the filter that passes those', () => {
    for (const { name, groupable } of fieldInfos(store)) {
      if (!groupable) continue;
      const { without, withoutFilter } = groupsBy(name, 1);
      const passed = compileFilter(withoutFilter, store).ok
        ? Array.from({ length: 90 }, (_, j) => j).filter(members(withoutFilter))
        : [];
      expect([name, passed.length]).toEqual([name, without]);
    }
  });

  it('have filters that pass their journeys, by every field that can be grouped by', () => {
    for (const { name, groupable } of fieldInfos(store)) {
      if (!groupable) continue;
      for (const { filter, journeys } of groupsBy(name, 5).groups) {
        const holds = members(filter);
        expect([filter, Array.from({ length: 90 }, (_, j) => holds(j)).filter(Boolean).length]).toEqual([
          filter,
          journeys,
        ]);
      }
    }
  });
});
