import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CaptureStore } from './capture-store.ts';
import { CHUNK_MASK } from './limits.ts';
import { sectionBytes, seen, START_NS, storeOf, trace } from './testing/scenario.ts';
import { TimelineBuilder } from './timeline.ts';
import { TIMELINE_BUCKETS } from './view.ts';

const RX = 'netif_receive_skb';

describe('the timeline', () => {
  it('counts events, and those with metadata, in buckets of one width', () => {
    const timeline = new TimelineBuilder(
      seen(
        { hook: RX, id: 1n, us: 0 },
        { hook: RX, id: 1n, us: 1, meta: [...trace(1), 0, 0] },
        { hook: RX, id: 1n, us: 3 },
      ),
    );
    expect(timeline.advance(Infinity)).toBe(true);
    expect(timeline.timeline()).toEqual({
      startNs: START_NS.toString(),
      endNs: (START_NS + 3n * 1024n).toString(),
      events: Uint32Array.of(2, 0, 1),
      withMetadata: Uint32Array.of(1, 0, 0),
      lost: Uint32Array.of(0, 0, 1),
      drops: Uint32Array.of(0, 0, 0),
    });
  });

  it('has every event in the bucket of its time, whatever the order and the span', () => {
    const times = fc.array(fc.bigInt(0n, 1n << 62n), { minLength: 1, maxLength: 40 });
    const near = fc.array(fc.bigInt(START_NS - 100_000n, START_NS + 3_000_000n), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.oneof(times, near), fc.integer({ min: 1, max: 9 }), (all, budget) => {
        const positive = all.map((time) => (time === 0n ? 1n : time));
        const writer = new CaptureWriter();
        writer.sectionHeader();
        writer.interfaceDescription({ linkType: 1 });
        for (const time of positive) writer.enhancedPacket({ interfaceId: 0, time, data: new Uint8Array(0) });
        const timeline = new TimelineBuilder(storeOf(writer.take()));
        while (!timeline.advance(budget));
        const { startNs, endNs, events } = timeline.timeline();
        expect(events.length).toBeLessThanOrEqual(TIMELINE_BUCKETS);
        const start = BigInt(startNs);
        const width = (BigInt(endNs) - start) / BigInt(events.length);
        // Times further than 2^53 ns from the first are told to within a few hundred ns, far less than a bucket.
        const expected = new Uint32Array(events.length);
        if (width > 1n << 40n) {
          expect(events.reduce((sum, n) => sum + n, 0)).toBe(positive.length);
          return;
        }
        for (const time of positive) expected[Number((time - start) / width)]!++;
        expect(events).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('counts losses where they are, however late it is told that they are there, or are none', () => {
    const events = fc.array(
      fc.record({
        hook: fc.constant(RX),
        id: fc.bigInt(1n, 3n),
        us: fc.integer({ min: 0, max: 30 }),
        meta: fc.option(fc.constant(trace(1)), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(events, (all) => {
        const store = new CaptureStore();
        const reader = new CaptureReader(store);
        const timeline = new TimelineBuilder(store);
        for (const { meta, ...one } of all) {
          reader.push(sectionBytes({ seen: [meta === undefined ? one : { ...one, meta }] }));
          timeline.advance(Infinity);
        }
        reader.end();
        const whole = new TimelineBuilder(store);
        whole.advance(Infinity);
        expect(timeline.timeline()).toEqual(whole.timeline());
      }),
      { numRuns: 60 },
    );
  });

  it('is empty when no event has a time', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1 });
    writer.enhancedPacket({ interfaceId: 0, time: 0n, data: new Uint8Array(0) });
    const store = storeOf(writer.take());
    const timeline = new TimelineBuilder(store);
    timeline.advance(1);
    expect(store.events.chunk(0).tsLo[0 & CHUNK_MASK]).toBe(0);
    expect(timeline.timeline().events).toEqual(new Uint32Array(0));
  });
});
