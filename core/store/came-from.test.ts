import { describe, expect, it, vi } from 'vitest';
import { PrintWindow } from '#core/diagnosis/print-window.ts';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { LINK_KIND, META_STATE } from '#core/format/structs.ts';
import { compileFilter } from '#core/query/compile.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureStore } from './capture-store.ts';
import { eventDiagnosis } from './event-diagnosis.ts';
import { journeyDetail } from './journey-detail.ts';
import { JourneyPrints } from './journey-prints.ts';
import { CHUNK_MASK } from './limits.ts';
import { MatrixQuery } from './matrix-query.ts';
import { sectionBytes, seen, storeOf, trace, UDP_PACKET, verdict, type Seen } from './testing/scenario.ts';

const [RECEIVED, SENT] = ['tcx/ingress@last', 'tcx/egress@first'];
const HEAD = 0xffff_8882_0000_2000n;
const at = { macOffset: 256, dataOffset: 256, skb: 0xffff_8881_0000_1000n, head: HEAD };

const received = (id: bigint, us: number, fields: Seen['fields'] = at): Seen => {
  return { hook: RECEIVED, id, us, meta: trace(1), fields };
};
/** Ten microseconds later, under a journey of its own. */
const sent = (
  id: bigint,
  us: number,
  meta: readonly number[] = trace(1),
  fields: Seen['fields'] = at,
): Seen => {
  return { hook: SENT, id, us, meta, fields };
};

/** Of the first event that was sent, by its column and by a full diagnosis, which agree. */
function stateOf(store: CaptureStore, event = store.events.count - 1): string {
  const { state, cause } = eventDiagnosis(store, event, -1);
  expect(HOP_STATE_NAMES[store.events.chunk(event).state[event & CHUNK_MASK]!]).toBe(state);
  return `${state} ${cause.name}`;
}

function passing(store: CaptureStore, where: string): number {
  const list = new JourneyList(store, { ...NO_FILTER, where }, compileFilter);
  while (!list.advance(10)) continue;
  return list.length;
}

describe('metadata of a packet that goes on as another journey', () => {
  it('came with it, for columns, counts, filter, matrix and sentence alike', () => {
    const store = seen(received(1n, 0), sent(2n, 10));
    expect(stateOf(store)).toBe('present none');
    const counted = store.hops.hops.map((_, hop) => store.hops.causes.list(hop).map(({ state }) => state));
    expect(counted).toEqual([['written'], []]);
    expect(passing(store, 'journey.has("written")')).toBe(1);
    expect(passing(store, `any(hop == "eth0:${SENT}" && state == present)`)).toBe(1);
    const { diagnosis, rows, links } = journeyDetail(store, 1);
    expect(diagnosis).toBe(
      'Metadata came with it from journey 1 (inferred): first seen at tcx egress, first, there until tcx egress, first.',
    );
    expect(links.map(({ kind, known, id }) => [kind, known, id])).toContainEqual([
      'forward',
      'inferred',
      '1',
    ]);
    expect(rows.map(({ cells }) => cells.map(({ state }) => state))).toEqual([['same']]);
    const shares = new MatrixQuery(store, () => true);
    while (!shares.advance(1)) continue;
    expect(shares.shares().rows.map(({ cells }) => cells.map(({ written }) => written))).toEqual([[1, 0]]);
  });

  it('came with it in another sk_buff, too, or moved along with the MAC header', () => {
    const other = { ...at, skb: at.skb + 0x100n, head: HEAD + 0x1000n };
    expect(stateOf(seen(received(1n, 0), sent(2n, 10, trace(1), other)))).toBe('present none');
    const further = { ...at, macOffset: 260, dataOffset: 260 };
    expect(stateOf(seen(received(1n, 0), sent(2n, 10, trace(1), further)))).toBe('moved unknown');
  });

  it('is written where the bytes are others, or nothing says from where it came', () => {
    const written = 'written unknown';
    expect(stateOf(seen(received(1n, 0), sent(2n, 10, trace(2))))).toBe(written);
    expect(stateOf(seen(received(1n, 0), sent(2n, 10, [...trace(1), ...verdict(1)])))).toBe(written);
    // More than 100 ms later, or another packet.
    expect(stateOf(seen(received(1n, 0), sent(2n, 100_001)))).toBe(written);
    const flipped = UDP_PACKET.map((byte) => byte ^ 1);
    expect(stateOf(seen({ ...received(1n, 0), data: flipped }, sent(2n, 10)))).toBe(written);
    // It had none any more when it was last seen before.
    const lost: Seen = { hook: 'nf/forward', id: 1n, us: 1, state: META_STATE.none, fields: at };
    expect(stateOf(seen(received(1n, 0), lost, sent(2n, 10)))).toBe(written);
  });

  it('is written where it could be any of several, as its link says', () => {
    for (const many of [2, 40]) {
      const store = seen(...Array.from({ length: many }, (_, i) => received(BigInt(i), i)), sent(100n, 60));
      expect(stateOf(store)).toBe('written unknown');
      expect(journeyDetail(store, many).diagnosis).toMatch(/^Metadata written, first seen/);
      expect(journeyDetail(store, many).links[0]).toMatchObject({ kind: 'forward', known: 'broken' });
    }
  });

  it('is not taken for that of packets of another capture, however many are like it', () => {
    const others = Array.from({ length: 40 }, (_, i) => received(BigInt(i), i));
    const store = storeOf(
      joinChunks([
        sectionBytes({ run: 1, seen: others }),
        sectionBytes({ run: 2, seen: [received(1n, 50), sent(2n, 60)] }),
      ]),
    );
    expect(stateOf(store)).toBe('present none');
    const alone = joinChunks([
      sectionBytes({ run: 1, seen: [received(1n, 50)] }),
      sectionBytes({ run: 2, seen: [sent(2n, 60)] }),
    ]);
    expect(stateOf(storeOf(alone))).toBe('written unknown');
  });

  it('is told where a clone is seen before what it was made from, and is like it', () => {
    const clone: Seen = {
      ...received(3n, 1),
      hook: 'nf/forward',
      extensions: { link: { kind: LINK_KIND.clone, journey: 1n } },
    };
    const store = seen(received(2n, 0), clone, sent(1n, 2));
    expect(stateOf(store)).toBe('written unknown');
    expect(journeyDetail(store, 2).links[0]).toMatchObject({ kind: 'forward', known: 'broken' });
  });

  it('stays what it was said to be, whatever arrives later', () => {
    const store = seen(received(1n, 0), sent(2n, 10), received(3n, 20));
    expect(stateOf(store, 1)).toBe('present none');
  });

  describe('of packets that are seen as three journeys each', () => {
    /** Received, sent and queued, with the metadata that it came with; every fifth has lost it on its way, and some come twice. */
    function capture(packets: number): Seen[] {
      return Array.from({ length: packets }, (_, n) => {
        const data = UDP_PACKET.map((byte, i) => (i === 18 ? (n % 200) >> 8 : i === 19 ? n % 200 : byte));
        const meta = trace(n % 3);
        const [first, second, third] = [3 * n + 1, 3 * n + 2, 3 * n + 3].map(BigInt) as [
          bigint,
          bigint,
          bigint,
        ];
        const kept: Seen[] = [
          { ...received(first, 100 * n), data, meta },
          { ...sent(second, 100 * n + 10, meta), data },
          { hook: 'net_dev_queue', id: third, us: 100 * n + 20, data, meta, fields: at },
        ];
        const lost = { hook: 'net_dev_queue', id: third, us: 100 * n + 20, data, fields: at };
        return n % 5 === 4 ? [...kept.slice(0, 2), { ...lost, state: META_STATE.none }] : kept;
      }).flat();
    }
    const told = (store: CaptureStore): string[] =>
      Array.from({ length: store.events.count }, (_, event) => stateOf(store, event));

    it('is taken in by reading each print a few times, however many there are', () => {
      const words = vi.spyOn(JourneyPrints.prototype, 'words');
      const read = [100, 400].map((packets) => {
        words.mockClear();
        seen(...capture(packets));
        return words.mock.calls.length / packets;
      });
      words.mockRestore();
      expect(read[0]).toBeGreaterThan(3);
      expect(read[1]! / read[0]!).toBeLessThan(1.5);
    });

    it('is told as if each question were the first', () => {
      const states = told(seen(...capture(250)));
      const fresh = new CaptureStore();
      vi.spyOn(fresh.prints.window, 'follow').mockImplementation((...asked) => {
        new PrintWindow().follow(...asked);
      });
      const reader = new CaptureReader(fresh);
      reader.push(sectionBytes({ seen: capture(250) }));
      reader.end();
      const alone = told(fresh);
      expect(states).toEqual(alone);
      expect(new Set(states)).toContain('present none');
      expect(new Set(states)).toContain('written unknown');
    });
  });
});
