/**
 * Journeys: dense numbers in order of their first event, found by (run, packet id) through an
 * open-addressing hash table. What a journey needs when an event arrives lies in one row of 32 bytes,
 * because the row of a journey is rarely in the cache and one miss is enough.
 */
import type { PacketBatch } from '#core/pcapng/packet-batch.ts';
import * as PACKET from '#core/pcapng/packet-row.ts';
import { CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';

/** Words of a row, all u32. */
const STRIDE_SHIFT = 3;
export const JOURNEY = {
  idHi: 0,
  idLo: 1,
  run: 2,
  /** Event numbers. */
  first: 3,
  last: 4,
  count: 5,
  flags: 6,
  /** Area of the newest event that had one, from 1; 0 = none yet. */
  area: 7,
} as const;

/** Bits of the flags word. */
export const JOURNEY_BIT = {
  /** It has an id (epb_packetid); others are one event each. */
  id: 1,
  /** Some event had metadata. */
  metadata: 2,
  /** Had metadata at its latest event that says so. */
  metadataNow: 4,
  /** Lost its metadata somewhere (an event has EVENT_BIT.lost). */
  lost: 8,
  /** Some event had metadata that could not be read. */
  unreadable: 16,
  /** Its events did not all arrive in order of time. */
  unordered: 32,
  /** Its metadata stayed behind where TCP put its payload into another packet (coalesced.ts). */
  coalesced: 64,
} as const;

const FIRST_SLOTS = 1 << 14;
/** The table grows by this much at a time: putting all journeys into a new one is what it costs most. */
const GROWTH_SHIFT = 2;
/** Slots of a group: 64 bytes. */
const GROUP_SHIFT = 4;
const GROUP_MASK = (1 << GROUP_SHIFT) - 1;
/** Journeys that are found without the hash table: of those under way, one for each end of an id. Words of a row. */
const RECENT_SHIFT = 2;
const RECENT_MASK = 0xff;
const RECENT = { idHi: 0, idLo: 1, run: 2, /** Journey + 1; 0 = none. */ journey: 3 } as const;
const CHUNK_WORDS = 1 << (CHUNK_SHIFT + STRIDE_SHIFT);

export class JourneyTable {
  count = 0;
  /** Journeys with JOURNEY_BIT.unordered. */
  unordered = 0;
  /** Rows in chunks; word `w` of journey `j` is `rows(j)[at(j) + w]`. */
  private readonly chunks: Uint32Array[] = [];
  private slots = new Uint32Array(FIRST_SLOTS);
  private shift = 32 - Math.log2(FIRST_SLOTS);
  /** Journeys with an id: the ones in `slots`. */
  private keyed = 0;
  private readonly seed: number;
  private readonly recent = new Int32Array((RECENT_MASK + 1) << RECENT_SHIFT);

  /** `seed` keeps a crafted capture from putting all its ids in one chain. */
  constructor(seed: number) {
    this.seed = seed;
  }

  rows(journey: number): Uint32Array {
    return this.chunks[journey >>> CHUNK_SHIFT]!;
  }

  at(journey: number): number {
    return (journey & CHUNK_MASK) << STRIDE_SHIFT;
  }

  /** One word of a row, for queries. */
  word(journey: number, word: number): number {
    return this.rows(journey)[this.at(journey) + word]!;
  }

  /** Journeys of packets `from` to `to` - 1 of a batch into `column`, from `row` on. */
  openAll(run: number, batch: PacketBatch, from: number, to: number, column: Uint32Array, row: number): void {
    const { rows } = batch;
    for (let i = from; ; i++) {
      i = this.findRecent(run, rows, i, to, column, row + i - from);
      if (i === to) return;
      const packet = i << PACKET.SHIFT;
      const hasId = (rows[packet + PACKET.BITS]! & PACKET.HAS_ID) !== 0;
      column[row + i - from] = hasId
        ? this.openRecent(run, rows[packet + PACKET.ID_HI]!, rows[packet + PACKET.ID_LO]!)
        : this.openAnonymous(run);
    }
  }

  /**
   * Nearly all packets belong to a journey that is under way. Takes these in, in a loop without a call, which lets the
   * engine keep what it works with in registers; returns the first packet that is none of these, `to` = there is none.
   */
  private findRecent(
    run: number,
    rows: Int32Array,
    from: number,
    to: number,
    column: Uint32Array,
    row: number,
  ): number {
    const { recent } = this;
    for (let i = from; i < to; i++, row++) {
      const packet = i << PACKET.SHIFT;
      const lo = rows[packet + PACKET.ID_LO]!;
      const r = (lo & RECENT_MASK) << RECENT_SHIFT;
      const journey = recent[r + RECENT.journey]!;
      const differ =
        (recent[r + RECENT.idLo]! ^ lo) |
        (recent[r + RECENT.idHi]! ^ rows[packet + PACKET.ID_HI]!) |
        (recent[r + RECENT.run]! ^ run) |
        ((rows[packet + PACKET.BITS]! & PACKET.HAS_ID) ^ PACKET.HAS_ID);
      if (differ !== 0 || journey === 0) return i;
      column[row] = journey - 1;
    }
    return to;
  }

  private openRecent(run: number, idHi: number, idLo: number): number {
    const { recent } = this;
    const journey = this.open(run, idHi, idLo);
    const r = (idLo & RECENT_MASK) << RECENT_SHIFT;
    recent[r + RECENT.idHi] = idHi;
    recent[r + RECENT.idLo] = idLo;
    recent[r + RECENT.run] = run;
    recent[r + RECENT.journey] = journey + 1;
    return journey;
  }

  /** The journey with this id in this run, made if it is new (then its count is 0). Words of an id are u32 or their bits. */
  open(run: number, idHi: number, idLo: number): number {
    const mask = this.slots.length - 1;
    let slot = this.slotOf(run, idHi, idLo);
    for (;;) {
      const found = this.slots[slot]!;
      if (found === 0) break;
      if (this.has(found - 1, run, idHi, idLo)) return found - 1;
      slot = (slot + 1) & mask;
    }
    const journey = this.add(run, idHi, idLo, JOURNEY_BIT.id);
    this.slots[slot] = journey + 1;
    if (++this.keyed * 2 > this.slots.length) this.rehash();
    return journey;
  }

  /** The journey with this id in this run, -1 when there is none. */
  find(run: number, idHi: number, idLo: number): number {
    let slot = this.slotOf(run, idHi, idLo);
    for (;;) {
      const found = this.slots[slot]!;
      if (found === 0) return -1;
      if (this.has(found - 1, run, idHi, idLo)) return found - 1;
      slot = (slot + 1) & (this.slots.length - 1);
    }
  }

  /** A journey without an id, of one event. */
  openAnonymous(run: number): number {
    return this.add(run, 0, 0, 0);
  }

  private add(run: number, idHi: number, idLo: number, flags: number): number {
    const journey = this.count++;
    if ((journey & CHUNK_MASK) === 0) this.chunks.push(new Uint32Array(CHUNK_WORDS));
    const rows = this.rows(journey);
    const at = this.at(journey);
    rows[at + JOURNEY.idHi] = idHi;
    rows[at + JOURNEY.idLo] = idLo;
    rows[at + JOURNEY.run] = run;
    rows[at + JOURNEY.flags] = flags;
    return journey;
  }

  private has(journey: number, run: number, idHi: number, idLo: number): boolean {
    const rows = this.rows(journey);
    const at = this.at(journey);
    return (
      ((rows[at + JOURNEY.idLo]! ^ idLo) |
        (rows[at + JOURNEY.idHi]! ^ idHi) |
        (rows[at + JOURNEY.run]! ^ run)) ===
      0
    );
  }

  /** Ids that follow each other, as most writers count, are neighbours in groups that fill a cache line. */
  private slotOf(run: number, idHi: number, idLo: number): number {
    let h = Math.imul((idLo >>> GROUP_SHIFT) ^ this.seed, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15) ^ idHi, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 13) ^ run, 0x9e3779b1);
    return ((h >>> this.shift) & ~GROUP_MASK) | (idLo & GROUP_MASK);
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length << GROWTH_SHIFT);
    this.shift -= GROWTH_SHIFT;
    const mask = this.slots.length - 1;
    for (let journey = 0; journey < this.count; journey++) {
      const rows = this.rows(journey);
      const at = this.at(journey);
      if ((rows[at + JOURNEY.flags]! & JOURNEY_BIT.id) === 0) continue;
      let slot = this.slotOf(rows[at + JOURNEY.run]!, rows[at + JOURNEY.idHi]!, rows[at + JOURNEY.idLo]!);
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = journey + 1;
    }
  }
}
