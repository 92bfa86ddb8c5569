/**
 * TLV values as typed columns, one row per area, so that a filter over a value runs over an array.
 * Which schema reads an area: the user's, if there is one, else the capture's that was in force when
 * the area arrived. Printed values do not come from here but from the bytes (`decodeArea`).
 */
import { createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import type { TlvType, ValueKind } from '#core/metadata/types.ts';
import type { AreaTable } from './area-table.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT, MAX_TLV_COLUMNS } from './limits.ts';

/** Values beyond this many bytes are in the columns by their first bytes only. */
export const VALUE_BYTES = 8;

class TlvChunk {
  /** Value as an unsigned number of up to 64 bits; of addresses, text and bytes the first 8 bytes, big-endian. */
  readonly hi = new Uint32Array(CHUNK_EVENTS);
  readonly lo = new Uint32Array(CHUNK_EVENTS);
  /** Bytes of the value + 1; 0 = the area has no such TLV. */
  readonly size = new Uint16Array(CHUNK_EVENTS);
}

export interface TlvValue {
  readonly hi: number;
  readonly lo: number;
  readonly length: number;
}

interface Phase {
  readonly decoder: AreaDecoder;
  /** Areas from this number on. */
  readonly from: number;
  /** Column of this index for each type of the schema; -1 = no more columns. */
  readonly column: Int16Array;
  /** 1 = the value's first byte is its highest. */
  readonly big: Uint8Array;
}

export class TlvIndex {
  /** Column names: those of the schema in order, then what later schemas of the capture added. */
  readonly names: string[] = [];
  private chunks: (TlvChunk | undefined)[][] = [];
  private captured: { from: number; decoder: AreaDecoder }[] = [];
  private user: AreaDecoder | null = null;
  private phases: Phase[] = [];
  private readonly scan = createAreaScan();
  private readonly areas: AreaTable;
  /** Areas from here to `target` still have the values of an earlier schema. */
  private cursor = 1;
  private target = 0;

  constructor(areas: AreaTable) {
    this.areas = areas;
  }

  /** The schema in force for what arrives now; null = none. */
  get current(): AreaDecoder | null {
    return this.phases.at(-1)?.decoder ?? null;
  }

  /** The first area that the schema in force reads: older ones may have been read by another. */
  get currentFrom(): number {
    return this.phases.at(-1)?.from ?? 0;
  }

  /** The schema that reads this area; null = none. */
  decoderFor(area: number): AreaDecoder | null {
    for (let i = this.phases.length - 1; i >= 0; i--) {
      if (this.phases[i]!.from <= area) return this.phases[i]!.decoder;
    }
    return null;
  }

  /** A schema found in the capture: in force for the areas that follow. */
  addCaptured(decoder: AreaDecoder): void {
    const from = this.areas.count + 1;
    const last = this.captured.at(-1);
    if (last?.from === from) this.captured.pop();
    this.captured.push({ from, decoder });
    if (this.user !== null) return;
    if (last?.from === from) this.phases.pop();
    this.phases.push(this.phase(decoder, from));
  }

  /** The user's schema for all areas, null = back to those of the capture. Then call `advance` until it is done. */
  setUser(decoder: AreaDecoder | null): void {
    this.user = decoder;
    this.names.length = 0;
    this.chunks = [];
    const phases = decoder === null ? this.captured : [{ from: 0, decoder }];
    this.phases = [];
    for (const { from, decoder: each } of phases) this.phases.push(this.phase(each, from));
    this.cursor = 1;
    this.target = this.areas.count;
  }

  /** Reads at most `budget` of the areas that a change of schema left behind; true when none is left. */
  advance(budget: number): boolean {
    const end = Math.min(this.target, this.cursor + budget - 1);
    for (; this.cursor <= end; this.cursor++) this.add(this.cursor);
    return this.cursor > this.target;
  }

  /** Reads one area into the columns. */
  add(area: number): void {
    let p = this.phases.length - 1;
    while (p >= 0 && this.phases[p]!.from > area) p--;
    if (p < 0) return;
    const phase = this.phases[p]!;
    const { areas, scan } = this;
    const page = areas.page(area);
    const start = areas.start(area);
    phase.decoder.scan(page, start, areas.length(area), scan);
    const index = area - 1;
    for (let i = 0; i < scan.count; i++) {
      const type = scan.column[i]!;
      if (type < 0) continue;
      const column = phase.column[type]!;
      if (column < 0) continue;
      const chunk = this.chunks[column]![index >>> CHUNK_SHIFT] ?? this.grow(column, index >>> CHUNK_SHIFT);
      const row = index & CHUNK_MASK;
      // The first of several TLVs of one type is the one in the column.
      if (chunk.size[row] !== 0) continue;
      const length = scan.valueLength[i]!;
      chunk.size[row] = length + 1;
      const at = start + scan.valueOffset[i]!;
      if (phase.big[type] === 1) storeBig(chunk, row, page, at, length);
      else storeLittle(chunk, row, page, at, length);
    }
  }

  /** The value of a column (index into `names`) in an area; null when it has none. */
  value(column: number, area: number): TlvValue | null {
    const chunk = this.chunks[column]?.[(area - 1) >>> CHUNK_SHIFT];
    const row = (area - 1) & CHUNK_MASK;
    if (area === 0 || chunk === undefined || chunk.size[row] === 0) return null;
    return { hi: chunk.hi[row]!, lo: chunk.lo[row]!, length: chunk.size[row]! - 1 };
  }

  private grow(column: number, chunkIndex: number): TlvChunk {
    const chunk = new TlvChunk();
    this.chunks[column]![chunkIndex] = chunk;
    return chunk;
  }

  private phase(decoder: AreaDecoder, from: number): Phase {
    const { types, framing } = decoder.schema;
    return {
      decoder,
      from,
      column: Int16Array.from(types, (type) => this.columnNamed(type.name)),
      big: Uint8Array.from(types, (type) => (isBig(type, framing.endian) ? 1 : 0)),
    };
  }

  private columnNamed(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    if (this.names.length === MAX_TLV_COLUMNS) return -1;
    this.chunks.push([]);
    return this.names.push(name) - 1;
  }
}

const BYTEWISE: ReadonlySet<ValueKind> = new Set(['ipv4', 'ipv6', 'mac', 'string', 'bytes']);

function isBig(type: TlvType, endian: 'little' | 'big'): boolean {
  return BYTEWISE.has(type.kind) || (type.endian ?? endian) === 'big';
}

function storeBig(chunk: TlvChunk, row: number, buf: Uint8Array, at: number, length: number): void {
  const used = Math.min(length, VALUE_BYTES);
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < used; i++) {
    hi = (hi << 8) | (lo >>> 24);
    lo = (lo << 8) | buf[at + i]!;
  }
  chunk.hi[row] = hi;
  chunk.lo[row] = lo;
}

function storeLittle(chunk: TlvChunk, row: number, buf: Uint8Array, at: number, length: number): void {
  const used = Math.min(length, VALUE_BYTES);
  let hi = 0;
  let lo = 0;
  for (let i = used - 1; i >= 0; i--) {
    hi = (hi << 8) | (lo >>> 24);
    lo = (lo << 8) | buf[at + i]!;
  }
  chunk.hi[row] = hi;
  chunk.lo[row] = lo;
}
