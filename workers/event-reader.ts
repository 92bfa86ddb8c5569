/** One journey, or some events, with what is read again from their blocks: packets, and what taps said. */
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { blocksWanted, readJourneyBlocks } from '#core/store/journey-blocks.ts';
import { journeyDetail } from '#core/store/journey-detail.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { MAX_ROWS } from '#core/store/rows.ts';
import type { EventBytes, JourneyDetail } from '#core/store/view.ts';
import type { Capture } from './capture.ts';
import { Fault } from './fault.ts';

/** `inspect` makes objects, so it is bounded like rows. */
export const MAX_INSPECT_EVENTS = MAX_ROWS;

/** Rejects with a Fault when there is no such journey. */
export async function readJourney(capture: Capture, journey: number): Promise<JourneyDetail> {
  const { store } = capture;
  assertIndex('journey', journey, store.journeys.count);
  const blocks = new Map<number, Uint8Array | null>();
  for (const event of blocksWanted(store, journey)) blocks.set(event, await blockInReach(capture, event));
  return journeyDetail(store, journey, readJourneyBlocks(store, blocks));
}

/** Rejects with a Fault when there is no such event. */
export async function readEvent(capture: Capture, event: number): Promise<EventBytes> {
  const { store } = capture;
  assertIndex('event', event, store.events.count);
  // With the dissectors of all protocols: nothing else needs them, and nobody waits for them to open a capture.
  const { eventBytes } = await import('#core/store/event-bytes.ts');
  const bytes = eventBytes(store, event, await blockInReach(capture, event));
  return { ...bytes, blockOffset: capture.sourceOffset(bytes.blockOffset) };
}

/** At most `count` events from `from` in order of arrival, as `inspect --json` prints them. */
export async function inspectEvents(
  capture: Capture,
  from: number,
  count: number,
): Promise<readonly InspectedEvent[]> {
  const { store } = capture;
  const { inspectStoredEvent } = await import('#core/inspect/stored.ts');
  const end = Math.min(from + Math.min(count, MAX_INSPECT_EVENTS), store.events.count);
  const found: InspectedEvent[] = [];
  for (let event = Math.max(from, 0); event < end; event++) {
    found.push(inspectStoredEvent(store, event, await blockOf(capture, event)));
  }
  return found;
}

export function assertIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new Fault(
    `no-such-${what}`,
    `There is no ${what} number ${index} in this capture.`,
    'Choose one from the list; the capture may have started anew.',
  );
}

/** The block of an event; null when it is out of reach, for its metadata is still in the store. */
function blockInReach(capture: Capture, event: number): Promise<Uint8Array | null> {
  return nullFor('live-unreachable', blockOf(capture, event));
}

/** The block of an event; null when retention took it. */
function blockOf(capture: Capture, event: number): Promise<Uint8Array | null> {
  const chunk = capture.store.events.chunk(event);
  const row = event & CHUNK_MASK;
  return nullFor('live-gone', capture.block(chunk.blockOffset(row), chunk.blockLength[row]!));
}

async function nullFor<T>(code: string, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === code) return null;
    throw thrown;
  }
}
