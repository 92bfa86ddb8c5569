/** What a page's worker filters with; production-build.ts makes it into one file. */
import { compileFilter } from '#core/query/compile.ts';
import { Query } from '#core/query/query.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';

export { CaptureReader } from '#core/pcapng/reader.ts';
export { CaptureStore } from '#core/store/capture-store.ts';

/** Journeys that pass: from the text, with nothing kept of an earlier question. Throws on a filter that is none. */
export function countPassing(store: CaptureStore, filter: string): number {
  const compiled = compileFilter(filter, store);
  if (!compiled.ok) throw new Error(`${filter}: ${compiled.error.cause} ${compiled.error.remedy}`);
  if (compiled.question === null) return store.journeys.count;
  const query = new Query(store, compiled.question);
  query.advance(Infinity);
  let count = 0;
  for (const word of query.members) for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}
