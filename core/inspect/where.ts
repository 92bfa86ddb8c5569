/** `whither inspect --where`: the events of the journeys that a filter passes, as `inspect` has them. */
import { typeWidth } from '#core/metadata/type-number.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { compileFilter } from '#core/query/compile.ts';
import { Query } from '#core/query/query.ts';
import { journeyKeyOf } from '#core/share/selection.ts';
import type { FilterError } from '#core/query/syntax.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import type { InspectedEvent } from './event-object.ts';
import { inspectStoredEvent } from './stored.ts';
import { readWith, STEP_EVENTS } from './whole-store.ts';

export interface PassingEvent {
  readonly event: InspectedEvent;
  /** Bytes of a TLV's type, for printing it. */
  readonly typeBytes: number;
}

/**
 * In order of arrival, made one at a time. What a schema reads in packets is not in them: the store keeps no packets. `schema`: null = those of the capture.
 */
export function passingEvents(
  store: CaptureStore,
  schema: MetadataSchema | null,
  where: string,
): { readonly error: FilterError } | { readonly events: Iterable<PassingEvent> } {
  const asked = ask(store, schema, where);
  return 'error' in asked ? asked : { events: eventsOf(store, asked.query) };
}

/** The journeys that pass, by `journeyKey`; those without an id are in no set. */
export function passingJourneys(
  store: CaptureStore,
  schema: MetadataSchema | null,
  where: string,
): { readonly error: FilterError } | { readonly journeys: ReadonlySet<bigint> } {
  const asked = ask(store, schema, where);
  if ('error' in asked) return asked;
  const journeys = new Set<bigint>();
  for (let journey = 0; journey < store.journeys.count; journey++) {
    if (asked.query?.has(journey) === false) continue;
    const key = journeyKeyOf(store, journey);
    if (key !== null) journeys.add(key);
  }
  return { journeys };
}

/** null = everything passes. */
function ask(
  store: CaptureStore,
  schema: MetadataSchema | null,
  where: string,
): { readonly error: FilterError } | { readonly query: Query | null } {
  readWith(store, schema);
  const compiled = compileFilter(where, store);
  if (!compiled.ok) return { error: compiled.error };
  const query = compiled.question === null ? null : new Query(store, compiled.question);
  while (query?.advance(STEP_EVENTS) === false) continue;
  return { query };
}

function* eventsOf(store: CaptureStore, query: Query | null): Generator<PassingEvent> {
  for (let event = 0; event < store.events.count; event++) {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if (query?.has(chunk.journey[row]!) === false) continue;
    const decoder = store.tlvs.decoderFor(chunk.area[row]!);
    const typeBytes = decoder === null ? 1 : typeWidth(decoder.schema.framing);
    yield { event: inspectStoredEvent(store, event, null), typeBytes };
  }
}
