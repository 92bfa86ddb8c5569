import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCapture } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import { CaptureStore } from './capture-store.ts';
import { ChunkMemory, EventChunk, RECORD_SHIFT } from './event-columns.ts';
import { hopList } from './hops.ts';
import { journeyDetail } from './journey-detail.ts';
import { CHUNK_EVENTS } from './limits.ts';
import { RECORD_WORDS } from './record-words.ts';
import type { Shared } from './sealed-columns.ts';

const FIRST_EVENT = 3 * CHUNK_EVENTS;
/** Rows that a test looks at: the ends, and some between. */
const ROWS = [0, 1, 2, 3, 511, 4096, 40_000, CHUNK_EVENTS - 1];
const COLUMNS = [
  'blockLength',
  'tsHi',
  'tsLo',
  'interfaceIndex',
  'journey',
  'next',
  'area',
  'src',
  'dst',
  'length',
  'hop',
  'srcPort',
  'dstPort',
  'vlan',
  'cpu',
  'flags',
  'metaState',
  'metaLength',
  'protocol',
  'tcpFlags',
  'state',
  'cause',
] as const;

function read(chunk: EventChunk): unknown {
  const word = new Uint32Array(CHUNK_EVENTS);
  return ROWS.map((row) => ({
    offset: chunk.blockOffset(row),
    columns: COLUMNS.map((name) => chunk[name][row]),
    record: Array.from({ length: RECORD_WORDS }, (_, w) => chunk.record(row, w)),
    recordColumns: Array.from({ length: RECORD_WORDS }, (_, w) => {
      chunk.recordColumn(w, row, row + 1, word);
      return word[row];
    }),
  }));
}

/** What a test writes: small, large or the same everywhere, so that columns are narrowed, not, or shared. */
const anyColumns = fc.record({
  base: fc.double({ min: 0, max: 2 ** 52, noNaN: true }).map(Math.floor),
  far: fc.boolean(),
  values: fc.array(fc.constantFrom(0, 1, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff), {
    minLength: COLUMNS.length * ROWS.length,
    maxLength: COLUMNS.length * ROWS.length,
  }),
  words: fc.array(fc.constantFrom(0, 7, 0x1234, 0xffff_8881), {
    minLength: RECORD_WORDS * ROWS.length,
    maxLength: RECORD_WORDS * ROWS.length,
  }),
  chained: fc.boolean(),
});

describe('a chunk of events', () => {
  it('says the same when it is sealed', () => {
    const memory = new ChunkMemory();
    const common: Shared = new Map();
    fc.assert(
      fc.property(anyColumns, ({ base, far, values, words, chained }) => {
        const chunk = new EventChunk(memory.clear());
        for (let row = 0; row < CHUNK_EVENTS; row++) chunk.offsets[row] = base + row * (far ? 100_000 : 100);
        ROWS.forEach((row, i) => {
          COLUMNS.forEach((name, k) => (chunk[name][row] = values[i * COLUMNS.length + k]!));
          // Events of one journey, whose records may be the same or not.
          chunk.next[row] = chained ? FIRST_EVENT + (ROWS[i + 1] ?? 2 * CHUNK_EVENTS) : 0;
          chunk.records.set(words.slice(i * RECORD_WORDS, (i + 1) * RECORD_WORDS), row << RECORD_SHIFT);
        });
        const open = read(chunk);
        expect(chunk.seal(FIRST_EVENT, common)).toBe(memory);
        expect(read(chunk)).toEqual(open);
        expect(chunk.recordsIfOpen).toBeNull();
      }),
      { numRuns: 12 },
    );
  });

  it('keeps what changes later writable, and its own', () => {
    const memory = new ChunkMemory();
    const common: Shared = new Map();
    const [a, b] = [new EventChunk(memory), new EventChunk()];
    a.seal(0, common);
    b.seal(CHUNK_EVENTS, common);
    for (const name of ['next', 'state', 'cause', 'flags'] as const) {
      a[name][5] = 1;
      expect(b[name][5]).toBe(0);
      expect(new EventChunk(memory)[name][5]).toBe(0);
    }
    expect(a.vlan).toBe(b.vlan);
  });
});

describe('a store of more events than are open', () => {
  /** Two chunks and more; then the first packets again, which are older than what their journeys have by then. */
  function filled(openChunks: number): CaptureStore {
    const store = new CaptureStore({ seed: 1, openChunks });
    const reader = new CaptureReader(store);
    const chunks = generateCapture({ events: 3 * CHUNK_EVENTS, rewrites: 'once', chunkBytes: 64 * 1024 });
    for (const chunk of [...chunks, chunks[1]!]) reader.push(chunk);
    reader.end();
    return store;
  }

  it('tells the same of them', () => {
    const [sealed, open] = [filled(1), filled(Infinity)];
    expect(sealed.events.chunks.map((chunk) => chunk.recordsIfOpen === null)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(open.events.chunks.some((chunk) => chunk.recordsIfOpen === null)).toBe(false);
    expect(sealed.journeys.unordered).toBeGreaterThan(0);
    expect(sealed.events.chunks.map(read)).toEqual(open.events.chunks.map(read));
    const told = (store: CaptureStore) =>
      Array.from({ length: 40 }, (_, journey) => journeyDetail(store, journey));
    expect(told(sealed)).toEqual(told(open));
    const losses = (store: CaptureStore) => hopList(store, new JourneyList(store, NO_FILTER));
    expect(losses(sealed)).toEqual(losses(open));
  });
});
