import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDataHeader, encodeDataHeader } from './data-frame.ts';
import { DATA_HEADER_BYTES, MAX_FRAME_PAYLOAD_BYTES } from './messages.ts';

function frame(offset: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DATA_HEADER_BYTES + payload.length);
  bytes.set(encodeDataHeader(offset));
  bytes.set(payload, DATA_HEADER_BYTES);
  return bytes;
}

describe('DATA header', () => {
  it('is kind, reserved and offset, little-endian, 16 bytes', () => {
    expect([...encodeDataHeader(0x0001_0203_0405_06)]).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0, 0,
    ]);
  });

  it('brings back every offset and payload', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER - 64 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (offset, payload) => {
          expect(decodeDataHeader(frame(offset, payload))).toEqual({ ok: true, frame: { offset, payload } });
        },
      ),
    );
  });

  it('decodes a frame that lies inside a larger buffer', () => {
    const outer = new Uint8Array(64);
    outer.set(frame(7, Uint8Array.of(1, 2, 3)), 5);
    expect(decodeDataHeader(outer.subarray(5, 5 + DATA_HEADER_BYTES + 3))).toEqual({
      ok: true,
      frame: { offset: 7, payload: Uint8Array.of(1, 2, 3) },
    });
  });

  it('can be written in front of a payload that is already in place', () => {
    const bytes = frame(0, Uint8Array.of(9));
    encodeDataHeader(5, bytes as Uint8Array<ArrayBuffer>);
    expect(decodeDataHeader(bytes)).toEqual({ ok: true, frame: { offset: 5, payload: Uint8Array.of(9) } });
  });

  it('refuses a short frame, another kind, a used reserved field, a huge offset, a huge payload and none', () => {
    const other = frame(0, new Uint8Array(0));
    other[0] = 2;
    const reserved = frame(0, new Uint8Array(0));
    reserved[4] = 1;
    const past = frame(0, new Uint8Array(0));
    past.fill(0xff, 8, 16);
    expect(decodeDataHeader(new Uint8Array(15))).toEqual({
      ok: false,
      error: 'frame of 15 bytes is shorter than its header',
    });
    expect(decodeDataHeader(other)).toEqual({ ok: false, error: 'frame of unknown kind 2' });
    expect(decodeDataHeader(reserved)).toEqual({ ok: false, error: 'reserved field of the frame is not 0' });
    expect(decodeDataHeader(past)).toEqual({
      ok: false,
      error: 'offset 18446744073709551615 is past 2^53 - 1',
    });
    expect(decodeDataHeader(frame(0, new Uint8Array(MAX_FRAME_PAYLOAD_BYTES))).ok).toBe(true);
    expect(decodeDataHeader(frame(0, new Uint8Array(MAX_FRAME_PAYLOAD_BYTES + 1))).ok).toBe(false);
    expect(decodeDataHeader(frame(Number.MAX_SAFE_INTEGER, Uint8Array.of(1))).ok).toBe(false);
    expect(decodeDataHeader(frame(0, new Uint8Array(0)))).toEqual({
      ok: false,
      error: 'a frame without payload',
    });
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof decodeDataHeader(bytes).ok).toBe('boolean');
      }),
    );
  });

  it('cannot be written for what is no offset', () => {
    for (const bad of [-1, 0.5, NaN, 2 ** 53]) expect(() => encodeDataHeader(bad)).toThrow(RangeError);
  });
});
