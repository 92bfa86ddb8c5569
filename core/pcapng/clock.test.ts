import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InterfaceClock, secondsToNs } from './clock.ts';

const U64_MAX = 0xffff_ffff_ffff_ffffn;
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

function toNs(clock: InterfaceClock, units: bigint): bigint {
  const out = { tsHi: 0, tsLo: 0 };
  clock.toNs(Number(units >> 32n), Number(units & 0xffff_ffffn), out);
  return (BigInt(out.tsHi) << 32n) | BigInt(out.tsLo);
}

function clamp(ns: bigint): bigint {
  return ns < 0n ? 0n : ns > U64_MAX ? U64_MAX : ns;
}

/** The definition, without any fast path. */
function expected(tsresol: number, offsetS: bigint, units: bigint): bigint {
  const exponent = BigInt(tsresol & 0x7f);
  const perSecond = (tsresol & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  return clamp((units * 1_000_000_000n) / perSecond + offsetS * 1_000_000_000n);
}

describe('InterfaceClock', () => {
  it.each(Array.from({ length: 256 }, (_, i) => i))(
    'agrees with the definition for if_tsresol %i',
    (tsresol) => {
      const samples = [0n, 1n, 999n, 0xffff_ffffn, 0x1_0000_0000n, 1_700_000_000_123_456_789n, U64_MAX];
      for (const offsetS of [0n, 1n, -1n, 1_700_000_000n, -(2n ** 63n), 2n ** 63n - 1n]) {
        const clock = new InterfaceClock(tsresol, offsetS);
        for (const units of samples) expect(toNs(clock, units)).toBe(expected(tsresol, offsetS, units));
      }
    },
  );

  it('agrees with the definition for any time in ns, µs and ms', () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 4, 5, 6, 7, 8, 9), u32, u32, (tsresol, hi, lo) => {
        const units = (BigInt(hi) << 32n) | BigInt(lo);
        expect(toNs(new InterfaceClock(tsresol, 0n), units)).toBe(expected(tsresol, 0n, units));
      }),
    );
  });

  it('keeps the last nanosecond, where a double would lose it', () => {
    expect(toNs(new InterfaceClock(9, 0n), 1_700_000_000_123_456_789n)).toBe(1_700_000_000_123_456_789n);
    expect(toNs(new InterfaceClock(6, 0n), 1_700_000_000_123_456n)).toBe(1_700_000_000_123_456_000n);
  });

  it('gives the fraction that one unit is', () => {
    const parts = (tsresol: number): bigint[] => {
      const { num, den } = new InterfaceClock(tsresol, 0n);
      return [num, den];
    };
    expect(parts(9)).toEqual([1n, 1n]);
    expect(parts(6)).toEqual([1000n, 1n]);
    expect(parts(12)).toEqual([1n, 1000n]);
    expect(parts(0x80 | 32)).toEqual([1_000_000_000n, 1n << 32n]);
  });
});

describe('secondsToNs', () => {
  it('is seconds × 10^9 + nanoseconds for every u32 second and fraction up to u32 µs', () => {
    fc.assert(
      fc.property(u32, u32, fc.constantFrom(1, 1000), (seconds, fraction, scale) => {
        const out = { tsHi: 0, tsLo: 0 };
        secondsToNs(seconds, fraction * scale, out);
        const ns = (BigInt(out.tsHi) << 32n) | BigInt(out.tsLo);
        expect(ns).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * BigInt(scale));
      }),
    );
  });
});
