/** What a store says does not depend on how its packets came: in one piece, in pieces cut anywhere, or one by one. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyCapture, anyDamage, damage } from '#core/pcapng/testing/arbitrary-capture.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { cutAt } from '#core/pcapng/testing/record-calls.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { CaptureStore } from './capture-store.ts';
import { edgeList } from './edges.ts';
import { RECORD } from './event-columns.ts';
import { JOURNEY } from './journey-table.ts';
import { sectionBytes } from './testing/scenario.ts';
import { anySegments, seenSegment } from './testing/segments.ts';
import { TimelineBuilder } from './timeline.ts';

/** Without `packetBatch`, so that the reader hands over one packet at a time. */
function oneByOne(store: CaptureStore): CaptureSink {
  return {
    section: (info) => store.section(info),
    interface: (info) => store.interface(info),
    packet: (packet) => store.packet(packet),
    custom: (block) => store.custom(block),
    statistics: (info) => store.statistics(info),
    problem: (problem) => store.problem(problem),
  };
}

/** Every column, table and count that is filled while packets arrive. */
function told(chunks: readonly Uint8Array[], sinkOf: (store: CaptureStore) => CaptureSink): unknown {
  const store = new CaptureStore({ seed: 1 });
  const timeline = new TimelineBuilder(store);
  const reader = new CaptureReader(sinkOf(store));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  timeline.advance(Infinity);
  const { events, journeys, areas, tlvs, hops } = store;
  const count = events.count;
  const columns = events.chunks.flatMap((chunk) =>
    Object.entries(chunk).flatMap(([name, column]) =>
      ArrayBuffer.isView(column) && name !== 'recordWords' ? [[name, [...columnOf(column, count)]]] : [],
    ),
  );
  const records = Array.from({ length: count }, (_, event) =>
    Object.values(RECORD).map((word) => events.chunk(event).record(event, word)),
  );
  return {
    columns,
    records,
    journeys: Array.from({ length: journeys.count }, (_, journey) => [
      ...Object.values(JOURNEY).map((word) => journeys.word(journey, word)),
      ...store.prints.words(journey).subarray(store.prints.at(journey), store.prints.at(journey) + 6),
    ]),
    areas: Array.from({ length: areas.count }, (_, i) => [
      [...areas.bytes(i + 1)],
      tlvs.names.map((_name, column) => tlvs.value(column, i + 1)),
    ]),
    hops: hops.hops.map((hop, i) => [
      hop.name,
      hops.events[i],
      hops.first[i],
      hops.withMetadata[i],
      hops.metadataBytes[i],
      hops.unreadable[i],
      hops.metadataLost[i],
      hops.lost[i],
      hops.causes.list(i),
    ]),
    edges: edgeList(store),
    gaps: store.gaps.list(),
    problems: store.problems,
    timeline: timeline.timeline(),
  };
}

function columnOf(column: ArrayBufferView, count: number): Iterable<number> {
  return (column as Uint32Array).subarray(0, count);
}

function expectSame(bytes: Uint8Array, cuts: readonly number[]): void {
  const whole = told([bytes], (store) => store);
  expect(told(cutAt(bytes, cuts), (store) => store)).toEqual(whole);
  expect(told([bytes], oneByOne)).toEqual(whole);
}

const anyCuts = fc.array(fc.nat(1_000_000), { maxLength: 8 });

it('captures of any packets and damage', () => {
  fc.assert(
    fc.property(anyCapture, anyDamage, anyCuts, ({ bytes }, changes, cuts) =>
      expectSame(damage(bytes, changes), cuts),
    ),
    { numRuns: 60 },
  );
});

it('journeys that interleave over batches, with areas that change, also damaged', () => {
  const shape = fc.record({
    events: fc.integer({ min: 1, max: 1500 }),
    metadata: fc.constantFrom(0, 12, 32),
    seed: fc.integer({ min: 1, max: 1000 }),
    journeyHops: fc.integer({ min: 1, max: 20 }),
    rewrites: fc.constantFrom('once', 'every-hop'),
  });
  fc.assert(
    fc.property(shape, anyDamage, anyCuts, (options, changes, cuts) =>
      expectSame(damage(joinChunks(generateCapture(options)), changes), cuts),
    ),
    { numRuns: 25 },
  );
});

it('segments of a connection that TCP joins, seen again, late and with metadata of their own or none', () => {
  fc.assert(
    fc.property(anySegments(40), anyCuts, (all, cuts) => {
      expectSame(sectionBytes({ seen: all.flatMap((one) => seenSegment(one, one.us)) }), cuts);
    }),
    { numRuns: 40 },
  );
});
