import { describe, expect, it } from 'vitest';
import { TRIGGERED_JOURNEY, TRIGGERED_SIZE } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { SCHEMA, sectionBytes, START_NS, type Seen } from '#core/store/testing/scenario.ts';
import { condition, packetBlocks, runTrigger, type Ran } from './testing/run-trigger.ts';

const FIRST = 'netif_receive_skb';
const MIDDLE = 'tcx/ingress@first';
const LAST = 'nf/local_in';
const END = 'consume_skb';
const DROP = 'kfree_skb';
const META = [1, 4, 1, 2, 3, 4];

/** A journey at three hooks, `us` apart; `how` it fares. */
function journey(id: number, how: 'kept' | 'lost' | 'none' | 'dropped', us = id * 100, meta = META): Seen[] {
  const at = (hook: string, later: number, has: boolean): Seen => ({
    hook,
    id: BigInt(id),
    us: us + later,
    ...(has && { meta }),
  });
  const has = how !== 'none';
  return [
    at(FIRST, 0, has),
    at(MIDDLE, 1, has && how !== 'lost'),
    at(LAST, 2, has && how !== 'lost'),
    how === 'dropped'
      ? { ...at(DROP, 3, has), extensions: { drop: { reason: 3, location: 1n } } }
      : at(END, 3, has && how !== 'lost'),
  ];
}

function host(writer: { json(subtype: number, value: unknown): void }): void {
  writer.json(BLOCK_SUBTYPE.host, {
    kernel: '6.18.0',
    dropReasons: { '2': 'NOT_SPECIFIED', '3': 'NO_SOCKET' },
  });
}

const captureOf = (seen: readonly Seen[]): Uint8Array => sectionBytes({ seen, blocks: host });
const ids = (ran: Ran): number[] => [...new Set(ran.kept.map(Number))].sort((a, b) => a - b);
const texts = (ran: Ran): string[] =>
  ran.read.customs
    .filter(({ subtype }) => subtype === BLOCK_SUBTYPE.triggered)
    .map(({ body }) => Buffer.from(body, 'hex').subarray(TRIGGERED_SIZE).toString().replace(/\0+$/, ''));

function leftOut(capture: Uint8Array): number {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  reader.push(capture);
  reader.end();
  expect(store.problems).toEqual([]);
  expect(store.gaps.lost).toBe(0);
  return store.gaps.leftOut;
}

const TEN = Array.from({ length: 10 }, (_, i) => journey(i, i === 5 ? 'lost' : 'kept')).flat();

describe('a trigger', () => {
  it('keeps nothing of what never meets the condition, and counts it', () => {
    const ran = runTrigger(captureOf(TEN), { condition: condition('clobbered') });
    expect(ran.kept).toEqual([]);
    expect(leftOut(ran.bytes)).toBe(TEN.length);
    expect(ran.trigger).toMatchObject({ phase: 'armed', firings: 0, seen: TEN.length });
    expect(ran.read.problems).toEqual([]);
  });

  it.each([
    [0, 0, [5]],
    [2, 0, [3, 4, 5]],
    [0, 3, [5, 6, 7, 8]],
    [100, 100, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('keeps %i journeys before and %i after the one that fires, whole', (before, after, kept) => {
    const capture = captureOf(TEN);
    const ran = runTrigger(capture, { condition: condition('lost'), before, after });
    expect(ids(ran)).toEqual(kept);
    expect(ran.kept).toHaveLength(4 * kept.length);
    expect(leftOut(ran.bytes)).toBe(TEN.length - 4 * kept.length);
    const blocks = new Set(packetBlocks(capture));
    expect(packetBlocks(ran.bytes).every((block) => blocks.has(block))).toBe(true);
    expect(texts(ran)).toEqual([`metadata lost at eth0:${MIDDLE}`]);
  });

  it('counts as before what was heard of last, and keeps it to its end', () => {
    const old = journey(1, 'kept', 0);
    const slow = journey(2, 'kept', 1);
    const other = journey(3, 'kept', 2);
    // Journey 2 began before 3, and passes its second hook after all of 3.
    const seen = [...old, slow[0]!, ...other, slow[1]!, ...journey(4, 'lost'), slow[2]!, slow[3]!];
    const ran = runTrigger(captureOf(seen), { condition: condition('lost'), before: 1 });
    expect(ids(ran)).toEqual([2, 4]);
    expect(ran.kept).toEqual([2n, 2n, 4n, 4n, 4n, 4n, 2n, 2n]);
  });

  it('puts its sign right before the event that fired, and inspect and page read it there', () => {
    const ran = runTrigger(captureOf(TEN), { condition: condition('lost'), before: 1, after: 1 });
    const events: InspectedEvent[] = [];
    const store = new CaptureStore();
    for (const sink of [
      store,
      new InspectSink({ event: (event) => events.push(event), problem: () => undefined }),
    ]) {
      const reader = new CaptureReader(sink);
      reader.push(ran.bytes);
      reader.end();
    }
    const fired = events.filter(({ trigger }) => trigger !== undefined);
    expect(fired).toMatchObject([{ journey: '5', hook: MIDDLE, state: 'lost' }]);
    expect(fired[0]!.trigger).toBe(`metadata lost at eth0:${MIDDLE}`);
    const told = { journey: '5', text: fired[0]!.trigger };
    expect([...store.firings]).toEqual([[fired[0]!.n - 1, [told]]]);
    expect(store.lastFiring).toEqual(told);
    expect(store.facts.filter?.trigger).toEqual({ condition: 'metadata lost', before: 1, after: 1 });
  });

  it('says itself in the filter block beside what the probe says there', () => {
    const capture = sectionBytes({
      seen: TEN,
      blocks: (writer) => writer.json(BLOCK_SUBTYPE.filter, { expression: 'udp', sample: 3 }),
    });
    const { read } = runTrigger(capture, { condition: condition('lost'), before: 4, after: 5 });
    const filters = read.customs.filter(({ subtype }) => subtype === BLOCK_SUBTYPE.filter);
    expect(filters.map(({ body }): unknown => JSON.parse(Buffer.from(body, 'hex').toString()))).toEqual([
      { expression: 'udp', sample: 3, trigger: { condition: 'metadata lost', before: 4, after: 5 } },
    ]);
  });

  it('is armed again when as many as asked for have begun', () => {
    const seen = Array.from({ length: 20 }, (_, i) => journey(i, i % 10 === 5 ? 'lost' : 'kept')).flat();
    const ran = runTrigger(captureOf(seen), { condition: condition('lost'), before: 1, after: 1 });
    expect(ids(ran)).toEqual([4, 5, 6, 14, 15, 16]);
    expect(ran.trigger).toMatchObject({ phase: 'armed', firings: 2 });
    expect(ran.trigger.lastFiring).toBe(`journey 15: metadata lost at eth0:${MIDDLE}`);
  });

  it('keeps nothing more after the first time with once, and says when all of it has ended', () => {
    const seen = Array.from({ length: 20 }, (_, i) => journey(i, i % 10 === 5 ? 'lost' : 'kept')).flat();
    const ran = runTrigger(captureOf(seen), {
      condition: condition('lost'),
      before: 1,
      after: 1,
      once: true,
    });
    expect(ids(ran)).toEqual([4, 5, 6]);
    expect(ran.trigger).toMatchObject({ phase: 'spent', complete: true, firings: 1 });
  });

  it('stops at its limit of firings', () => {
    const seen = Array.from({ length: 9 }, (_, i) => journey(i, 'lost')).flat();
    const ran = runTrigger(captureOf(seen), { condition: condition('lost'), maxFirings: 3 });
    expect(ids(ran)).toEqual([0, 1, 2]);
    expect(ran.trigger).toMatchObject({ phase: 'spent', firings: 3 });
  });

  it('keeps, and tells, a journey that meets the condition while others are waited for', () => {
    const seen = [...journey(1, 'kept'), ...journey(2, 'kept')];
    const slow = journey(3, 'lost', 250);
    const ran = runTrigger(
      captureOf([
        slow[0]!,
        ...seen,
        ...journey(4, 'lost'),
        slow[1]!,
        slow[2]!,
        slow[3]!,
        ...journey(5, 'kept'),
      ]),
      { condition: condition('lost'), before: 0, after: 1 },
    );
    expect(ids(ran)).toEqual([3, 4, 5]);
    expect(ran.trigger.firings).toBe(2);
  });

  it.each([
    ['lost@nf/local_in', []],
    ['lost@tcx/ingress', [5]],
    ['lost@eth0:tcx/ingress@first', [5]],
    ['lost@eth1:tcx/ingress@first', []],
    ['tlv:trace=0x04030201', [0]],
    ['tlv:trace=67305985', [0]],
    ['tlv:1', [0]],
    ['tlv:verdict', []],
    ['tlv:trace=1', []],
    ['lost and tlv:trace', [5]],
    ['lost and drop', []],
    ['unreadable', []],
  ])('%s is met by %j first', (text, first) => {
    const ran = runTrigger(captureOf(TEN), { condition: condition(text), once: true });
    expect(ids(ran)).toEqual(first);
  });

  it.each([
    ['drop', [2]],
    ['drop=no_socket', [2]],
    ['drop=3', [2]],
    ['drop=NOT_SPECIFIED', []],
  ])('%s is met by %j', (text, kept) => {
    const seen = [...journey(1, 'kept'), ...journey(2, 'dropped'), ...journey(3, 'none')];
    expect(ids(runTrigger(captureOf(seen), { condition: condition(text) }))).toEqual(kept);
  });

  it('takes a TLV more for written, not for changed', () => {
    const grown = journey(1, 'kept');
    const meta = [1, 4, 1, 2, 3, 4, 0, 0, 0];
    const added = [1, 4, 1, 2, 3, 4, 2, 1, 1];
    const changed = [1, 4, 9, 2, 3, 4, 0, 0, 0];
    const program = {
      programs: [{ id: 7, name: 'p', attach: 'tcx/ingress', device: 'eth0' }],
      kernel: '6.18.0',
    };
    const run = (second: number[]): number[] => {
      const seen: Seen[] = [
        { ...grown[0]!, hook: 'tcx/ingress@first', meta },
        { ...grown[1]!, hook: 'tcx/ingress@last', meta: second },
      ];
      const capture = sectionBytes({ seen, blocks: (writer) => writer.json(BLOCK_SUBTYPE.host, program) });
      return ids(runTrigger(capture, { condition: condition('changed') }));
    };
    expect(run(added)).toEqual([]);
    expect(run(changed)).toEqual([1]);
  });

  it('does not take an event that comes late for a loss', () => {
    const [first, second, ...rest] = journey(1, 'kept');
    const late: Seen = { hook: 'napi_gro_receive_entry', id: 1n, us: 0 };
    const ran = runTrigger(captureOf([first!, second!, late, ...rest]), { condition: condition('lost') });
    expect(ran.trigger.firings).toBe(0);
  });

  it('reads metadata by a schema that it is given', () => {
    const capture = sectionBytes({ seen: TEN, schema: null });
    const hopeless = runTrigger(capture, { condition: condition('tlv:trace') });
    expect(hopeless.kept).toEqual([]);
    expect(hopeless.trigger.hopeless).toBe('the schema has no TLV trace');
    const withSchema = runTrigger(
      capture,
      { condition: condition('tlv:trace'), once: true },
      Infinity,
      SCHEMA,
    );
    expect(ids(withSchema)).toEqual([0]);
    expect(withSchema.trigger.hopeless).toBe('');
  });

  it('reads an area by that one of several schemas which its bytes choose', () => {
    const other = {
      name: 'other',
      when: { bytes: { value: 'ee' } },
      framing: { ...SCHEMA.framing, start: 1 },
      types: [{ type: 5, name: 'tenant', kind: 'uint' as const }],
    };
    const schema: MetadataSchema = { ...SCHEMA, also: [other] };
    const capture = sectionBytes({
      schema: null,
      blocks: host,
      seen: [
        ...journey(1, 'kept'),
        ...journey(2, 'kept', 200, [0xee, 5, 1, 7]),
        // By the first schema its bytes would be a type 5 with 7.
        ...journey(3, 'kept', 300, [5, 1, 7, 0]),
      ],
    });
    const ran = runTrigger(capture, { condition: condition('tlv:tenant=7') }, Infinity, schema);
    expect(ids(ran)).toEqual([2]);
    expect(ran.trigger.hopeless).toBe('');
  });

  it('keeps a journey to its end however many others begin meanwhile', () => {
    const long = journey(1, 'lost');
    const others = Array.from({ length: 70_000 }, (_, i): Seen => ({
      hook: FIRST,
      id: BigInt(i + 10),
      us: 200 + i,
    }));
    const capture = captureOf([
      ...long.slice(0, 2),
      ...others,
      ...long.slice(2).map((seen) => ({ ...seen, us: 100_000 })),
    ]);
    for (const once of [true, false]) {
      const ran = runTrigger(capture, { condition: condition('lost'), once });
      expect(ran.kept).toEqual([1n, 1n, 1n, 1n]);
    }
  });

  it('says of no drop reason that this kernel does not have it before it knows those that it has', () => {
    const { trigger } = runTrigger(captureOf([]).subarray(0, 0), { condition: condition('drop=NO_SUCH') });
    expect(trigger.hopeless).toBe('');
    const untold = runTrigger(sectionBytes({ seen: TEN }), { condition: condition('drop=NO_SUCH') });
    expect(untold.trigger.hopeless).toBe('');
  });

  it('says which drop reason this kernel does not have', () => {
    const { trigger } = runTrigger(captureOf(TEN), { condition: condition('drop=NO_SUCH') });
    expect(trigger.hopeless).toBe('this kernel has no drop reason NO_SUCH');
  });

  it('tells of a journey whose first events it no longer held', () => {
    const slow = journey(1, 'lost');
    const others = Array.from({ length: 40 }, (_, i) => journey(100 + i, 'kept', 200 + i)).flat();
    const seen = [...slow.slice(0, 1), ...others, ...slow.slice(1)];
    // Room for some dozen events: when journey 1 goes on, what it had before is gone.
    const ran = runTrigger(captureOf(seen), { condition: condition('lost', 'drop'), ringBytes: 8192 });
    expect(ran.trigger.firings).toBe(0);
    expect(leftOut(ran.bytes)).toBe(seen.length);
    const again = runTrigger(captureOf([...slow.slice(0, 1), ...others, ...journey(1, 'dropped').slice(1)]), {
      condition: condition('drop'),
      ringBytes: 8192,
    });
    expect(again.trigger).toMatchObject({ firings: 1, cut: 1 });
    expect(again.kept).toEqual([1n, 1n, 1n]);
  });

  it('begins anew with a section, whose journeys have the same numbers', () => {
    const two = Buffer.concat([
      sectionBytes({ run: 1, seen: journey(1, 'kept').slice(0, 1) }),
      sectionBytes({ run: 2, seen: journey(1, 'none') }),
    ]);
    const ran = runTrigger(new Uint8Array(two), { condition: condition('lost') });
    expect(ran.trigger.firings).toBe(0);
    expect(leftOut(ran.bytes)).toBe(5);
    expect(ran.read.sections).toHaveLength(2);
  });

  it('makes interface statistics of the probe those of the capture', () => {
    const capture = sectionBytes({ seen: TEN });
    const writer = new CaptureWriter();
    const time = START_NS + 1_000_000n;
    writer.interfaceStatistics({ interfaceId: 0, time, received: 12n, dropped: 2n, delivered: 10n });
    writer.interfaceStatistics({ interfaceId: 3, time, received: 10n, dropped: 0n, delivered: 10n });
    const ran = runTrigger(new Uint8Array(Buffer.concat([capture, writer.take()])), {
      condition: condition('lost'),
    });
    expect(ran.read.statisticsCalls).toMatchObject([
      { interfaceIndex: 0, received: 3n, dropped: 2n, delivered: 1n },
      { interfaceIndex: 3, received: 1n, dropped: 0n, delivered: 1n },
    ]);
    const gaps = ran.read.customs.filter(({ subtype }) => subtype === BLOCK_SUBTYPE.gap);
    expect(gaps).toHaveLength(4);
    for (const { body } of gaps) expect(Buffer.from(body, 'hex')[4]).toBe(GAP_CAUSE.trigger);
  });

  it('names the journey in its sign', () => {
    const big = (1n << 60n) + 5n;
    const seen = journey(5, 'lost').map((one) => ({ ...one, id: big }));
    const ran = runTrigger(captureOf(seen), { condition: condition('lost') });
    const sign = ran.read.customs.find(({ subtype }) => subtype === BLOCK_SUBTYPE.triggered)!;
    expect(Buffer.from(sign.body, 'hex').readBigUInt64LE(TRIGGERED_JOURNEY)).toBe(big);
    expect(readAll([ran.bytes]).packets.map(({ packetId }) => packetId)).toEqual([big, big, big, big]);
  });
});
