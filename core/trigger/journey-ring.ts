/**
 * The latest events, as blocks and by journey, in memory that never grows: a ring of bytes for the blocks, where the
 * newest overwrites the oldest, and a table of journeys in order of their last event. What is overwritten before
 * anybody has taken it is told to the owner. Nothing is allocated for an event.
 */

/** About 95 000 events of the usual size. */
export const RING_BYTES = 32 * 1024 * 1024;
/** One that is forgotten and goes on begins anew. */
export const RING_JOURNEYS = 1 << 16;

export const NONE = 0xffff_ffff;

export const JOURNEY_FLAG = {
  /** Its events go to the capture. */
  kept: 1,
  /** Some of its events are held no longer. */
  cut: 2,
  /** It met the condition. */
  fired: 4,
  /** It was freed. */
  ended: 8,
} as const;

/** Words of a record, in front of its block. */
const WORD = {
  /** With these words, in bytes. */
  length: 0,
  slot: 1,
  /** Of the slot when the record was made: another one now, and the journey is forgotten. */
  serial: 2,
  interface: 3,
  next: 4,
  eventStart: 5,
  eventLength: 6,
  tsHi: 7,
  tsLo: 8,
  /** 1 = it is in the capture. */
  taken: 9,
} as const;
const HEADER_WORDS = 10;
const HEADER_BYTES = 4 * HEADER_WORDS;

/** What a record says of its event, beside the block. */
export interface RingEvent {
  readonly interface: number;
  /** Of the event struct, from the block's first byte; length 0 = there is none. */
  readonly eventStart: number;
  readonly eventLength: number;
  readonly tsHi: number;
  readonly tsLo: number;
  readonly taken: boolean;
}

export interface RingListener {
  /** An event that nobody took is gone. */
  leftOut(interfaceId: number, tsHi: number, tsLo: number): void;
}

/** Journeys that are kept, and passed over when one has to be forgotten. */
const MAX_PASSED_OVER = 256;

export class JourneyRing {
  readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly listener: RingListener;
  private head = 0;
  private tail = 0;
  /** Where the records of the round before end, while `head` is in front of `tail`. */
  private end = 0;
  private wrapped = false;
  private records = 0;

  /** By slot. */
  readonly flags: Uint8Array;
  /** Bits of the terms that it has met. */
  readonly met: Uint32Array;
  /** Record of its latest event that has metadata; NONE. */
  readonly telling: Uint32Array;
  /** Events of it in the ring. */
  readonly events: Uint32Array;
  private readonly idHi: Uint32Array;
  private readonly idLo: Uint32Array;
  private readonly serial: Uint32Array;
  private readonly first: Uint32Array;
  private readonly last: Uint32Array;
  private readonly older: Uint32Array;
  private readonly newer: Uint32Array;
  private readonly slots = new Map<number, number>();
  private used = 0;
  private oldest = NONE;
  private newest = NONE;
  /** The last `open` was of a journey that was not there. */
  opened = false;

  constructor(listener: RingListener, bytes = RING_BYTES, journeys = RING_JOURNEYS) {
    this.listener = listener;
    this.bytes = new Uint8Array(bytes & ~3);
    this.words = new Uint32Array(this.bytes.buffer);
    this.flags = new Uint8Array(journeys);
    const column = (): Uint32Array => new Uint32Array(journeys);
    this.met = column();
    this.telling = column();
    this.events = column();
    this.idHi = column();
    this.idLo = column();
    this.serial = column();
    this.first = column();
    this.last = column();
    this.older = column();
    this.newer = column();
  }

  /** The journey that was heard of last; NONE when there is none. Go on with `before`. */
  get latest(): number {
    return this.newest;
  }

  before(slot: number): number {
    return this.older[slot]!;
  }

  /** Of the journey in `slot`, high and low half. */
  id(slot: number): readonly [hi: number, lo: number] {
    return [this.idHi[slot]!, this.idLo[slot]!];
  }

  /** Slot of a journey that is there; NONE. */
  find(idHi: number, idLo: number): number {
    const slot = this.slots.get(idHi * 0x1_0000_0000 + idLo) ?? NONE;
    return slot !== NONE && this.idHi[slot] === idHi && this.idLo[slot] === idLo ? slot : NONE;
  }

  /** The oldest journey but those that are kept and go on; of very many such ones the oldest. */
  private forgettable(): number {
    let slot = this.oldest;
    for (let tries = 0; tries < MAX_PASSED_OVER && slot !== NONE; tries++) {
      if ((this.flags[slot]! & (JOURNEY_FLAG.kept | JOURNEY_FLAG.ended)) !== JOURNEY_FLAG.kept) return slot;
      slot = this.newer[slot]!;
    }
    return this.oldest;
  }

  /** Slot of a journey, which now is the latest; `opened` says whether it is new. May forget the oldest. */
  open(idHi: number, idLo: number): number {
    const key = idHi * 0x1_0000_0000 + idLo;
    let slot = this.slots.get(key) ?? NONE;
    // Ids beyond 2^53 may share a key: the later one takes it over.
    this.opened = slot === NONE || this.idHi[slot] !== idHi || this.idLo[slot] !== idLo;
    if (slot !== NONE) this.unlink(slot);
    else if (this.used < this.flags.length) slot = this.used++;
    else {
      slot = this.forgettable();
      this.unlink(slot);
      this.slots.delete(this.idHi[slot]! * 0x1_0000_0000 + this.idLo[slot]!);
    }
    if (this.opened) {
      this.slots.set(key, slot);
      this.idHi[slot] = idHi;
      this.idLo[slot] = idLo;
      this.serial[slot]!++;
      this.flags[slot] = 0;
      this.met[slot] = 0;
      this.events[slot] = 0;
      this.telling[slot] = NONE;
      this.first[slot] = NONE;
      this.last[slot] = NONE;
    }
    this.link(slot);
    return slot;
  }

  /**
   * Holds a block of the journey in `slot`, `length` (a multiple of 4) bytes from block[start]. Returns its record, NONE
   * when it is larger than the ring: then it is not held. What was told of other records may be overwritten.
   */
  add(slot: number, event: RingEvent, block: Uint8Array, start: number, length: number): number {
    const size = HEADER_BYTES + length;
    if (size > this.bytes.length) return NONE;
    this.makeRoom(size);
    const at = this.head;
    const { words } = this;
    const w = at >>> 2;
    words[w + WORD.length] = size;
    words[w + WORD.slot] = slot;
    words[w + WORD.serial] = this.serial[slot]!;
    words[w + WORD.interface] = event.interface;
    words[w + WORD.next] = NONE;
    words[w + WORD.eventStart] = event.eventStart;
    words[w + WORD.eventLength] = event.eventLength;
    words[w + WORD.tsHi] = event.tsHi;
    words[w + WORD.tsLo] = event.tsLo;
    words[w + WORD.taken] = event.taken ? 1 : 0;
    for (let i = 0, to = at + HEADER_BYTES; i < length; i++) this.bytes[to + i] = block[start + i]!;
    const last = this.last[slot]!;
    if (last === NONE) this.first[slot] = at;
    else words[(last >>> 2) + WORD.next] = at;
    this.last[slot] = at;
    this.events[slot]!++;
    this.head += size;
    this.records++;
    return at;
  }

  /** Calls `visit` with every record of the journey that is not taken, in order, and takes it. */
  take(slot: number, visit: (record: number) => void): void {
    const { words } = this;
    for (let at = this.first[slot]!; at !== NONE; at = words[(at >>> 2) + WORD.next]!) {
      if (words[(at >>> 2) + WORD.taken] !== 0) continue;
      words[(at >>> 2) + WORD.taken] = 1;
      visit(at);
    }
  }

  /** Grows with the time at which a record was added. */
  age(record: number): number {
    return this.wrapped && record < this.tail ? record + this.bytes.length : record;
  }

  blockStart(record: number): number {
    return record + HEADER_BYTES;
  }
  blockLength(record: number): number {
    return this.words[(record >>> 2) + WORD.length]! - HEADER_BYTES;
  }
  interfaceOf(record: number): number {
    return this.words[(record >>> 2) + WORD.interface]!;
  }
  /** In `bytes`. */
  eventStart(record: number): number {
    return record + HEADER_BYTES + this.words[(record >>> 2) + WORD.eventStart]!;
  }
  eventLength(record: number): number {
    return this.words[(record >>> 2) + WORD.eventLength]!;
  }
  tsHi(record: number): number {
    return this.words[(record >>> 2) + WORD.tsHi]!;
  }
  tsLo(record: number): number {
    return this.words[(record >>> 2) + WORD.tsLo]!;
  }

  /** Forgets everything; what nobody took is told. */
  clear(): void {
    while (this.records > 0) this.drop();
    this.slots.clear();
    this.used = 0;
    this.oldest = NONE;
    this.newest = NONE;
  }

  private makeRoom(size: number): void {
    if (this.head + size > this.bytes.length) {
      // What is in front of the end does not suffice: the next round begins, when all of the one before is gone.
      while (this.wrapped) this.drop();
      if (this.records > 0) {
        this.end = this.head;
        this.wrapped = true;
      }
      this.head = 0;
    }
    while (this.wrapped && this.tail < this.head + size) this.drop();
  }

  /** Drops the oldest record. */
  private drop(): void {
    const at = this.tail;
    const w = at >>> 2;
    const { words } = this;
    const slot = words[w + WORD.slot]!;
    if (words[w + WORD.taken] === 0)
      this.listener.leftOut(words[w + WORD.interface]!, words[w + WORD.tsHi]!, words[w + WORD.tsLo]!);
    if (this.serial[slot] === words[w + WORD.serial]) {
      this.first[slot] = words[w + WORD.next]!;
      if (this.first[slot] === NONE) this.last[slot] = NONE;
      if (this.telling[slot] === at) this.telling[slot] = NONE;
      if (words[w + WORD.taken] === 0) this.flags[slot]! |= JOURNEY_FLAG.cut;
      this.events[slot]!--;
    }
    this.records--;
    this.tail += words[w + WORD.length]!;
    if (this.wrapped && this.tail === this.end) {
      this.wrapped = false;
      this.tail = 0;
    }
    if (this.records === 0) {
      this.wrapped = false;
      this.tail = 0;
      this.head = 0;
    }
  }

  private link(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.newer[this.newest] = slot;
    this.newest = slot;
  }

  private unlink(slot: number): void {
    const older = this.older[slot]!;
    const newer = this.newer[slot]!;
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
  }
}
