import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  TRIGGERED_BEFORE,
  TRIGGERED_CUT,
  TRIGGERED_JOURNEY,
  TRIGGERED_SIZE,
} from '#core/format/layout.gen.ts';
import { BLOCK_EPB } from '#core/pcapng/blocks.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { GAP_CAUSE as GAP_CAUSE_AT, GAP_COUNT } from '#core/format/layout.gen.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { ANYWHERE, HopTable } from '#core/store/hop-table.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import {
  sectionBytes,
  storeOf,
  trace,
  UDP_PACKET,
  verdict,
  type Seen,
} from '#core/store/testing/scenario.ts';
import {
  anySegments,
  ENTRY,
  GREW,
  inOrder,
  PASSED,
  PROBE,
  READ,
  seenSegment,
  segment,
} from '#core/store/testing/segments.ts';
import { condition, runTrigger, type Ran } from './testing/run-trigger.ts';
import { JoinedSegments } from './joined-segments.ts';
import { JourneyRing } from './journey-ring.ts';
import type { TriggerOptions } from './trigger.ts';

interface Sign {
  readonly journey: number;
  readonly before: number;
  readonly cut: number;
  readonly text: string;
}

const signsOf = ({ read }: Ran): Sign[] =>
  read.customs
    .filter(({ subtype }) => subtype === BLOCK_SUBTYPE.triggered)
    .map(({ body }) => {
      const bytes = Buffer.from(body, 'hex');
      return {
        journey: Number(bytes.readBigUInt64LE(TRIGGERED_JOURNEY)),
        before: bytes.readUInt32LE(TRIGGERED_BEFORE),
        cut: bytes.readUInt32LE(TRIGGERED_CUT),
        text: bytes.subarray(TRIGGERED_SIZE).toString().replace(/\0+$/, ''),
      };
    });

const fired = (ran: Ran): number[] => signsOf(ran).map(({ journey }) => journey);
const kept = (ran: Ran): number[] => [...new Set(ran.kept.map(Number))].sort((a, b) => a - b);

function leftOut({ read }: Ran): number {
  const gaps = read.customs.filter(({ subtype }) => subtype === BLOCK_SUBTYPE.gap);
  return gaps.reduce((sum, { body }) => {
    const bytes = Buffer.from(body, 'hex');
    expect(bytes[GAP_CAUSE_AT]).toBe(GAP_CAUSE.trigger);
    return sum + Number(bytes.readBigUInt64LE(GAP_COUNT));
  }, 0);
}

function run(seen: readonly Seen[], text: string, more: Partial<TriggerOptions> = {}): Ran {
  const ran = runTrigger(sectionBytes({ seen }), { condition: condition(text), ...SMALL, ...more });
  expect(ran.read.problems).toEqual([]);
  expect(ran.read.packets.length + leftOut(ran)).toBe(seen.length);
  expect(ran.trigger.leftOutEvents).toBe(leftOut(ran));
  return ran;
}

/** What a small capture needs. */
const SMALL = { ringBytes: 1 << 20, ringJourneys: 64 };
const LATER = segment(50n, 30, 9000, 100, true, ENTRY, PROBE, READ);

describe('a trigger on metadata that TCP left behind', () => {
  it('fires for each packet that was taken in, and keeps the one that took it in', () => {
    const ran = run([...PASSED, ...GREW, ...LATER], 'lost');
    expect(kept(ran)).toEqual([41, 42, 43]);
    const text = `metadata lost at eth0:${READ}, where its payload is in the packet of journey 41`;
    expect(signsOf(ran)).toEqual([
      { journey: 42, before: 0, cut: 0, text },
      { journey: 43, before: 0, cut: 0, text },
    ]);
    expect(ran.trigger).toMatchObject({ firings: 2, lastFiring: `journey 43: ${text}` });
  });

  it('is read from what it kept as page and inspect tell it, with its sign at the event where the packet grew', () => {
    const ran = run([...PASSED, ...GREW, ...LATER], 'lost');
    const store = storeOf(ran.bytes);
    const lost = Array.from({ length: store.journeys.count }, (_, journey) => journey).filter(
      (journey) => (store.journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.lost) !== 0,
    );
    expect(lost.map((journey) => store.journeys.word(journey, JOURNEY.idLo))).toEqual([42, 43]);
    const events: InspectedEvent[] = [];
    const reader = new CaptureReader(
      new InspectSink({
        event: (event) => events.push(event),
        problem: (problem) => expect(problem).toBeNull(),
      }),
    );
    reader.push(ran.bytes);
    reader.end();
    const [sign, ...others] = events.filter(({ trigger }) => trigger !== undefined);
    expect(others).toEqual([]);
    expect(sign).toMatchObject({ journey: '41', hook: READ, cause: 'coalesced' });
    const text = `metadata lost at eth0:${READ}, where its payload is in the packet of journey 41`;
    expect(sign!.trigger).toBe(`journey 42: ${text}; journey 43: ${text}`);
    expect(inspectStoredEvent(store, sign!.n - 1, null).trigger).toBe(sign!.trigger);
    expect(store.firingCount).toBe(2);
  });

  it.each([
    [`lost@${READ}`, [42, 43]],
    [`lost@eth0:${READ}`, [42, 43]],
    [`lost@${PROBE}`, []],
    [`lost@eth1:${READ}`, []],
    ['clobbered', []],
    ['changed', []],
    ['lost and tlv:trace=43', [43]],
    ['lost and drop', []],
  ])('%s is met by %j', (text, journeys) => {
    expect(fired(run([...PASSED, ...GREW], text))).toEqual(journeys);
  });

  it('keeps journeys before and after, of which the packet that grew is none', () => {
    const more = Array.from({ length: 4 }, (_, i) =>
      segment(BigInt(60 + i), 40 + 3 * i, 9000 + 200 * i, 100, true, ENTRY, READ),
    ).flat();
    const ran = run([...PASSED, ...GREW, ...more], 'lost@eth0:skb_copy_datagram_iovec and tlv:trace=42', {
      before: 1,
      after: 2,
    });
    // 44 was heard of last before it.
    expect(kept(ran)).toEqual([41, 42, 44, 60, 61]);
    expect(signsOf(ran)).toMatchObject([{ journey: 42, before: 1 }]);
    expect(ran.trigger.phase).toBe('armed');
  });

  it('does not count those that meet it with the same event as before', () => {
    const ran = run([...PASSED, ...GREW], 'lost', { before: 1 });
    expect(kept(ran)).toEqual([41, 42, 43, 44]);
    expect(signsOf(ran).map(({ before }) => before)).toEqual([1, 0]);
  });

  it('with once is complete when the packet that grew is freed: the others never are', () => {
    const freed = segment(41n, 25, 1000, 100, true, 'consume_skb+200');
    const shut = run([...PASSED, ...GREW], 'lost', { once: true });
    expect([shut.trigger.phase, shut.complete]).toEqual(['spent', false]);
    expect(run([...PASSED, ...GREW, ...freed], 'lost', { once: true }).complete).toBe(true);
  });

  it('keeps within its limit of firings', () => {
    const ran = run([...PASSED, ...GREW], 'lost', { maxFirings: 1 });
    expect(fired(ran)).toEqual([42]);
    expect(kept(ran)).toEqual([41, 42]);
  });

  it('is not said where the other packet has the same metadata, or there was none', () => {
    const alike = PASSED.map((one) => (one.meta === undefined ? one : { ...one, meta: GREW[0]!.meta! }));
    expect(fired(run([...alike, ...GREW], 'lost'))).toEqual([]);
    const without = inOrder([
      ...segment(41n, 0, 1000, 100, true, ENTRY, PROBE),
      ...segment(42n, 4, 1100, 100, false, ENTRY, PROBE),
      ...GREW.map((one) => ({ ...one, us: 20 })),
    ]);
    expect(fired(run(without, 'lost'))).toEqual([]);
  });

  it('is said of one that the acknowledgement in the backlog took in, which has none', () => {
    const seen = inOrder([
      ...segment(41n, 0, 1000, 0, false, ENTRY),
      ...segment(42n, 1, 1000, 32, true, ENTRY),
      ...segment(41n, 2, 1000, 0, false, `${PROBE}+32`, `${READ}+32`),
    ]);
    const ran = run(seen, 'lost');
    expect(signsOf(ran)).toMatchObject([
      { journey: 42, text: expect.stringContaining(`at eth0:${PROBE},`) as string },
    ]);
    expect(kept(ran)).toEqual([41, 42]);
  });

  it('is said of those that waited out of order', () => {
    const seen = inOrder([
      ...segment(41n, 0, 1100, 100, true, ENTRY, PROBE),
      ...segment(42n, 4, 1200, 100, true, ENTRY, PROBE),
      ...segment(43n, 8, 1000, 100, true, ENTRY, PROBE, `${READ}+200`),
    ]);
    expect(fired(run(seen, 'lost'))).toEqual([41, 42]);
  });

  it('no longer counts for one that is seen again, or that a second packet may have taken in', () => {
    const free: Seen = {
      ...segment(42n, 40, 1100, 100, true, 'kfree_skb')[0]!,
      extensions: { drop: { reason: 3, location: 1n } },
    };
    const again = segment(42n, 30, 1100, 100, true, READ);
    expect(fired(run([...PASSED, ...GREW, free], 'lost and drop'))).toEqual([]);
    expect(fired(run([...PASSED, ...GREW, ...again], 'lost and tlv:verdict=1'))).toEqual([]);
    const second = segment(45n, 16, 1000, 100, true, ENTRY, PROBE);
    const doubt = segment(45n, 24, 1000, 100, true, `${READ}+200`);
    // It fired before anybody could doubt it, and does not fire again.
    expect(fired(run([...PASSED, ...second, ...GREW, ...doubt], 'lost'))).toEqual([42, 43]);
  });

  it('is not said where a second packet grows over what one took in already, at a hop that is asked for', () => {
    const second = segment(45n, 16, 1000, 100, true, ENTRY, PROBE);
    const first = segment(41n, 20, 1000, 100, true, `${PROBE}+200`);
    const doubt = segment(45n, 24, 1000, 100, true, `${READ}+200`);
    expect(fired(run([...PASSED, ...second, ...doubt], `lost@${READ}`))).toEqual([42, 43]);
    expect(fired(run([...PASSED, ...second, ...first, ...doubt], `lost@${READ}`))).toEqual([]);
  });

  it('is not said of a packet that is longer by its MAC header, or only where it is freed', () => {
    const [bare] = segment(41n, 0, 1000, 100, true, 'nf/local_in');
    const short = segment(42n, 1, 1100, 14, true, ENTRY);
    const framed = segment(41n, 2, 1000, 100, true, `${READ}+14`);
    expect(fired(run([bare!, ...short, ...framed], 'lost'))).toEqual([]);
    const freed = segment(41n, 20, 1000, 100, true, 'consume_skb+200', `${READ}+200`);
    const ran = run([...PASSED, ...freed], 'lost');
    expect(signsOf(ran).map(({ journey, text }) => [journey, text.split(',')[0]])).toEqual([
      [42, `metadata lost at eth0:${READ}`],
      [43, `metadata lost at eth0:${READ}`],
    ]);
  });

  it('is not said of a packet that has a place in the ring which was that of a segment', () => {
    const udp = (us: number, hook: string, more: number): Seen => ({
      ...{ hook, id: 70n, us, meta: [...trace(70), ...verdict(1)] },
      data: joinChunks([UDP_PACKET, new Uint8Array(more)]),
    });
    const [lead, taken] = [PASSED.slice(0, 2), PASSED.slice(2, 4)];
    // In the place of the one that led, it grows.
    const grows = [udp(10, ENTRY, 0), udp(11, READ, 300)];
    expect(fired(run([...lead, ...taken, ...grows], 'lost', { ringJourneys: 2 }))).toEqual([]);
    // In the place of the one that was to be taken in.
    const waits = [udp(10, ENTRY, 0), ...GREW];
    expect(fired(run([...taken, ...lead, ...waits], 'lost', { ringJourneys: 2 }))).toEqual([]);
  });

  it('says that the first events of the packet that grew are gone', () => {
    const others = Array.from({ length: 40 }, (_, i) =>
      segment(BigInt(100 + i), 30 + i, 20_000, 100, true, ENTRY),
    ).flat();
    const [first, ...rest] = [
      segment(41n, 0, 1000, 100, true, ENTRY, PROBE),
      others,
      segment(42n, 80, 1100, 100, true, ENTRY, PROBE),
    ];
    const seen = [...first, ...rest.flat(), ...GREW.map((one) => ({ ...one, us: 100 }))];
    const ran = run(seen, 'lost', { ringBytes: 8192 });
    expect(signsOf(ran)).toMatchObject([{ journey: 42, cut: 1 }]);
    expect(ran.trigger.cut).toBe(1);
    // The metadata of the one that was taken in is gone itself: nothing is known of it.
    const late = [
      ...segment(41n, 0, 1000, 100, true, ENTRY, PROBE),
      ...segment(42n, 4, 1100, 100, true, ENTRY, PROBE),
    ];
    expect(
      fired(
        run([...late, ...others, ...GREW.map((one) => ({ ...one, us: 100 }))], 'lost', { ringBytes: 8192 }),
      ),
    ).toEqual([]);
  });

  it('forgets a journey with its place in the ring', () => {
    const other: Seen = { hook: READ, id: 70n, us: 15, meta: [...trace(70), ...verdict(1)] };
    const seen = [...PASSED.slice(0, 4), other, ...GREW];
    expect(fired(run(seen, 'lost', { ringJourneys: 3 }))).toEqual([42]);
    // There is place for two: that of 41 was given away, and when it comes again it begins.
    expect(fired(run(seen, 'lost', { ringJourneys: 2 }))).toEqual([]);
  });

  it('fires when the store tells it, event by event', () => {
    const hooks = fc.constantFrom(ENTRY, PROBE, READ, 'nf/local_in', 'consume_skb');
    const segments = anySegments(40).chain((all) =>
      fc.tuple(...all.map((one) => hooks.map((hook) => ({ ...one, hook })))),
    );
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 30 }), (all, chunk) => {
        const seen = inOrder(all.flatMap((one) => seenSegment(one, one.us)));
        const bytes = sectionBytes({ seen });
        const ran = runTrigger(bytes, { condition: condition('lost'), ...SMALL }, chunk);
        expect(ran.read.packets.length + leftOut(ran)).toBe(seen.length);
        expect(new Set(fired(ran))).toEqual(everLost(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('begins anew when its numbers are at their end', () => {
    const found = [PASSED.slice(0, 4), PASSED, [...PASSED, ...LATER]].map((before) => {
      const ring = new JourneyRing({ leftOut: () => undefined }, SMALL.ringBytes, SMALL.ringJourneys);
      const hops = new HopTable();
      const joined = new JoinedSegments(ring, hops, 4);
      const taken: number[] = [];
      const reader = new CaptureReader({
        ...SILENT,
        interface: (info) => void hops.open(info, ANYWHERE),
        packet: (p) => {
          const slot = ring.open(p.packetIdHi, p.packetIdLo);
          ring.telling[slot] = 0;
          const left = joined.take(p, 1, p.interfaceIndex, slot, ring.opened, () => false);
          taken.push(...left.map((one) => ring.id(one)[1]));
        },
      });
      reader.push(sectionBytes({ seen: [...before, ...GREW.map((one) => ({ ...one, us: 50 }))] }));
      return taken;
    });
    // With the fifth segment all before it are forgotten.
    expect(found).toEqual([[42], [42, 43], []]);
  });
});

const SILENT: CaptureSink = {
  section: () => undefined,
  interface: () => undefined,
  custom: () => undefined,
  packet: () => undefined,
  statistics: () => undefined,
  problem: (problem) => expect(problem).toBeNull(),
};

/** Journeys that a store said were lost after any of the events. */
function everLost(bytes: Uint8Array): Set<number> {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<number>();
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true)) {
    reader.push(bytes.subarray(at, at + view.getUint32(at + 4, true)));
    if (view.getUint32(at, true) !== BLOCK_EPB) continue;
    for (let journey = 0; journey < store.journeys.count; journey++)
      if ((store.journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.lost) !== 0)
        found.add(store.journeys.word(journey, JOURNEY.idLo));
  }
  reader.end();
  return found;
}
