/** What was told while segments arrived, and taken back, is what is told of all of them. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { LossSummaryQuery } from '#core/store/loss-summary.ts';
import { PathQuery } from '#core/store/path-query.ts';
import { sectionBytes } from '#core/store/testing/scenario.ts';
import { anySegments, seenSegment } from '#core/store/testing/segments.ts';
import { TimelineBuilder } from '#core/store/timeline.ts';
import type { HopCause } from '#core/store/view.ts';
import { compileFilter } from './compile.ts';
import { Query } from './query.ts';

const FILTERS = [
  'journey.has(lost)',
  'cause == coalesced',
  '!(cause == coalesced)',
  'any(cause == coalesced && state == present)',
];

function ask(store: CaptureStore, text: string): Query {
  const compiled = compileFilter(text, store);
  if (!compiled.ok || compiled.question === null) throw new Error(text);
  return new Query(store, compiled.question);
}

function whole<T extends { advance(budget: number): boolean }>(query: T): T {
  while (!query.advance(100)) continue;
  return query;
}

/** Without when it was first, which is not taken back. */
const counted = (causes: readonly HopCause[]): string[] =>
  causes.map(({ firstNs: _, ...rest }) => JSON.stringify(rest)).sort();

it('by filters, the path, the summary and the timeline', () => {
  fc.assert(
    fc.property(anySegments(30), fc.integer({ min: 1, max: 4 }), fc.boolean(), (all, step, inOrder) => {
      const seen = all.flatMap((one, i) => seenSegment(one, inOrder ? i : one.us));
      const store = new CaptureStore({ seed: 1 });
      const reader = new CaptureReader(store);
      const timeline = new TimelineBuilder(store);
      const queries = FILTERS.map((text) => ask(store, text));
      for (let at = 0; at < seen.length; at += step) {
        reader.push(sectionBytes({ seen: seen.slice(at, at + step) }));
        timeline.advance(3);
        for (const query of queries) query.advance(2);
      }
      reader.end();
      expect(whole(timeline).timeline()).toEqual(whole(new TimelineBuilder(store)).timeline());
      const journeys = Array.from({ length: store.journeys.count }, (_, journey) => journey);
      const passing = (query: Query): number[] => journeys.filter((journey) => whole(query).has(journey));
      expect(queries.map(passing)).toEqual(FILTERS.map((text) => passing(ask(store, text))));

      const { hops, edges } = whole(new PathQuery(store, () => true)).numbers();
      expect(hops.map(({ metadataLost }) => metadataLost)).toEqual([
        ...store.hops.metadataLost.slice(0, hops.length),
      ]);
      expect(hops.map(({ causes }) => counted(causes))).toEqual(
        hops.map((_, hop) => counted(store.hops.causes.list(hop))),
      );
      const { rows } = whole(new LossSummaryQuery(store)).summary();
      expect(whole(new LossSummaryQuery(store, () => true)).summary(edges).rows).toEqual(rows);
      for (const row of rows) expect(row.journeys).toBeLessThanOrEqual(row.arrived);

      const hasLost = (journey: number): boolean =>
        journeyEvents(store, journey).some(
          (event) => (store.events.chunk(event).flags[event & CHUNK_MASK]! & EVENT_BIT.lost) !== 0,
        );
      expect(
        journeys.filter((journey) => (store.journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.lost) !== 0),
      ).toEqual(journeys.filter(hasLost));
    }),
    { numRuns: 100 },
  );
});
