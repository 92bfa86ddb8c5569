/**
 * Interns byte strings of one fixed size: the same bytes get the same number. For keys that come with
 * every packet (IPv6 addresses, tasks), where making a string per packet would cost more than the
 * rest of the decoding. Keys are hashed and compared as words of 4 bytes.
 */
const FIRST_SLOTS = 256;

export class BytesTable {
  /** Numbers run from 1 to `count`. */
  count = 0;
  /** Some key had no place. */
  refused = false;
  private readonly keyBytes: number;
  private readonly keyWords: number;
  private readonly limit: number;
  private readonly seed: number;
  /** The key that is looked for. */
  private readonly wanted: Uint32Array;
  /** Keys one after the other, each padded with zeros to whole words. */
  private words: Uint32Array;
  private slots = new Uint32Array(FIRST_SLOTS);
  private mask = FIRST_SLOTS - 1;

  /** Keys of `keyBytes` bytes, at most `limit` of them. The seed keeps a crafted capture from colliding all keys. */
  constructor(keyBytes: number, limit: number, seed: number) {
    this.keyBytes = keyBytes;
    this.keyWords = (keyBytes + 3) >>> 2;
    this.limit = limit;
    this.seed = seed | 0;
    this.wanted = new Uint32Array(this.keyWords);
    this.words = new Uint32Array(this.keyWords * FIRST_SLOTS);
  }

  /** Number of the key at byte `at` of `view` (the caller has checked that it is all there), 0 when the table is full. */
  intern(view: DataView, at: number): number {
    const { wanted, keyWords, slots, mask } = this;
    this.read(view, at);
    let slot = hashWords(wanted, 0, keyWords, this.seed) & mask;
    for (;;) {
      const number = slots[slot]!;
      if (number === 0) break;
      if (this.isWanted((number - 1) * keyWords)) return number;
      slot = (slot + 1) & mask;
    }
    if (this.count === this.limit) {
      this.refused = true;
      return 0;
    }
    const start = this.count * keyWords;
    if (start + keyWords > this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set(wanted, start);
    slots[slot] = ++this.count;
    if (this.count * 2 > slots.length) this.rehash();
    return this.count;
  }

  /** The bytes of a number from 1 to `count`; valid until the next `intern`. */
  key(number: number): Uint8Array {
    return new Uint8Array(this.words.buffer, (number - 1) * this.keyWords * 4, this.keyBytes);
  }

  /** Little-endian, like the machine, so that `key` sees the bytes as they were. */
  private read(view: DataView, at: number): void {
    const { wanted, keyBytes } = this;
    const whole = keyBytes >>> 2;
    for (let i = 0; i < whole; i++) wanted[i] = view.getInt32(at + 4 * i, true);
    if ((keyBytes & 3) === 0) return;
    let last = 0;
    for (let i = keyBytes - 1; i >= 4 * whole; i--) last = (last << 8) | view.getUint8(at + i);
    wanted[whole] = last;
  }

  private isWanted(start: number): boolean {
    const { wanted, words } = this;
    for (let i = 0; i < wanted.length; i++) if (words[start + i] !== wanted[i]) return false;
    return true;
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length * 4);
    this.mask = this.slots.length - 1;
    for (let number = 1; number <= this.count; number++) {
      const start = (number - 1) * this.keyWords;
      let slot = hashWords(this.words, start, this.keyWords, this.seed) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = number;
    }
  }
}

function hashWords(words: Uint32Array, start: number, count: number, seed: number): number {
  let h = seed;
  for (let i = 0; i < count; i++) {
    h = Math.imul(h ^ words[start + i]!, 0x85ebca6b);
    h ^= h >>> 15;
  }
  return Math.imul(h, 0x2c1b3c6d) >>> 8;
}
