import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { causeInfo } from '#core/diagnosis/causes.ts';
import { KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { BLOCK_SUBTYPE, LINK_KIND, META_STATE } from '#core/format/structs.ts';
import { compileFilter } from '#core/query/compile.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { eventDiagnosis } from './event-diagnosis.ts';
import { unpackCause } from './hop-causes.ts';
import { journeyEvents } from './journey-events.ts';
import { journeyDetail } from './journey-detail.ts';
import { CHUNK_MASK } from './limits.ts';
import { MatrixQuery } from './matrix-query.ts';
import { isTelling } from './sighting-of.ts';
import {
  SCHEMA,
  sectionBytes,
  seen,
  START_NS,
  storeOf,
  trace,
  UDP_PACKET,
  verdict,
  type Seen,
} from './testing/scenario.ts';

const PROGRAMS = [
  { id: 3, name: 'mark', tag: 'ab', type: 'sched_cls', attach: 'tcx/ingress', device: 'eth0' },
  { id: 4, name: 'trace', tag: 'cd', type: 'xdp', attach: 'xdp', device: 'eth0' },
];

function storeWith(
  seen: readonly Seen[],
  programs: boolean,
  schema: MetadataSchema | null = null,
  chunkBytes?: number,
): CaptureStore {
  const bytes = sectionBytes({
    schema,
    seen,
    blocks: (writer) => {
      writer.json(BLOCK_SUBTYPE.host, { kernel: '6.18.44', ...(programs && { programs: PROGRAMS }) });
    },
  });
  return storeOf(bytes, {}, chunkBytes);
}

/** Whose schema reads the metadata: the capture's, the user's, who has come after the events, or nobody's (any more). */
type Reading = 'nobody' | 'capture' | 'user' | 'nobody again' | 'capture again';

function storeReadBy(
  by: Reading,
  seen: readonly Seen[],
  programs: boolean,
  chunkBytes?: number,
): CaptureStore {
  const store = storeWith(seen, programs, by.startsWith('capture') ? SCHEMA : null, chunkBytes);
  const read = (schema: MetadataSchema | null): void => {
    store.rereading.begin(schema === null ? null : compileSchema(schema));
    while (!store.rereading.advance(3)) continue;
  };
  if (by === 'user' || by === 'nobody again') read(SCHEMA);
  if (by === 'capture again') read({ ...SCHEMA, types: SCHEMA.types.slice(1) });
  if (by.endsWith('again')) read(null);
  return store;
}

/** `state cause known` of an event by its columns. */
function column(store: CaptureStore, event: number): string {
  const chunk = store.events.chunk(event);
  const packed = chunk.cause[event & CHUNK_MASK]!;
  const state = HOP_STATE_NAMES[chunk.state[event & CHUNK_MASK]!]!;
  const cause = causeInfo(unpackCause(packed)).name;
  return `${state} ${cause}${cause === 'none' ? '' : ` ${KNOWN_NAMES[packed >> 5]!}`}`;
}

/** The journey that is a clone of journey 1. */
const CLONE = 3n;

const PLACED = { macOffset: 256, dataOffset: 256 } as const;

describe('the state of an event', () => {
  it('is that of a full diagnosis, in whatever order events arrive', () => {
    const one = fc.record({
      hook: fc.constantFrom(
        'netif_receive_skb',
        'tcx/ingress@first',
        'tcx/ingress@last',
        'nf/forward',
        'tcx/egress@first',
        'net_dev_queue',
        'net_dev_start_xmit',
        'consume_skb',
      ),
      id: fc.constantFrom(1n, 2n, CLONE),
      us: fc.nat(30),
      state: fc.constantFrom(...Object.values(META_STATE)),
      area: fc.constantFrom(
        [1, 2, 3, 4],
        [1, 2, 0, 0],
        [1, 1, 7, 0, 0, 0, 0, 0],
        [1, 1, 7, 2, 1, 9, 0, 0],
        [2, 1, 8, 0],
      ),
      placed: fc.record({
        head: fc.constantFrom(0n, 0xffff_8882_0000_2000n, 0xffff_8882_0000_2000n, 0xffff_8883_0000_0000n),
        macOffset: fc.constantFrom(256, 256, 260, 0xffff),
        dataOffset: fc.constantFrom(256, 270, 250),
      }),
    });
    const readings = fc.constantFrom<Reading>('nobody', 'capture', 'user', 'nobody again', 'capture again');
    const cuts = fc.integer({ min: 300, max: 4000 });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 14 }),
        fc.boolean(),
        readings,
        cuts,
        (drawn, programs, by, cut) => {
          const seen = drawn.map(({ hook, id, us, state, area, placed }): Seen => {
            const metadata = state === META_STATE.present ? { meta: area } : { state };
            const extensions = id === CLONE ? { link: { kind: LINK_KIND.clone, journey: 1n } } : {};
            return { hook, id, us, ...metadata, extensions, fields: placed };
          });
          const store = storeReadBy(by, seen, programs, cut);
          const counted = new Map<string, number>();
          for (let journey = 0; journey < store.journeys.count; journey++) {
            let telling = -1;
            for (const event of journeyEvents(store, journey)) {
              const { state, cause } = eventDiagnosis(store, event, telling);
              const full = `${state} ${cause.name}${cause.name === 'none' ? '' : ` ${cause.known}`}`;
              expect(column(store, event)).toBe(full);
              const chunk = store.events.chunk(event);
              if (isTelling(chunk, event & CHUNK_MASK)) telling = event;
              if (full === 'none none' || full === 'present none') continue;
              const key = `${chunk.hop[event & CHUNK_MASK]!} ${full}`;
              counted.set(key, (counted.get(key) ?? 0) + 1);
            }
          }
          const causes = store.hops.hops.flatMap((_, hop) =>
            store.hops.causes
              .list(hop)
              .map(({ state, cause, known, count }): [string, number] => [
                `${hop} ${state} ${cause}${cause === 'none' ? '' : ` ${known}`}`,
                count,
              ]),
          );
          expect(new Map(causes)).toEqual(counted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is written, for filter, counts and matrix alike, when the schema says that there is a TLV more', () => {
    const seen: Seen[] = [
      { hook: 'tcx/ingress@first', id: 1n, us: 0, meta: [1, 1, 7, 0, 0, 0], fields: PLACED },
      { hook: 'tcx/ingress@last', id: 1n, us: 1, meta: [1, 1, 7, 2, 1, 9], fields: PLACED },
    ];
    const counts = (store: CaptureStore): string[] =>
      store.hops.causes.list(1).map(({ state, cause, count }) => `${count} ${state} ${cause}`);
    const passing = (store: CaptureStore, state: string): number => {
      const where = `any(hop == "eth0:tcx/ingress@last" && state == ${state})`;
      const list = new JourneyList(store, { ...NO_FILTER, where }, compileFilter);
      while (!list.advance(1)) continue;
      return list.length;
    };
    for (const by of ['capture', 'user', 'capture again'] as const) {
      const store = storeReadBy(by, seen, true);
      expect(column(store, 1), by).toBe('written tcProgram seen');
      expect(counts(store), by).toEqual(['1 written tcProgram']);
      expect([passing(store, 'written'), passing(store, 'changed')], by).toEqual([1, 0]);
    }
    for (const by of ['nobody', 'nobody again'] as const) {
      const store = storeReadBy(by, seen, true);
      expect(column(store, 1), by).toBe('changed tcProgram seen');
      expect(counts(store), by).toEqual(['1 changed tcProgram']);
    }
  });

  it('is of a clone what became of what its origin had: nothing is written a second time', () => {
    const meta = [1, 1, 7, 2, 1, 9];
    const link = { link: { kind: LINK_KIND.clone, journey: 1n } };
    const at = { fields: PLACED, extensions: link } as const;
    const origin: Seen = { hook: 'nf/local_in', id: 1n, us: 0, meta, fields: PLACED };
    const clone: Seen = { hook: 'cgroup_skb/ingress', id: CLONE, us: 1, meta, ...at };
    const other: Seen = { ...clone, meta: [1, 1, 7, 2, 1, 8] };
    const told = (...seen: Seen[]): string[] => {
      const store = storeReadBy('capture', seen, true);
      const last = store.journeys.count - 1;
      const { rows, links } = journeyDetail(store, last);
      return [
        column(store, store.events.count - 1),
        ...rows.map(({ name, cells }) =>
          `${name} ${cells.at(-1)!.state} ${cells.at(-1)!.writer ?? ''}`.trim(),
        ),
        ...links.filter(({ kind }) => kind === 'clone').map(({ known }) => known),
      ];
    };
    expect(told(origin, clone)).toEqual(['present none', 'trace same', 'verdict same', 'exact']);
    // Of an origin that is not here nobody knows who wrote, and that it was written here is not so.
    expect(told(clone)).toEqual(['present none', 'trace same', 'verdict same', 'broken']);
    expect(told({ ...origin, meta: [1, 1, 7, 0, 0, 0] }, clone).slice(1, 3)).toEqual([
      'trace same',
      'verdict written',
    ]);
    expect(told(origin, other)[0]).toBe('clobbered unknown unknown');
    const shares = new MatrixQuery(storeReadBy('capture', [origin, clone], true), () => true);
    while (!shares.advance(1)) continue;
    expect(shares.shares().rows.map(({ cells }) => cells.map(({ written }) => written))).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('is told against the latest event that says whether there was metadata, however long the journey', () => {
    const seen = Array.from({ length: 300 }, (_, us): Seen => {
      const at = { hook: 'net_dev_queue', id: 1n, us, fields: PLACED };
      if (us < 256) return { ...at, meta: [1, 2, 3, 4] };
      return us === 298 ? { ...at, state: META_STATE.unreadable } : at;
    });
    const store = storeWith(seen, true);
    expect(column(store, 256)).toMatch(/^lost /);
    expect(column(store, 299)).toBe('none none');
  });

  it('puts the first time of a cause down, and how often', () => {
    const lost = (id: bigint, us: number): Seen[] => [
      { hook: 'nf/prerouting', id, us, meta: [1, 2, 3, 4], fields: PLACED },
      { hook: 'nf/forward', id, us: us + 1, fields: { ...PLACED, head: 0xffff_8883_0000_0000n } },
    ];
    const store = storeWith([...lost(1n, 50), ...lost(2n, 10)], true);
    const hop = store.hops.hops.findIndex(({ name }) => name === 'eth0:nf/forward');
    expect(store.hops.causes.list(hop)).toEqual([
      {
        state: 'lost',
        cause: 'expandHead',
        operation: 'pskb_expand_head',
        known: 'implied',
        count: 2,
        firstNs: '1795392000000011000',
      },
    ]);
  });
});

describe('a packet under way when watching began', () => {
  const [gate, late] = ['netif_receive_skb', 'nf/local_in'];
  const ofLate = (...events: Seen[]): string => {
    const store = seen(...events);
    const event = events.findIndex(({ id }) => id === 2n);
    const { state } = eventDiagnosis(store, event, -1);
    expect(column(store, event).split(' ')[0]).toBe(state);
    return state;
  };
  const atGate = (us: number): Seen => ({ hook: gate, id: 1n, us, meta: trace(1) });
  const behind = (us: number): Seen => ({ hook: late, id: 2n, us, meta: trace(2) });

  it('had its metadata, so nobody wrote it', () => {
    expect(ofLate(atGate(0), behind(1))).toBe('present');
    expect(ofLate(atGate(0), behind(999_999))).toBe('present');
  });

  it('is none that comes later, whatever was lost of it', () => {
    expect(ofLate(atGate(0), behind(1_000_000))).toBe('written');
    expect(ofLate(atGate(0), behind(3_600_000_000))).toBe('written');
  });

  it('is none where the hop that it should have come through is declared and sees nothing', () => {
    expect(ofLate(behind(1))).toBe('written');
    // That of a bond: interfaces are declared all the same.
    expect(ofLate(behind(1), { ...atGate(5), meta: [], state: META_STATE.none })).toBe('written');
  });

  it('is none that was seen at that hop, where it could not be read', () => {
    const unreadable = { hook: gate, id: 2n, us: 1, state: META_STATE.unreadable };
    const store = seen(atGate(0), unreadable, behind(2));
    expect([column(store, 2).split(' ')[0], eventDiagnosis(store, 2, -1).state]).toEqual([
      'written',
      'written',
    ]);
    const reordered = seen(atGate(0), behind(2), unreadable);
    expect([column(reordered, 1).split(' ')[0], eventDiagnosis(reordered, 1, -1).state]).toEqual([
      'written',
      'written',
    ]);
  });
});

describe('a TLV more', () => {
  const counted = (store: ReturnType<typeof seen>): string[] =>
    store.hops.hops.flatMap(({ name }, hop) =>
      store.hops.causes.list(hop).map(({ state, count }) => `${name} ${state} ${count}`),
    );
  const room = [0, 0, 0];

  it('is written, and other bytes of one that was there are changed, where hops count them', () => {
    const [first, last] = ['netif_receive_skb', 'tcx/ingress@last'];
    const store = seen(
      { hook: first, id: 1n, us: 0, meta: [...trace(1), ...room] },
      { hook: last, id: 1n, us: 1, meta: [...trace(1), ...verdict(1)] },
      // Another trace beside it is a change, and so is another verdict.
      { hook: first, id: 2n, us: 2, meta: [...trace(2), ...room] },
      { hook: last, id: 2n, us: 3, meta: [...trace(3), ...verdict(1)] },
      { hook: first, id: 3n, us: 4, meta: [...trace(4), ...verdict(0)] },
      { hook: last, id: 3n, us: 5, meta: [...trace(4), ...verdict(1)] },
    );
    expect(counted(store)).toEqual([
      'eth0:netif_receive_skb written 3',
      'eth0:tcx/ingress@last changed 2',
      'eth0:tcx/ingress@last written 1',
    ]);
  });

  it('is the same told in any order of arrival', () => {
    const [first, last] = ['netif_receive_skb', 'tcx/ingress@last'];
    const store = seen(
      { hook: last, id: 1n, us: 1, meta: [...trace(1), ...verdict(1)] },
      { hook: first, id: 1n, us: 0, meta: [...trace(1), ...room] },
    );
    expect(counted(store).sort()).toEqual([
      'eth0:netif_receive_skb written 1',
      'eth0:tcx/ingress@last written 1',
    ]);
  });

  it('is a change, for the columns as for the journey, when one without a column of its own did not stay as it was', () => {
    const unknown = (value: number): number[] => [9, 1, value];
    const cases: readonly (readonly [state: string, before: number[], after: number[]])[] = [
      ['changed', [...trace(1), ...trace(2), ...room], [...trace(1), ...trace(3), ...verdict(1)]],
      ['changed', [...trace(1), ...trace(2)], [...trace(1), ...verdict(1), ...room]],
      ['changed', [...trace(1), ...unknown(4), ...room], [...trace(1), ...unknown(5), ...verdict(1)]],
      ['changed', [...trace(1), ...unknown(4)], [...trace(1), ...verdict(1)]],
      ['written', [...trace(1), ...trace(2), ...room], [...trace(1), ...trace(2), ...verdict(1)]],
      ['written', [...trace(1), ...room], [...trace(1), ...unknown(4)]],
    ];
    for (const [state, before, after] of cases) {
      const store = seen(
        { hook: 'tcx/ingress@first', id: 1n, us: 0, meta: before, fields: PLACED },
        { hook: 'tcx/ingress@last', id: 1n, us: 1, meta: after, fields: PLACED },
      );
      const told = [column(store, 1).split(' ')[0], journeyDetail(store, 0).hops[1]!.state];
      expect([after, ...told]).toEqual([after, state, state]);
      expect(store.hops.causes.list(1).map((counts) => counts.state)).toEqual([state]);
    }
  });

  it('is what a clone came with, and from where', () => {
    const meta = trace(1);
    const store = seen(
      { hook: 'tcx/ingress@first', id: 1n, us: 0, meta },
      { hook: 'nf/local_in', id: 1n, us: 5_000_000, meta },
      {
        ...{ hook: 'cgroup_skb/ingress', id: 3n, us: 5_000_001, meta },
        extensions: { link: { kind: LINK_KIND.clone, journey: 1n } },
      },
    );
    expect(journeyDetail(store, 1).diagnosis).toMatch(
      /^Metadata came with it from journey 1: first seen at cgroup in, there until/,
    );
  });

  it('is told by when watching began in its own run', () => {
    const earlier = { hook: 'netif_receive_skb', id: 1n, us: 0, ns: START_NS - 3_600_000_000_000n };
    const bytes = joinChunks([
      sectionBytes({ run: 1, seen: [{ ...earlier, meta: trace(1) }] }),
      sectionBytes({
        run: 2,
        seen: [
          { hook: 'netif_receive_skb', id: 7n, us: 50_000, meta: trace(3) },
          {
            hook: 'nf/local_in',
            id: 8n,
            us: 100_000,
            meta: trace(9),
            data: UDP_PACKET.map((byte) => byte ^ 1),
          },
        ],
      }),
    ]);
    const { hops, links } = journeyDetail(storeOf(bytes), 2);
    expect(hops[0]!.state).toBe('present');
    expect(links.map(({ evidence }) => evidence).join()).toMatch(
      /Watching began [\d.]+ ms before: it may have been under way/,
    );
  });

  it('is no writing at the first sighting of a packet that was under way', () => {
    const store = seen(
      { hook: 'netif_receive_skb', id: 1n, us: 0, meta: trace(1) },
      { hook: 'nf/local_in', id: 2n, us: 1, meta: trace(2) },
    );
    expect(counted(store)).toEqual(['eth0:netif_receive_skb written 1']);
    expect(journeyDetail(store, 1).diagnosis).toBe(
      'Metadata was there when watching began: first seen at local in, there until local in.',
    );
  });
});
