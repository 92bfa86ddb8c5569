/**
 * Where each TLV's value is, as typed columns with one row per area, so that a filter over a value runs over
 * arrays: the column says the place, the heap of areas has the bytes. Two bytes a value instead of ten.
 * Which schema reads an area: the user's, if there is one, else the capture's that was in force when
 * the area arrived. Printed values do not come from here but from the bytes (`decodeArea`).
 */
import { chooseDecoder, choiceOf, NOWHERE } from '#core/metadata/choose.ts';
import { createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import type { MetadataSchema, TlvType, ValueKind } from '#core/metadata/types.ts';
import { AreaLayouts, type AreaLayout } from './area-layout.ts';
import type { AreaOrigins } from './area-origins.ts';
import type { AreaTable } from './area-table.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT, MAX_TLV_COLUMNS } from './limits.ts';

/** Of longer values `value` gives the first bytes. */
export const VALUE_BYTES = 8;
const BATCH_AREAS = 512;

export interface TlvValue {
  /** The value as an unsigned number of up to 64 bits; of addresses, text and bytes the first 8 bytes, big-endian. */
  readonly hi: number;
  readonly lo: number;
  /** Of the whole value, in bytes. */
  readonly length: number;
}

/** As TlvValue, and where the value's bytes begin in the page of its area. */
export type ValueVisitor = (
  area: number,
  hi: number,
  lo: number,
  length: number,
  page: Uint8Array,
  at: number,
) => void;

/** A cell: value length + 1 in the high byte (it is 253 at most, for an area has 255), offset in the area in the low; 0 = not there. */
type Cells = Uint16Array;

/** How areas are read by one schema. */
interface AreaReader {
  /** Column of this index for each type of the schema; -1 = no more columns. */
  readonly column: Int16Array;
  /** By length of an area. */
  readonly layouts: (AreaLayouts | undefined)[];
}

/** How areas are read by one document. */
interface Reading {
  readonly decoder: AreaDecoder;
  /** What decides which of the document's schemas reads an area. */
  readonly choice: 'none' | 'bytes' | 'place';
  /** One for each of the document's schemas. */
  readonly readers: ReadonlyMap<AreaDecoder, AreaReader>;
}

/** Where hosts take turns there are thousands of them, of a few readings. */
interface Phase {
  /** Areas from this number on. */
  readonly from: number;
  /** null = no schema is in force. */
  readonly decoder: AreaDecoder | null;
}

export class TlvIndex {
  /** Column names: those of the schema in order, then what later schemas of the capture added. */
  readonly names: string[] = [];
  /** By chunk, then by column; made when the first value comes. */
  private chunks: (Cells | undefined)[][] = [];
  private readonly ofCapture: Phase[] = [];
  private ofUser: readonly [Phase & { readonly decoder: AreaDecoder }] | null = null;
  /** Of each decoder of `phases`, in the order in which they were last in force. */
  private readonly readings = new Map<AreaDecoder, Reading>();
  private readonly scan = createAreaScan();
  private readonly areas: AreaTable;
  private readonly origins: AreaOrigins;
  /** Areas from here to `target` still have the values of an earlier schema. */
  private cursor = 1;
  private target = 0;
  /** Areas from here on have arrived but are not read yet. */
  private fresh = 1;

  /** `origins`: where areas were first seen, which some schemas are chosen by. */
  constructor(areas: AreaTable, origins: AreaOrigins) {
    this.areas = areas;
    this.origins = origins;
  }

  /** The user's schema, else the newest of the capture; null = none. */
  get current(): AreaDecoder | null {
    return this.ofUser?.[0].decoder ?? this.captured;
  }

  /** The newest schema of the capture itself, in force or not; null = it has none. */
  get captured(): AreaDecoder | null {
    return this.ofCapture.findLast(({ decoder }) => decoder !== null)?.decoder ?? null;
  }

  private get phases(): readonly Phase[] {
    return this.ofUser ?? this.ofCapture;
  }

  /** The first area that the schema in force reads: older ones may have been read by another. */
  get currentFrom(): number {
    return this.phases.at(-1)?.from ?? 0;
  }

  /** The schema that reads this area; null = none. */
  decoderFor(area: number): AreaDecoder | null {
    const reading = this.readingFor(area);
    return reading === null ? null : this.chosen(reading, area);
  }

  private readingFor(area: number): Reading | null {
    return this.readingOf(this.phases[this.phaseOf(area)]?.decoder ?? null);
  }

  private readingOf(decoder: AreaDecoder | null): Reading | null {
    return decoder === null ? null : this.readings.get(decoder)!;
  }

  /** Index of the phase that an area is of; -1 = it came before the first. */
  private phaseOf(area: number): number {
    let low = 0;
    for (let high = this.phases.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.phases[middle]!.from <= area) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private chosen({ decoder, choice }: Reading, area: number): AreaDecoder | null {
    if (choice === 'none') return decoder;
    const { areas } = this;
    const place = choice === 'place' ? this.origins.place(area) : NOWHERE;
    return chooseDecoder(decoder, areas.page(area), areas.start(area), areas.length(area), place);
  }

  /** A schema found in the capture: in force for the areas that follow; null = none is. */
  addCaptured(decoder: AreaDecoder | null): void {
    const { ofCapture } = this;
    const from = this.areas.count + 1;
    const replaces = ofCapture.at(-1)?.from === from;
    if (replaces) ofCapture.pop();
    ofCapture.push({ from, decoder });
    if (this.ofUser === null) this.putInForce(decoder);
  }

  /** The user's schema; null = those of the capture are in force. */
  get userSchema(): MetadataSchema | null {
    return this.ofUser?.[0].decoder.schema ?? null;
  }

  /** The user's schema for all areas, null = back to those of the capture. Then call `advance` until it is done. */
  setUser(decoder: AreaDecoder | null): void {
    this.ofUser = decoder === null ? null : [{ from: 0, decoder }];
    this.names.length = 0;
    this.chunks = [];
    this.readings.clear();
    for (const phase of this.phases) this.putInForce(phase.decoder);
    this.cursor = 1;
    this.target = this.areas.count;
    this.fresh = this.target + 1;
  }

  /**
   * Takes in areas that were just added. Areas are read in batches, in one tight loop over bytes that
   * are still in the processor's cache: half the cost of reading each as it comes.
   */
  added(): void {
    if (this.areas.count - this.fresh >= BATCH_AREAS) this.readFresh();
  }

  /** Reads at most `budget` of the areas that a change of schema left behind; true when none is left. */
  advance(budget: number): boolean {
    const end = Math.min(this.target, this.cursor + budget - 1);
    this.read(this.cursor, end);
    this.cursor = Math.max(this.cursor, end + 1);
    return this.cursor > this.target;
  }

  private readFresh(): void {
    const needsPlace = [...this.readings.values()].some(({ choice }) => choice === 'place');
    const end = needsPlace ? this.origins.advance() : this.areas.count;
    this.read(this.fresh, end);
    this.fresh = Math.max(this.fresh, end + 1);
  }

  /** Reads areas `from` to `to`, each by the schema that is in force for it. */
  private read(from: number, to: number): void {
    for (let p = this.phaseOf(to); p >= 0 && to >= from; p--) {
      const { from: begin, decoder } = this.phases[p]!;
      const reading = this.readingOf(decoder);
      const start = Math.max(from, begin);
      // Within one chunk the arrays that are written to stay the same.
      for (let area = start; reading !== null && area <= to;) {
        const last = Math.min(to, ((((area - 1) >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT) >>> 0);
        this.readRun(reading, area, last);
        area = last + 1;
      }
      to = Math.min(to, start - 1);
    }
  }

  /** Areas of one chunk and one schema. */
  private readRun(reading: Reading, from: number, to: number): void {
    const { choice } = reading;
    let { decoder } = reading;
    let reader = reading.readers.get(decoder)!;
    const chunkIndex = (from - 1) >>> CHUNK_SHIFT;
    const chunks = this.chunksAt(chunkIndex);
    for (let area = from; area <= to; area++) {
      if (choice !== 'none') {
        const chosen = this.chosen(reading, area);
        if (chosen === null) continue;
        decoder = chosen;
        reader = reading.readers.get(chosen)!;
      }
      const layout = this.layoutOf(area, decoder, reader);
      const row = (area - 1) & CHUNK_MASK;
      for (let i = 0; i < layout.count; i++) {
        const cells = chunks[layout.column[i]!] ?? this.grow(layout.column[i]!, chunkIndex);
        cells[row] = layout.cell[i]!;
      }
    }
  }

  private layoutOf(area: number, decoder: AreaDecoder, reader: AreaReader): AreaLayout {
    const { areas, scan } = this;
    const words = areas.pageWords(area);
    const at = areas.start(area) >>> 2;
    const length = areas.length(area);
    const layouts = (reader.layouts[length] ??= new AreaLayouts());
    const known = layouts.find(words, at);
    if (known !== null) return known;
    decoder.scan(areas.page(area), areas.start(area), length, scan);
    return layouts.learn(words, at, length, scan, reader.column, decoder.decides);
  }

  /**
   * Whether two areas are known to have the same TLVs in the same places, by one schema, and differ at most in their values: as most
   * do that differ. Cheaper than to scan them; false says nothing.
   */
  isAlike(a: number, b: number): boolean {
    const { areas } = this;
    if (areas.length(a) !== areas.length(b)) return false;
    const reading = this.readingFor(a);
    if (reading === null || this.readingFor(b) !== reading) return false;
    const decoder = this.chosen(reading, a);
    if (decoder === null || this.chosen(reading, b) !== decoder) return false;
    const layout = this.layoutOf(a, decoder, reading.readers.get(decoder)!);
    return layout.fits(areas.pageWords(b), areas.start(b) >>> 2);
  }

  /** The value of a column (index into `names`) in an area; null when it has none. */
  value(column: number, area: number): TlvValue | null {
    if (area === 0) return null;
    let found: TlvValue | null = null;
    this.eachValue(column, area, area, (_area, hi, lo, length) => {
      found = { hi, lo, length };
    });
    return found;
  }

  /**
   * Visits the value of a column (index into `names`) in each of the areas `from` (at least 1) to `to` that has one.
   * Returns the last area that was looked at: those behind it are not read yet.
   */
  eachValue(column: number, from: number, to: number, visit: ValueVisitor): number {
    if (to >= this.fresh) this.readFresh();
    const last = Math.min(to, this.fresh - 1);
    let end = last;
    const name = this.names[column]!;
    for (let p = this.phaseOf(end); p >= 0 && end >= from; p--) {
      const { from: begin, decoder } = this.phases[p]!;
      const reading = this.readingOf(decoder);
      const start = Math.max(from, begin);
      if (reading?.choice === 'none') {
        this.visitRun(column, start, end, isBig(reading.decoder.schema, name), visit);
      } else if (reading !== null) {
        for (let area = start; area <= end; area++) {
          const chosen = this.chosen(reading, area);
          if (chosen !== null) this.visitRun(column, area, area, isBig(chosen.schema, name), visit);
        }
      }
      end = Math.min(end, start - 1);
    }
    return last;
  }

  private visitRun(column: number, from: number, to: number, big: boolean, visit: ValueVisitor): void {
    const { areas } = this;
    for (let area = from; area <= to; area++) {
      const cell = this.chunks[(area - 1) >>> CHUNK_SHIFT]?.[column]?.[(area - 1) & CHUNK_MASK] ?? 0;
      if (cell === 0) continue;
      const length = (cell >>> 8) - 1;
      const page = areas.page(area);
      const at = areas.start(area) + (cell & 0xff);
      const bytes = Math.min(length, VALUE_BYTES);
      let hi = 0;
      let lo = 0;
      for (let i = 0; i < bytes; i++) {
        hi = (hi << 8) | (lo >>> 24);
        lo = (lo << 8) | page[big ? at + i : at + bytes - 1 - i]!;
      }
      visit(area, hi >>> 0, lo >>> 0, length, page, at);
    }
  }

  /** The type of a column by the schema that has it and came last; null = none has (any more). */
  typeOf(column: number): TlvType | null {
    for (const { readers } of [...this.readings.values()].reverse()) {
      for (const { schema } of readers.keys()) {
        const type = schema.types.find(({ name }) => name === this.names[column]);
        if (type !== undefined) return type;
      }
    }
    return null;
  }

  private chunksAt(index: number): (Cells | undefined)[] {
    while (this.chunks.length <= index) this.chunks.push([]);
    return this.chunks[index]!;
  }

  private grow(column: number, chunkIndex: number): Cells {
    const chunk = new Uint16Array(CHUNK_EVENTS);
    const row = this.chunksAt(chunkIndex);
    while (row.length < column) row.push(undefined);
    row[column] = chunk;
    return chunk;
  }

  private putInForce(decoder: AreaDecoder | null): void {
    if (decoder === null) return;
    const known = this.readings.get(decoder);
    if (known !== undefined) {
      this.readings.delete(decoder);
      this.readings.set(decoder, known);
      return;
    }
    const decoders = decoder.parts.map((part) => part.decoder);
    const columns = (one: AreaDecoder): Int16Array =>
      Int16Array.from(one.schema.types, (type) => this.columnNamed(type.name));
    const readers = new Map(
      [decoder, ...decoders].map((one): [AreaDecoder, AreaReader] => [
        one,
        { column: columns(one), layouts: [] },
      ]),
    );
    const reading: Reading = { decoder, choice: choiceOf(decoder), readers };
    this.readings.set(decoder, reading);
  }

  private columnNamed(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    if (this.names.length === MAX_TLV_COLUMNS) return -1;
    return this.names.push(name) - 1;
  }
}

/** Whether the first byte of values of this name is the highest by a schema. */
function isBig(schema: MetadataSchema, name: string): boolean {
  const type = schema.types.find((each) => each.name === name);
  if (type === undefined) return false;
  if (type.kind === 'ipv4' && type.endian !== undefined) return type.endian === 'big';
  return BYTEWISE.has(type.kind) || (type.endian ?? schema.framing.endian) === 'big';
}

const BYTEWISE: ReadonlySet<ValueKind> = new Set(['ipv4', 'ipv6', 'ip', 'mac', 'string', 'bytes']);
