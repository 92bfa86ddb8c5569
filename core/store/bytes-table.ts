/**
 * Interns byte strings of one fixed size: the same bytes get the same number. For keys that come with
 * every packet (IPv6 addresses, tasks), where making a string per packet would cost more than the
 * rest of the decoding.
 */
const FIRST_SLOTS = 256;

export class BytesTable {
  /** Numbers run from 1 to `count`. */
  count = 0;
  private bytes: Uint8Array;
  private slots = new Uint32Array(FIRST_SLOTS);
  private mask = FIRST_SLOTS - 1;
  private readonly keyBytes: number;
  private readonly limit: number;
  private readonly seed: number;

  /** Keys of `keyBytes` bytes, at most `limit` of them. The seed keeps a crafted capture from colliding all keys. */
  constructor(keyBytes: number, limit: number, seed: number) {
    this.keyBytes = keyBytes;
    this.limit = limit;
    this.seed = seed;
    this.bytes = new Uint8Array(keyBytes * FIRST_SLOTS);
  }

  /** Number of the key at `buf[at ..]` (the caller has checked that it is all there), 0 when the table is full. */
  intern(buf: Uint8Array, at: number): number {
    let slot = this.hash(buf, at) & this.mask;
    for (;;) {
      const number = this.slots[slot]!;
      if (number === 0) break;
      if (this.equals(number, buf, at)) return number;
      slot = (slot + 1) & this.mask;
    }
    if (this.count === this.limit) return 0;
    const number = ++this.count;
    const end = number * this.keyBytes;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    for (let i = 0; i < this.keyBytes; i++) this.bytes[end - this.keyBytes + i] = buf[at + i]!;
    this.slots[slot] = number;
    if (this.count * 2 > this.slots.length) this.rehash();
    return number;
  }

  /** The bytes of a number from 1 to `count`; valid until the next `intern`. */
  key(number: number): Uint8Array {
    return this.bytes.subarray((number - 1) * this.keyBytes, number * this.keyBytes);
  }

  private equals(number: number, buf: Uint8Array, at: number): boolean {
    const start = (number - 1) * this.keyBytes;
    for (let i = 0; i < this.keyBytes; i++) if (this.bytes[start + i] !== buf[at + i]) return false;
    return true;
  }

  private hash(buf: Uint8Array, at: number): number {
    let h = this.seed;
    for (let i = 0; i < this.keyBytes; i++) h = Math.imul(h ^ buf[at + i]!, 0x01000193);
    h ^= h >>> 15;
    return Math.imul(h, 0x2c1b3c6d) >>> 8;
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    this.mask = this.slots.length - 1;
    for (let number = 1; number <= this.count; number++) {
      let slot = this.hash(this.bytes, (number - 1) * this.keyBytes) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = number;
    }
  }
}
