import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { causeInfo } from '#core/diagnosis/causes.ts';
import { KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { eventDiagnosis } from './event-diagnosis.ts';
import { unpackCause } from './hop-causes.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { isTelling } from './sighting-of.ts';
import { journeyDetail } from './journey-detail.ts';
import { sectionBytes, seen, storeOf, trace, verdict, type Seen } from './testing/scenario.ts';

const PROGRAMS = [
  { id: 3, name: 'mark', tag: 'ab', type: 'sched_cls', attach: 'tcx/ingress', device: 'eth0' },
  { id: 4, name: 'trace', tag: 'cd', type: 'xdp', attach: 'xdp', device: 'eth0' },
];

function storeWith(seen: readonly Seen[], programs: boolean): CaptureStore {
  return storeOf(
    sectionBytes({
      schema: null,
      seen,
      blocks: (writer) => {
        writer.json(BLOCK_SUBTYPE.host, { kernel: '6.18.44', ...(programs && { programs: PROGRAMS }) });
      },
    }),
  );
}

/** `state cause known` of an event by its columns. */
function column(store: CaptureStore, event: number): string {
  const chunk = store.events.chunk(event);
  const packed = chunk.cause[event & CHUNK_MASK]!;
  const state = HOP_STATE_NAMES[chunk.state[event & CHUNK_MASK]!]!;
  const cause = causeInfo(unpackCause(packed)).name;
  return `${state} ${cause}${cause === 'none' ? '' : ` ${KNOWN_NAMES[packed >> 5]!}`}`;
}

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
      id: fc.constantFrom(1n, 2n),
      us: fc.nat(30),
      state: fc.constantFrom(...Object.values(META_STATE)),
      area: fc.constantFrom([1, 2, 3, 4], [1, 2, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8]),
      placed: fc.record({
        head: fc.constantFrom(0n, 0xffff_8882_0000_2000n, 0xffff_8882_0000_2000n, 0xffff_8883_0000_0000n),
        macOffset: fc.constantFrom(256, 256, 260, 0xffff),
        dataOffset: fc.constantFrom(256, 270, 250),
      }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 14 }), fc.boolean(), (drawn, programs) => {
        const seen = drawn.map(({ hook, id, us, state, area, placed }): Seen => {
          const metadata = state === META_STATE.present ? { meta: area } : { state };
          return { hook, id, us, ...metadata, fields: placed };
        });
        const store = storeWith(seen, programs);
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
      }),
      { numRuns: 1000 },
    );
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

  it('is no writing at the first sighting of a packet that was under way', () => {
    const store = seen(
      { hook: 'netif_receive_skb', id: 1n, us: 0, meta: trace(1) },
      { hook: 'nf/local_in', id: 2n, us: 1, meta: trace(2) },
    );
    expect(counted(store)).toEqual(['eth0:netif_receive_skb written 1']);
    expect(journeyDetail(store, 1).diagnosis).toBe(
      'Metadata was there when watching began: first seen at eth0:nf/local_in, there until eth0:nf/local_in.',
    );
  });
});
