/** What filters select, in a capture and in its share. */
import { compileFilter } from '#core/query/compile.ts';
import { FLOW_FIELD } from '#core/query/fields/flows.ts';
import { taskNames } from '#core/query/fields/texts.ts';
import { Query } from '#core/query/query.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { taskName } from '#core/store/event-text.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { storeOf } from '#core/store/testing/scenario.ts';
import { CAREFUL, type SharePolicy } from '../policy.ts';
import { snapshotOf } from './snapshots.ts';

/** Numbers of the journeys that pass. */
export function passing(store: CaptureStore, text: string): readonly number[] {
  const compiled = compileFilter(text, store);
  if (!compiled.ok || compiled.question === null) throw new Error(`${text}: ${JSON.stringify(compiled)}`);
  const query = new Query(store, compiled.question);
  while (!query.advance(1 << 20)) continue;
  return Array.from({ length: store.journeys.count }, (_, journey) => journey).filter((one) =>
    query.has(one),
  );
}

/** The share of a capture, and a filter of the capture as the share has it; null = it stays. */
export function shared(capture: Uint8Array, rules: Partial<SharePolicy> = {}) {
  const snapshot = snapshotOf(capture, { policy: { ...CAREFUL, ...rules } });
  const where = (text: string): string | null =>
    snapshot.notes({ notes: 1, view: [['where', text]], report: '', items: [] }).notes.view[0]?.[1] ?? null;
  return { after: () => storeOf(snapshot.take()), where };
}

/** As a row tells them. */
export function flowsOf(store: CaptureStore): readonly string[] {
  const texts = new Set<string>();
  const seen = FLOW_FIELD.seen!;
  for (let event = 0; event < store.events.count; event++) {
    seen.visit(store, store.events.chunk(event), event & CHUNK_MASK, (code) =>
      texts.add(seen.text(store, code)),
    );
  }
  return [...texts];
}

/** All that processes may be asked for by. */
export function tasksOf(store: CaptureStore): readonly string[] {
  return Array.from({ length: store.extensions.tasks.count }, (_, i) => taskName(store, i + 1)).flatMap(
    ({ comm, pid }) => taskNames(comm, pid),
  );
}
