/** Which values a field has in a capture, and how often: what completion offers behind an operator. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import type { Field } from './field.ts';

/** The newest events are looked at: an answer while somebody types, whatever the size of the capture. */
export const SEEN_EVENTS = 1 << 17;
/** Different values beyond this are not told apart: then it is no list to pick from. */
const MAX_DISTINCT = 1 << 14;

export interface SeenValue {
  readonly value: string;
  /** Events, of the newest SEEN_EVENTS. */
  readonly count: number;
}

/** The most frequent values, at most `limit`; a `prefix` (upper and lower case alike) is somewhere in each. */
export function seenValues(store: CaptureStore, field: Field, prefix: string, limit: number): SeenValue[] {
  const { seen } = field;
  if (seen === null) return [];
  const counts = new Map<number, number>();
  const add = (key: number): void => {
    const count = counts.get(key);
    if (count !== undefined) counts.set(key, count + 1);
    else if (counts.size < MAX_DISTINCT) counts.set(key, 1);
  };
  const { count } = store.events;
  for (let event = Math.max(0, count - SEEN_EVENTS); event < count; event++) {
    seen.visit(store, store.events.chunk(event), event & CHUNK_MASK, add);
  }
  const values = new Map<string, number>();
  const wanted = prefix.toLowerCase();
  for (const [key, times] of counts) {
    const text = seen.text(store, key);
    if (text !== '' && text.toLowerCase().includes(wanted)) values.set(text, (values.get(text) ?? 0) + times);
  }
  return [...values]
    .map(([value, times]) => ({ value, count: times }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
