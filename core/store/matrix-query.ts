/**
 * The matrix of many journeys: which share of the events at each hop has each TLV, how many different values of it, and
 * how often it is written, changed and lost there. A query; `advance` takes journeys in bounded steps.
 */
import { META_STATE } from '#core/format/structs.ts';
import { printBytes } from '#core/metadata/value.ts';
import type { CaptureStore } from './capture-store.ts';
import { decodeStored } from './decode-stored.ts';
import { EVENT_BIT } from './event-columns.ts';
import { journeyEvents } from './journey-events.ts';
import { RAW_AREA } from './journey-detail.ts';
import { CHUNK_MASK, MAX_HOPS } from './limits.ts';
import { cameFrom } from './came-from.ts';
import { MAX_SHARES_CELLS, MAX_SHARES_VALUES, type MatrixShares, type SharesCell } from './view.ts';

/** A row: one TLV, or where no schema is in force the area as a whole. */
interface Row {
  readonly name: string;
  readonly kind: string;
  /** Number of each value, from 1, and an area that has it. MAX_SHARES_VALUES is that of all that found no place. */
  readonly values: Map<string, number>;
  readonly areas: number[];
}

interface Cell {
  readonly row: number;
  readonly hop: number;
  /** Events by number of the value. */
  readonly counts: Uint32Array;
  present: number;
  written: number;
  changed: number;
  lost: number;
}

const NOTHING: SharesCell = {
  present: 0,
  distinct: 0,
  value: '',
  valueEvents: 0,
  written: 0,
  changed: 0,
  lost: 0,
};

export class MatrixQuery {
  private readonly store: CaptureStore;
  private readonly members: (journey: number) => boolean;
  private readonly end: number;
  private cursor = 0;
  private journeys = 0;
  private omitted = 0;
  private readonly events = new Float64Array(MAX_HOPS);
  private readonly withMetadata = new Float64Array(MAX_HOPS);
  private readonly rows: readonly Row[];
  private readonly cells = new Map<number, Cell>();
  /** Of the journey at hand: the number of each row's value where the area was last readable, 0 = it has none. */
  private before: Uint16Array;
  private now: Uint16Array;
  private area = 0;

  /** `members`: whether a journey is one of those that are asked about. */
  constructor(store: CaptureStore, members: (journey: number) => boolean) {
    this.store = store;
    this.members = members;
    this.end = store.journeys.count;
    const { tlvs } = store;
    const row = (name: string, kind: string): Row => ({ name, kind, values: new Map(), areas: [0] });
    this.rows =
      tlvs.names.length === 0
        ? [row(RAW_AREA.name, RAW_AREA.kind)]
        : tlvs.names.map((name, column) => row(name, tlvs.typeOf(column)?.kind ?? 'bytes'));
    this.before = new Uint16Array(this.rows.length);
    this.now = new Uint16Array(this.rows.length);
  }

  /** Takes in journeys with some `budget` events in all; true when there are no more. */
  advance(budget: number): boolean {
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      left--;
      if (this.members(this.cursor)) left -= this.take(this.cursor);
    }
    return this.cursor === this.end;
  }

  shares(): MatrixShares {
    const hops = this.store.hops.hops.flatMap((_, hop) =>
      this.events[hop]! > 0
        ? [{ hop, events: this.events[hop]!, withMetadata: this.withMetadata[hop]! }]
        : [],
    );
    const rows = this.rows.map((row, index) => ({
      name: row.name,
      kind: row.kind,
      cells: hops.map(({ hop }) => this.cellView(row, this.cells.get(index * MAX_HOPS + hop))),
    }));
    return {
      journeys: this.journeys,
      hops,
      rows: rows.filter(({ cells }) => cells.some(({ present, lost }) => present + lost > 0)),
      omitted: this.omitted,
    };
  }

  /** Returns how many events it has looked at. */
  private take(journey: number): number {
    const { events } = this.store;
    const numbers = journeyEvents(this.store, journey);
    this.journeys++;
    this.before.fill(0);
    this.now.fill(0);
    this.area = 0;
    let isFirst = true;
    for (const event of numbers) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      const hop = chunk.hop[row]!;
      this.events[hop]!++;
      if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) continue;
      const state = chunk.metaState[row];
      const area = state === META_STATE.present ? chunk.area[row]! : 0;
      if (state === META_STATE.present) this.withMetadata[hop]!++;
      // What could not be read, or was not kept, says nothing about the TLVs.
      if (state !== META_STATE.none && area === 0) continue;
      if (isFirst && area !== 0) this.inherit(event);
      isFirst = false;
      if (area !== this.area) this.read(area);
      this.count(hop);
    }
    return numbers.length;
  }

  /** A clone has what it was cloned from already. */
  private inherit(event: number): void {
    const from = cameFrom(this.store, event);
    const area = from < 0 ? 0 : this.store.events.chunk(from).area[from & CHUNK_MASK]!;
    if (area === 0) return;
    this.read(area);
    this.before.set(this.now);
  }

  private read(area: number): void {
    const { areas, tlvs } = this.store;
    this.area = area;
    for (let row = 0; row < this.rows.length; row++) {
      this.now[row] = 0;
      if (area === 0) continue;
      if (tlvs.names.length === 0) {
        this.now[row] = this.number(row, textOf(areas.bytes(area), 0, areas.length(area)), area);
      } else {
        tlvs.eachValue(row, area, area, (_area, _hi, _lo, length, page, at) => {
          this.now[row] = this.number(row, textOf(page, at, length), area);
        });
      }
    }
  }

  private number(index: number, value: string, area: number): number {
    const row = this.rows[index]!;
    const known = row.values.get(value);
    if (known !== undefined) return known;
    if (row.values.size >= MAX_SHARES_VALUES - 1) return MAX_SHARES_VALUES;
    const number = row.areas.push(area) - 1;
    row.values.set(value, number);
    return number;
  }

  private count(hop: number): void {
    const { before, now } = this;
    for (let row = 0; row < now.length; row++) {
      const [was, is] = [before[row]!, now[row]!];
      if (was === 0 && is === 0) continue;
      const cell = this.cellOf(row, hop);
      if (cell === null) {
        this.omitted++;
        continue;
      }
      if (is !== 0) {
        cell.present++;
        cell.counts[is]!++;
      }
      if (was === 0) cell.written++;
      else if (is === 0) cell.lost++;
      else if (is !== was) cell.changed++;
      before[row] = is;
    }
  }

  private cellOf(row: number, hop: number): Cell | null {
    const key = row * MAX_HOPS + hop;
    const known = this.cells.get(key);
    if (known !== undefined) return known;
    if (this.cells.size === MAX_SHARES_CELLS) return null;
    const counts = new Uint32Array(MAX_SHARES_VALUES + 1);
    const cell = { row, hop, counts, present: 0, written: 0, changed: 0, lost: 0 };
    this.cells.set(key, cell);
    return cell;
  }

  private cellView(row: Row, cell: Cell | undefined): SharesCell {
    if (cell === undefined) return NOTHING;
    const { counts, present, written, changed, lost } = cell;
    let distinct = 0;
    let most = 0;
    for (let number = 1; number < MAX_SHARES_VALUES; number++) {
      if (counts[number]! > 0) distinct++;
      if (counts[number]! > counts[most]!) most = number;
    }
    // Of those beyond nobody knows whether they are one or many.
    if (counts[MAX_SHARES_VALUES]! > 0) distinct = MAX_SHARES_VALUES;
    const value = most === 0 ? '' : this.printed(row, row.areas[most]!);
    return { present, distinct, value, valueEvents: counts[most]!, written, changed, lost };
  }

  private printed(row: Row, area: number): string {
    const { areas, tlvs } = this.store;
    if (tlvs.names.length === 0) return printBytes(areas.bytes(area), 0, areas.length(area));
    return decodeStored(this.store, area).tlvs.find(({ name }) => name === row.name)?.value ?? '';
  }
}

/** One character a byte. */
function textOf(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
