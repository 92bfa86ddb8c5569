/** Rows of the packet list. */
import type { DecodedArea } from '#core/metadata/types.ts';
import { decodeStored } from './decode-stored.ts';
import type { CaptureStore } from './capture-store.ts';
import { cellsOf, moreTelling } from './cells.ts';
import { endpointText, infoText, journeyId, journeyRun } from './event-text.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import type { Cell, JourneyRows } from './view.ts';

/** More rows than any screen shows are not made at once. */
export const MAX_ROWS = 1000;

/** The rows of these journeys, without columns that were chosen; `from` and `generation` are handed through. */
export function journeyRows(
  store: CaptureStore,
  journeys: Uint32Array,
  from: number,
  generation: number,
): JourneyRows {
  const journey = journeys.slice(0, MAX_ROWS);
  const count = journey.length;
  const hops = store.hops.hops.length;
  const u32 = (): Uint32Array => new Uint32Array(count);
  const idHi = u32();
  const idLo = u32();
  const timeHi = u32();
  const timeLo = u32();
  const events = u32();
  const length = u32();
  const protocol = new Uint8Array(count);
  const cells = new Uint8Array(count * hops);
  const run: string[] = [];
  const source: string[] = [];
  const destination: string[] = [];
  const info: string[] = [];
  const tlv = store.tlvs.names.map((): string[] => []);
  const decoded = new Map<number, DecodedArea>();
  journey.forEach((number, i) => {
    const numbers = journeyEvents(store, number);
    const first = numbers[0]!;
    const chunk = store.events.chunk(first);
    const row = first & CHUNK_MASK;
    const id = journeyId(store, number);
    idHi[i] = id.hi;
    idLo[i] = id.lo;
    run.push(journeyRun(store, number));
    timeHi[i] = chunk.tsHi[row]!;
    timeLo[i] = chunk.tsLo[row]!;
    events[i] = store.journeys.word(number, JOURNEY.count);
    length[i] = chunk.length[row]!;
    protocol[i] = chunk.protocol[row]!;
    cellsOf(store, numbers).forEach((cell, k) => {
      const at = i * hops + hopOf(store, numbers[k]!);
      cells[at] = moreTelling(cells[at] as Cell, cell);
    });
    source.push(endpointText(store, first, 'src'));
    destination.push(endpointText(store, first, 'dst'));
    info.push(infoText(store, numbers));
    latestValues(store, numbers, decoded).forEach((value, column) => tlv[column]!.push(value));
  });
  return {
    generation,
    from,
    count,
    journey,
    idHi,
    idLo,
    run,
    timeHi,
    timeLo,
    events,
    protocol,
    length,
    cells,
    hops,
    source,
    destination,
    info,
    tlv,
    fields: [],
    columns: [],
  };
}

function hopOf(store: CaptureStore, event: number): number {
  return store.events.chunk(event).hop[event & CHUNK_MASK]!;
}

/** For each TLV column its printed value at the last event that had it (which may be ''), '' when none had. */
function latestValues(
  store: CaptureStore,
  events: readonly number[],
  decoded: Map<number, DecodedArea>,
): string[] {
  const { names } = store.tlvs;
  const values = names.map(() => '');
  const known = new Uint8Array(names.length);
  let missing = names.length;
  let seen = 0;
  for (let i = events.length - 1; i >= 0 && missing > 0; i--) {
    const area = store.events.chunk(events[i]!).area[events[i]! & CHUNK_MASK]!;
    if (area === 0 || area === seen) continue;
    seen = area;
    let found = decoded.get(area);
    if (found === undefined) decoded.set(area, (found = decodeStored(store, area)));
    const here = new Set<string>();
    for (const { name, value } of found.tlvs) {
      const column = names.indexOf(name);
      // Of several of one type in an area the first counts, as in the column.
      if (column < 0 || here.has(name)) continue;
      here.add(name);
      if (known[column] !== 0) continue;
      known[column] = 1;
      values[column] = value;
      missing--;
    }
  }
  return values;
}
