import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, GAP_CAUSE, META_STATE } from '#core/format/structs.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter, GAP_ALL_INTERFACES, GAP_COUNT_UNKNOWN } from '#core/pcapng/writer.ts';
import type { CaptureStore } from './capture-store.ts';
import { endpointText, findJourney, journeyId, journeyRun } from './event-text.ts';
import { hopPlace } from './hop-place.ts';
import { hopList } from './hops.ts';
import { journeyDetail } from './journey-detail.ts';
import { journeyEvents } from './journey-events.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_EVENTS, MAX_HOSTS } from './limits.ts';
import { journeyRows } from './rows.ts';
import {
  SCHEMA,
  sectionBytes,
  seen,
  START_NS,
  storeOf,
  trace,
  UDP_PACKET,
  verdict,
  type Section,
} from './testing/scenario.ts';

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

describe('hops', () => {
  it('are hook, device and netns, with what was seen there', () => {
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta: [...trace(1), 0, 0] },
      { hook: RX, id: 2n, us: 1 },
      { hook: TCX, id: 1n, us: 2 },
      { hook: TCX, id: 2n, us: 3, state: META_STATE.unreadable },
    );
    expect(hopList(store, new JourneyList(store, NO_FILTER))).toEqual([
      {
        index: 0,
        name: 'eth0:netif_receive_skb',
        hook: 1,
        label: 'netif_receive_skb',
        lane: 'rx',
        layer: 'stack',
        order: 300,
        device: 'eth0',
        netns: 7,
        host: '',
        events: 2,
        withMetadata: 1,
        metadataBytes: 8,
        unreadable: 0,
        metadataLost: 0,
        causes: [
          {
            state: 'written',
            cause: 'unknown',
            operation: 'unknown',
            known: 'unknown',
            count: 1,
            firstNs: START_NS.toString(),
          },
        ],
        lost: 0,
        counted: [],
        filteredEvents: 2,
        filteredWithMetadata: 1,
      },
      expect.objectContaining({ index: 1, events: 2, withMetadata: 0, unreadable: 1, metadataLost: 1 }),
    ]);
  });

  it('are apart on two hosts, however their sections take turns, and with the programs of their own', () => {
    const on = (hostname: string, program: string, id: bigint): Section => ({
      run: Number(id),
      seen: [{ hook: RX, id, us: Number(id) }],
      blocks: (writer) => {
        const programs = [
          { id: 1, name: program, tag: '00', type: 'xdp', attach: 'xdp', device: 'eth0', netns: 7 },
        ];
        writer.json(BLOCK_SUBTYPE.host, { hostname, kernel: '6.18.0', programs });
      },
    });
    const sections = [on('a', 'of_a', 1n), on('b', 'of_b', 2n), on('a', 'of_a', 3n)];
    const store = storeOf(joinChunks(sections.map(sectionBytes)));
    const list = hopList(store, new JourneyList(store, NO_FILTER));
    expect(list.map(({ name, host, events }) => [name, host, events])).toEqual([
      ['eth0:netif_receive_skb', 'a', 2],
      ['eth0:netif_receive_skb', 'b', 1],
    ]);
    expect(store.hops.domains[0]).not.toBe(store.hops.domains[1]);
    expect([0, 1].map((hop) => hopPlace(store, hop).programs)).toEqual([['of_a'], ['of_b']]);
  });

  it('count a loss of metadata once per journey, in order of time and not of arrival', () => {
    const meta = [...trace(1), 0, 0];
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta },
      { hook: FREE, id: 1n, us: 9 },
      // Late from another CPU: it lost its metadata here already.
      { hook: TCX, id: 1n, us: 5 },
    );
    const lost = (): Record<string, number> =>
      Object.fromEntries(store.hops.hops.map(({ name }, i) => [name, store.hops.metadataLost[i]!]));
    expect(lost()).toEqual({
      'eth0:netif_receive_skb': 0,
      'eth0:consume_skb': 0,
      'eth0:tcx/ingress@first': 1,
    });
  });
});

describe('rows', () => {
  it('show the latest value of a TLV, also where that is an empty text', () => {
    const schema = { ...SCHEMA, types: [{ type: 1, name: 'note', kind: 'string' as const }] };
    const store = storeOf(
      sectionBytes({
        schema,
        seen: [
          { hook: RX, id: 1n, us: 0, meta: [1, 1, 0x61, 0] },
          { hook: TCX, id: 1n, us: 1, meta: [1, 0, 0, 0] },
        ],
      }),
    );
    expect(journeyRows(store, Uint32Array.of(0), 0, 0).tlv).toEqual([['']]);
  });
});

describe('loss', () => {
  it('is what the gap blocks say in a section of ours, and nothing else', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    writer.gap({
      interfaceId: GAP_ALL_INTERFACES,
      cause: GAP_CAUSE.probeRestart,
      count: GAP_COUNT_UNKNOWN,
      fromNs: 8n,
      toNs: 9n,
    });
    writer.interfaceStatistics({ interfaceId: 0, time: 9n, dropped: 12n });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.gaps.list()).toEqual([
      { hop: 0, cause: 'ring buffer full', count: 12, leftOut: false, fromNs: '5', toNs: '6' },
      { hop: null, cause: 'probe restarted', count: null, leftOut: false, fromNs: '8', toNs: '9' },
    ]);
    expect([store.gaps.lost, store.hops.lost[0]]).toEqual([12, 12]);
  });

  it('is not what sampling and a rate limit left out', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.sampling, count: 800n, fromNs: 5n, toNs: 6n });
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.rateLimit, count: 24n, fromNs: 5n, toNs: 6n });
    writer.gap({ interfaceId: 0, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect([store.gaps.lost, store.gaps.leftOut, store.hops.lost[0]]).toEqual([12, 824, 12]);
    expect(store.gaps.list().map(({ cause, leftOut }) => [cause, leftOut])).toEqual([
      ['sampling', true],
      ['rate limit', true],
      ['ring buffer full', false],
    ]);
  });

  it('is said where a gap names an interface that was never declared', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [{ hook: RX, id: 1n, us: 0 }] })];
    writer.gap({ interfaceId: 9, cause: GAP_CAUSE.ringFull, count: 12n, fromNs: 5n, toNs: 6n });
    const at = bytes[0]!.length;
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ code, offset }) => [code, offset])).toEqual([['undeclared-interface', at]]);
    expect(store.gaps.list()).toMatchObject([{ hop: null, count: 12 }]);
  });

  it('is epb_dropcount in captures of other tools, and what isb_ifdrop has beyond it', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1, name: 'wlan0' });
    writer.enhancedPacket({ interfaceId: 0, time: 100n, data: UDP_PACKET, dropCount: 3n });
    writer.enhancedPacket({ interfaceId: 0, time: 200n, data: UDP_PACKET, dropCount: 4n });
    writer.interfaceStatistics({ interfaceId: 0, time: 300n, dropped: 9n });
    const store = storeOf(writer.take());
    expect([store.hops.lost[0], store.gaps.lost]).toEqual([9, 9]);
    expect(store.gaps.list()).toEqual([
      { hop: 0, cause: 'dropped while capturing', count: 9, leftOut: false, fromNs: '100', toNs: '300' },
    ]);
  });
});

describe('what a capture says of its host', () => {
  const catalogue = {
    hooks: [
      { id: 1, name: RX, attached: true, how: 'tp_btf', reason: '' },
      { id: 2, name: TCX, attached: false, how: '', reason: 'kernel 6.1 has no tcx' },
    ],
  };

  it('tells the filter in force, and what is not said is not asked for', () => {
    const filterOf = (value: unknown): CaptureStore =>
      storeOf(
        sectionBytes({
          blocks: (writer) => writer.json(BLOCK_SUBTYPE.filter, value),
          seen: [{ hook: RX, id: 1n, us: 0 }],
        }),
      );
    const nothing = {
      expression: null,
      devices: [],
      netns: null,
      mark: null,
      hasMetadata: false,
      tlv: [],
      sample: null,
      rate: null,
      hooks: [],
      trigger: null,
    };
    expect(filterOf({}).facts.filter).toEqual(nothing);
    const asked = {
      expression: 'udp port 53',
      devices: ['eth0'],
      netns: 'edge',
      mark: { value: 16, mask: 240 },
      hasMetadata: true,
      tlv: [
        { type: 7, value: '0x0a' },
        { type: 4, value: null },
      ],
      sample: 10,
      rate: 1000,
      hooks: ['tcx', 'nf/forward'],
      trigger: { condition: 'lost', before: 2, after: 3 },
    };
    expect(filterOf(asked).facts.filter).toEqual(asked);
    for (const bad of [
      { sample: -1 },
      { devices: 'eth0' },
      { mark: { value: 1 } },
      { expression: 'x'.repeat(9000) },
    ]) {
      const store = filterOf(bad);
      expect(store.facts.filter).toBeNull();
      expect(store.problems.map(({ code }) => code)).toEqual(['bad-block']);
    }
  });

  it('names missing hooks, drop reasons and tasks', () => {
    const host = { kernel: '6.18.44', hostname: 'edge', dropReasons: { '3': 'NO_SOCKET' } };
    const section = sectionBytes({
      blocks: (writer) => {
        writer.json(BLOCK_SUBTYPE.catalogue, catalogue);
        writer.json(BLOCK_SUBTYPE.host, host);
      },
      seen: [
        { hook: RX, id: 1n, us: 0, extensions: { task: { pid: 812, tgid: 810, comm: 'nginx' } } },
        { hook: DROP, id: 1n, us: 1, extensions: { drop: { reason: 3, location: 0n } } },
        { hook: DROP, id: 2n, us: 2, extensions: { drop: { reason: 4, location: 0n } } },
      ],
    });
    const store = storeOf(section);
    expect(store.facts.missingHooks).toEqual([
      { hook: 2, name: TCX, reason: 'kernel 6.1 has no tcx', host: '' },
    ]);
    expect(journeyDetail(store, 0).hops.map(({ task, drop }) => [task, drop])).toEqual([
      ['nginx/810', ''],
      ['', 'NO_SOCKET'],
    ]);
    expect(journeyDetail(store, 1).hops[0]!.drop).toBe('reason 4');
    expect(journeyRows(store, Uint32Array.of(0), 0, 0).info).toEqual(['dropped: NO_SOCKET']);
  });

  it('is read from so many host blocks and no more', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [] })];
    for (let i = 0; i <= MAX_HOSTS; i++) writer.json(BLOCK_SUBTYPE.host, { kernel: `6.1.${i}` });
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ cause }) => cause)).toEqual([
      'The host block here is not as it should be (more than 1024 of them); it is ignored.',
    ]);
    expect(store.facts.host).toBeNull();
  });

  it('is ignored with a reason and an offset where it is not as it should be', () => {
    const writer = new CaptureWriter();
    const bytes = [sectionBytes({ seen: [] })];
    const at = bytes[0]!.length;
    writer.json(BLOCK_SUBTYPE.catalogue, { hooks: [{ id: 'one' }] });
    writer.custom(BLOCK_SUBTYPE.host, Uint8Array.of(0x7b));
    writer.json(BLOCK_SUBTYPE.schema, { whither: 2 });
    writer.custom(BLOCK_SUBTYPE.gap, new Uint8Array(4));
    bytes.push(writer.take());
    const store = storeOf(joinChunks(bytes));
    expect(store.problems.map(({ code, fatal }) => [code, fatal])).toEqual(
      Array.from({ length: 4 }, () => ['bad-block', false]),
    );
    expect(store.problems[0]!.offset).toBe(at);
    expect(store.problems[0]!.cause).toContain('hook catalogue');
  });
});
