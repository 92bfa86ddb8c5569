/** One journey as a matrix: its events are columns, its TLVs rows. */
import { PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { Tlv, TlvType } from '#core/metadata/types.ts';
import { printBytes } from '#core/metadata/value.ts';
import { deltaNs, nsFromParts } from '#core/time/ns.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureStore } from './capture-store.ts';
import { besideRows } from './beside.ts';
import { cellsOf } from './cells.ts';
import { decodeStored } from './decode-stored.ts';
import { EVENT_BIT, RECORD } from './event-columns.ts';
import { decimal, dropText, endpointText, journeyId, journeyRun, taskText } from './event-text.ts';
import { diagnosisText } from './diagnosis-text.ts';
import { elsewhereRows, noteOf } from './elsewhere-rows.ts';
import { eventDiagnosis, type EventDiagnosis } from './event-diagnosis.ts';
import { journeyEvents } from './journey-events.ts';
import { NO_JOURNEY_BYTES, type JourneyBytes } from './journey-blocks.ts';
import { journeyLinks } from './journey-links.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { payloadWentOn, withPayloadGone } from './merged-payload.ts';
import { journeyLocations } from './locations.ts';
import { cameFrom } from './came-from.ts';
import { isTelling } from './sighting-of.ts';
import { hintRows, tapView } from './tap-view.ts';
import type { Cell, JourneyDetail, JourneyHop, MatrixCell, TypeNote } from './view.ts';

/** Row of an area that no schema reads: its bytes. */
export const RAW_AREA = { type: -1, name: 'metadata', kind: 'bytes' } as const;

const STATE_NAMES: readonly JourneyHop['metaState'][] = (() => {
  const names: JourneyHop['metaState'][] = [];
  names[META_STATE.none] = 'none';
  names[META_STATE.present] = 'present';
  names[META_STATE.unlocatable] = 'unlocatable';
  names[META_STATE.unreadable] = 'unreadable';
  return names;
})();

/**
 * Everything about journey number `journey`, which must be one of the store's. `bytes`: what is not in the columns
 * (`blocksWanted`); without it, what taps said and TLVs in packet data are missing.
 */
export function journeyDetail(
  store: CaptureStore,
  journey: number,
  bytes: JourneyBytes = NO_JOURNEY_BYTES,
): JourneyDetail {
  const events = journeyEvents(store, journey);
  const first = events[0]!;
  const id = journeyId(store, journey);
  const cells = cellsOf(store, events);
  let telling = -1;
  const links = journeyLinks(store, journey);
  const seen = events.map((event, i) => {
    const diagnosis = eventDiagnosis(store, event, telling);
    if (isTelling(store.events.chunk(event), event & CHUNK_MASK)) telling = event;
    const hop = hopDetail(store, event, events[i - 1] ?? event, cells[i]!, diagnosis);
    const tap = bytes.taps.get(event);
    return tap === undefined ? hop : { ...hop, tap: tapView(tap) };
  });
  const hops = withPayloadGone(store, journey, seen);
  return {
    journey,
    id: decimal(id.hi, id.lo),
    run: journeyRun(store, journey),
    source: endpointText(store, first, 'src'),
    destination: endpointText(store, first, 'dst'),
    protocol: PROTOCOL_NAMES[store.events.chunk(first).protocol[first & CHUNK_MASK]!]!,
    hops,
    rows: withWriters(matrix(store, events), hops),
    elsewhere: elsewhereRows(store, journey, events, bytes),
    beside: [...besideRows(store, events), ...hintRows(events, bytes.taps)],
    links,
    locations: journeyLocations(store, journey, events, bytes),
    diagnosis: [diagnosisText(store, journey, events, seen), payloadWentOn(store, journey)]
      .filter(Boolean)
      .join(' '),
    omitted: store.journeys.word(journey, JOURNEY.count) - events.length,
  };
}

function hopDetail(
  store: CaptureStore,
  event: number,
  previous: number,
  cell: Cell,
  diagnosis: EventDiagnosis,
): JourneyHop {
  const c = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const before = store.events.chunk(previous);
  const beforeRow = previous & CHUNK_MASK;
  const recorded = (c.flags[row]! & EVENT_BIT.recorded) !== 0;
  return {
    event,
    hop: c.hop[row]!,
    timeNs: nsFromParts(c.tsHi[row]!, c.tsLo[row]!).toString(),
    deltaNs: deltaNs(before.tsHi[beforeRow]!, before.tsLo[beforeRow]!, c.tsHi[row]!, c.tsLo[row]!),
    cpu: recorded ? c.cpu[row]! : null,
    metaState: metaStateText(store, event),
    metaLength: c.metaLength[row]!,
    cell,
    ...diagnosis,
    skb: kernelAddress(c.record(row, RECORD.skbHi), c.record(row, RECORD.skbLo)),
    head: kernelAddress(c.record(row, RECORD.headHi), c.record(row, RECORD.headLo)),
    mark: recorded ? c.record(row, RECORD.mark) : null,
    hash: recorded ? c.record(row, RECORD.hash) : null,
    task: taskText(store, event),
    drop: dropText(store, event),
    fault: decodeStored(store, c.area[row]!).fault?.message ?? '',
  };
}

export function metaStateText(store: CaptureStore, event: number): JourneyHop['metaState'] {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return 'not recorded';
  return STATE_NAMES[chunk.metaState[row]!]!;
}

/** `0xffff8881 23456780` without the space; '' when not known. */
function kernelAddress(hi: number, lo: number): string {
  if ((hi | lo) === 0) return '';
  return `0x${hi.toString(16).padStart(8, '0')}${lo.toString(16).padStart(8, '0')}`;
}

/** Puts every TLV that was written or changed at a hop down to the programs that the hop's state is put down to. */
function withWriters(rows: JourneyDetail['rows'], hops: readonly JourneyHop[]): JourneyDetail['rows'] {
  return rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell, i) => {
      const { writer } = hops[i]!;
      return writer !== '' && (cell.state === 'written' || cell.state === 'changed')
        ? { ...cell, writer }
        : cell;
    }),
  }));
}

interface MatrixRow {
  readonly type: number;
  readonly name: string;
  readonly kind: string;
  readonly note: TypeNote;
  readonly cells: MatrixCell[];
  /** Its value where the area was last readable; null = not there. */
  value: Uint8Array | null;
}

const ABSENT: MatrixCell = { value: '', state: 'absent' };
const LOST: MatrixCell = { value: '', state: 'lost' };
const UNREADABLE: MatrixCell = { value: '', state: 'unreadable' };

/** Rows in order of first appearance; a type that is in an area twice has two rows. */
function matrix(store: CaptureStore, events: readonly number[]): JourneyDetail['rows'] {
  const rows = new Map<string, MatrixRow>();
  const first = firstWithMetadata(store, events);
  events.forEach((event, i) => {
    const chunk = store.events.chunk(event);
    const at = event & CHUNK_MASK;
    const recorded = (chunk.flags[at]! & EVENT_BIT.recorded) !== 0;
    if (recorded && chunk.metaState[at] === META_STATE.present) {
      const had = event === first ? inherited(store, event) : null;
      presentColumn(store, chunk.area[at]!, rows, i, had);
    }
    for (const row of rows.values()) {
      if (row.cells.length > i) continue;
      if (!recorded) row.cells.push(ABSENT);
      else if (
        chunk.metaState[at] === META_STATE.unlocatable ||
        chunk.metaState[at] === META_STATE.unreadable
      ) {
        row.cells.push(UNREADABLE);
      } else {
        // Area 0 with metadata present: the bytes had no place in the store, which says nothing about the TLV.
        const unknown = chunk.metaState[at] === META_STATE.present && chunk.area[at] === 0;
        row.cells.push(unknown ? UNREADABLE : row.value === null ? ABSENT : LOST);
        if (!unknown) row.value = null;
      }
    }
  });
  return [...rows.values()].map(({ value: _, ...row }) => row);
}

/** The first telling event, if it has metadata; -1. */
function firstWithMetadata(store: CaptureStore, events: readonly number[]): number {
  const first = events.find((event) => isTelling(store.events.chunk(event), event & CHUNK_MASK));
  if (first === undefined) return -1;
  return store.events.chunk(first).metaState[first & CHUNK_MASK] === META_STATE.present ? first : -1;
}

/** Values by key of the row that a clone came with; null: it is none. */
function inherited(store: CaptureStore, event: number): ReadonlyMap<string, Uint8Array> | null {
  const from = cameFrom(store, event);
  if (from < 0) return null;
  const area = store.events.chunk(from).area[from & CHUNK_MASK]!;
  return new Map(keyed(store, area).map(({ key, value }) => [key, value]));
}

/** TLVs of an area with the keys of their rows. */
function keyed(store: CaptureStore, area: number): { tlv: Tlv; key: string; value: Uint8Array }[] {
  const bytes = store.areas.bytes(area);
  const occurrences = new Map<number, number>();
  return tlvsOf(store, area, bytes).map((tlv) => {
    const nth = occurrences.get(tlv.type) ?? 0;
    occurrences.set(tlv.type, nth + 1);
    const value = bytes.subarray(tlv.valueOffset, tlv.valueOffset + tlv.valueLength);
    return { tlv, key: `${tlv.type} ${nth}`, value };
  });
}

/** Cells of column `i` for the TLVs that this area has; `had`: what the journey came with. */
function presentColumn(
  store: CaptureStore,
  area: number,
  rows: Map<string, MatrixRow>,
  i: number,
  had: ReadonlyMap<string, Uint8Array> | null,
): void {
  for (const { tlv, key, value } of keyed(store, area)) {
    let row = rows.get(key);
    if (row === undefined) {
      const known = tlv.type === RAW_AREA.type ? RAW_AREA : typeOf(store, area, tlv.type);
      row = {
        type: tlv.type,
        name: tlv.name,
        kind: known?.kind ?? 'bytes',
        note: noteOf(known),
        cells: new Array<MatrixCell>(i).fill(ABSENT),
        value: null,
      };
      rows.set(key, row);
    }
    const before = row.value ?? had?.get(key) ?? null;
    const state = before === null ? 'written' : sameBytes(before, value) ? 'same' : 'changed';
    row.cells.push({ value: tlv.value, state });
    row.value = value;
  }
}

function tlvsOf(store: CaptureStore, area: number, bytes: Uint8Array): readonly Tlv[] {
  if (area === 0) return [];
  if (store.tlvs.decoderFor(area) !== null) return decodeStored(store, area).tlvs;
  const { length } = bytes;
  const value = printBytes(bytes, 0, length);
  return [
    {
      type: RAW_AREA.type,
      name: RAW_AREA.name,
      value,
      offset: 0,
      length,
      valueOffset: 0,
      valueLength: length,
    },
  ];
}

/** By the schema that reads the area; undefined when it does not know the type. */
function typeOf(store: CaptureStore, area: number, type: number): TlvType | undefined {
  return store.tlvs.decoderFor(area)?.schema.types.find((known) => known.type === type);
}
