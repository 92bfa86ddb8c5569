import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestSamples, SAMPLE_BYTES, STRIDE_BYTES, WHOLE_BYTES } from './digest-samples.ts';
import { DIGEST } from './digest-text.ts';
import { digestOf } from './digest.ts';

const CAPTURE = Uint8Array.from(
  { length: WHOLE_BYTES + 2 * STRIDE_BYTES + 100 },
  (_, i) => (i * 31 + (i >> 8)) & 0xff,
);

function digest(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const samples = new DigestSamples();
  let from = 0;
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    samples.add(bytes.subarray(from, to));
    from = to;
  }
  return digestOf(samples);
}

describe('the digest of a capture', () => {
  it('is the same however the bytes came', () => {
    const whole = digest(CAPTURE);
    expect(whole).toMatch(DIGEST);
    const cut = fc.oneof(
      fc.nat(CAPTURE.length),
      // Within samples, and at their ends.
      fc
        .tuple(fc.nat(3), fc.integer({ min: -2, max: SAMPLE_BYTES + 2 }))
        .map(([n, by]) => Math.min(CAPTURE.length, Math.max(0, n * STRIDE_BYTES + by))),
    );
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 12 }), (cuts) => {
        expect(digest(CAPTURE, cuts)).toBe(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('of a small capture is of all its bytes and their number', () => {
    const bytes = CAPTURE.subarray(0, 1000);
    const length = Buffer.alloc(8);
    length.writeUInt32LE(1000);
    const sha = createHash('sha256').update(bytes).update(length).digest().subarray(0, 12);
    expect(digest(bytes)).toBe(sha.toString('base64url'));
  });

  it.each([
    ['a byte of the first MiB', (bytes: Uint8Array) => (bytes[WHOLE_BYTES - 1]! ^= 1)],
    ['the last byte of a sample', (bytes: Uint8Array) => (bytes[2 * STRIDE_BYTES + SAMPLE_BYTES - 1]! ^= 1)],
  ])('is another with %s changed', (_, change) => {
    const bytes = CAPTURE.slice();
    change(bytes);
    expect(digest(bytes)).not.toBe(digest(CAPTURE));
  });

  it('is another when something was cut off, or put in', () => {
    expect(digest(CAPTURE.subarray(0, -1))).not.toBe(digest(CAPTURE));
    const longer = new Uint8Array(CAPTURE.length + 4);
    const at = WHOLE_BYTES + 1000;
    longer.set(CAPTURE.subarray(0, at));
    longer.set(CAPTURE.subarray(at), at + 4);
    expect(digest(longer)).not.toBe(digest(CAPTURE));
  });

  it('does not see bytes changed in place between two samples', () => {
    const bytes = CAPTURE.slice();
    bytes[WHOLE_BYTES + SAMPLE_BYTES]! ^= 1;
    expect(digest(bytes)).toBe(digest(CAPTURE));
  });
});
