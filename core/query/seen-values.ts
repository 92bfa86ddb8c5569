/** Which values a field has in a capture, and how often: what completion offers behind an operator. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import type { Field, Seen } from './field.ts';

/** The newest events are looked at: an answer while somebody types, whatever the size of the capture. */
export const SEEN_EVENTS = 1 << 17;
/** Different values beyond this are not told apart: then it is no list to pick from. */
const MAX_DISTINCT = 1 << 14;

export interface SeenValue {
  readonly value: string;
  /** Events, of the newest SEEN_EVENTS. */
  readonly count: number;
}

/** How many events have each value, by its key. */
function seenKeys(store: CaptureStore, seen: Seen): ReadonlyMap<number, number> {
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
  return counts;
}

/**
 * Of a field whose values are hops, names that one may give them, at most `limit`: as the path has them, as the capture has them,
 * and of others those with `typed` in them. What begins with it stands first.
 */
export function seenHops(store: CaptureStore, field: Field, typed: string, limit: number): SeenValue[] {
  const { seen, hopNames: namesOf } = field;
  if (seen === null || namesOf === undefined) return [];
  const wanted = typed.toLowerCase();
  const has = (name: string): boolean => name.toLowerCase().includes(wanted);
  const values = new Map<string, { count: number; rank: number }>();
  for (const [key, times] of seenKeys(store, seen)) {
    const hop = store.hops.hops[key]!;
    const names = namesOf(hop);
    const path = names.filter((name) => name === hop.label || name === hop.label.split(',')[0]);
    const usual = path.length === 0 ? names.slice(0, 1) : [...path, names[0]!];
    const fitting = usual.some(has) ? usual.filter(has) : names.filter(has);
    for (const name of new Set(fitting)) {
      const rank = (name.toLowerCase().startsWith(wanted) ? 0 : 2) + (path.includes(name) ? 0 : 1);
      const value = values.get(name) ?? { count: 0, rank };
      values.set(name, { count: value.count + times, rank: Math.min(rank, value.rank) });
    }
  }
  return [...values]
    .sort(([a, x], [b, y]) => x.rank - y.rank || y.count - x.count || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([value, { count }]) => ({ value, count }));
}

/** The most frequent values, at most `limit`; a `prefix` (upper and lower case alike) is somewhere in each. */
export function seenValues(store: CaptureStore, field: Field, prefix: string, limit: number): SeenValue[] {
  const { seen } = field;
  if (seen === null) return [];
  const counts = seenKeys(store, seen);
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
