/**
 * Timestamps of an interface to Unix nanoseconds (if_tsresol, if_tsoffset: draft-ietf-opsawg-pcapng
 * section 4.2) as two u32. Times before 1970 become 0 and after 2554 the last nanosecond of u64.
 */

const NS_PER_S = 1_000_000_000n;
const U32 = 0x1_0000_0000;
const U64_MAX = 0xffff_ffff_ffff_ffffn;
/** Largest factor with which u32 × factor + carry is exact in a double: 2^21 leaves room in 2^53. */
const MAX_FAST_FACTOR = 1 << 20;

export interface TimeParts {
  tsHi: number;
  tsLo: number;
}

export class InterfaceClock {
  /** ns = units × num / den + offsetS × 10^9 */
  readonly num: bigint;
  readonly den: bigint;
  readonly offsetS: bigint;
  /** Its units are ns of Unix time as they are. */
  readonly isUnixNs: boolean;
  /** ns per unit where that is a small integer and there is no offset, else 0. */
  readonly #factor: number;

  /** `tsresol` is the option's byte: 10^-n, or 2^-n with the top bit set. */
  constructor(tsresol: number, offsetS: bigint) {
    const exponent = tsresol & 0x7f;
    if ((tsresol & 0x80) !== 0) {
      this.num = NS_PER_S;
      this.den = 1n << BigInt(exponent);
    } else {
      this.num = exponent < 9 ? 10n ** BigInt(9 - exponent) : 1n;
      this.den = exponent > 9 ? 10n ** BigInt(exponent - 9) : 1n;
    }
    this.offsetS = offsetS;
    const fast = this.den === 1n && offsetS === 0n && this.num <= BigInt(MAX_FAST_FACTOR);
    this.#factor = fast ? Number(this.num) : 0;
    this.isUnixNs = this.#factor === 1;
  }

  /** Writes the time of `hi:lo` units to `out`. */
  toNs(hi: number, lo: number, out: TimeParts): void {
    const factor = this.#factor;
    if (factor === 0) {
      this.#toNsExact(hi, lo, out);
      return;
    }
    const low = lo * factor;
    const high = hi * factor + Math.floor(low / U32);
    out.tsHi = high < U32 ? high : 0xffff_ffff;
    out.tsLo = high < U32 ? low >>> 0 : 0xffff_ffff;
  }

  #toNsExact(hi: number, lo: number, out: TimeParts): void {
    const units = (BigInt(hi) << 32n) | BigInt(lo);
    let ns = (units * this.num) / this.den + this.offsetS * NS_PER_S;
    if (ns < 0n) ns = 0n;
    if (ns > U64_MAX) ns = U64_MAX;
    out.tsHi = Number(ns >> 32n);
    out.tsLo = Number(ns & 0xffff_ffffn);
  }
}

/** Seconds and nanoseconds (classic pcap) as Unix ns; `nanoseconds` may exceed a second. No bigint. */
export function secondsToNs(seconds: number, nanoseconds: number, out: TimeParts): void {
  // seconds = sh × 2^16 + sl, so that both products with 10^9 stay below 2^46 and are exact.
  const a = (seconds & 0xffff) * 1e9;
  const b = (seconds >>> 16) * 1e9;
  const low = (b % 65_536) * 65_536 + (a % U32) + nanoseconds;
  const high = Math.floor(b / 65_536) + Math.floor(a / U32) + Math.floor(low / U32);
  out.tsHi = high;
  out.tsLo = low % U32;
}
