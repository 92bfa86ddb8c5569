/** What the page is told of a capture, again and again. */
import type { Problem } from '#core/pcapng/types.ts';
import { edgeList } from '#core/store/edges.ts';
import { hopList } from '#core/store/hops.ts';
import type { JourneyRows } from '#core/store/view.ts';
import type { Update } from './api.ts';
import type { Capture } from './capture.ts';

/** `number`: of the capture. `generation`: of its list. `rows`: those that the page watches. */
export function updateOf(
  capture: Capture,
  number: number,
  generation: number,
  rows: JourneyRows | null,
): Update {
  const { store, listing, timeline } = capture;
  const { list } = listing;
  const rates = capture.rates;
  return {
    capture: number,
    state: capture.state,
    bytesRead: capture.bytesRead,
    bytesTotal: capture.bytesTotal,
    digest: capture.digest,
    files: capture.files,
    bytesPerSecond: rates.bytes,
    eventsPerSecond: rates.events,
    catchUp: capture.catchUp,
    kept: capture.kept,
    events: store.events.count,
    journeys: store.journeys.count,
    listed: listing.length,
    filterError: list.error,
    generation,
    lost: store.gaps.lost,
    leftOut: store.gaps.leftOut,
    hops: hopList(store, list),
    edges: edgeList(store),
    gaps: store.gaps.list(),
    missingHooks: store.facts.missingHooks,
    filter: store.facts.filter,
    fired: store.lastFiring === null ? null : { count: store.firingCount, last: store.lastFiring },
    timeline: timeline.timeline(),
    told: store.facts.told.length,
    rows,
    schema: store.tlvs.current?.schema ?? null,
    tlvNames: [...store.tlvs.names],
    problems: problemsOf(capture),
    sourceText: capture.sourceText,
    joined: capture.joined,
    title: capture.title,
  };
}

/** A cancelled or failed capture is not tried again: what kept it from connecting is past. */
function problemsOf({ store, sourceProblem, captureProblem, ended }: Capture): readonly Problem[] {
  // Of an agent that does not answer, the last it said of its capture is no news.
  const first = ended ? null : (sourceProblem ?? captureProblem);
  return first === null ? [...store.problems] : [first, ...store.problems];
}
