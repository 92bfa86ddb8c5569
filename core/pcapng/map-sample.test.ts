import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAP_SAMPLE_CHANGE,
  MAP_SAMPLE_KEY_LENGTH,
  MAP_SAMPLE_VALUE_LENGTH,
} from '#core/format/layout.gen.ts';
import { MAP_CHANGE } from '#core/format/structs.ts';
import {
  encodeMapSample,
  type MapChange,
  type MapSample,
  MAX_MAP_KEY_BYTES,
  MAX_MAP_VALUE_BYTES,
  readMapSample,
} from './map-sample.ts';

const anySample: fc.Arbitrary<MapSample> = fc.record({
  map: fc.integer({ min: 0, max: 0xffff_ffff }),
  change: fc.constantFrom(...(Object.keys(MAP_CHANGE) as MapChange[])),
  cpu: fc.option(fc.integer({ min: 0, max: 0xfffe })),
  time: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  key: fc.uint8Array({ maxLength: 40 }),
  value: fc.uint8Array({ maxLength: 300 }),
});

const ENTRY: MapSample = {
  map: 7,
  change: 'changed',
  cpu: null,
  time: 9n,
  key: Uint8Array.of(1, 2, 3),
  value: Uint8Array.of(4, 5, 6, 7, 8),
};

describe('a map sample', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        expect(readMapSample(encodeMapSample(sample))).toEqual({ value: sample });
      }),
    );
  });

  it('has its value on a multiple of 4 behind the key', () => {
    const body = encodeMapSample(ENTRY);
    expect([...body.subarray(24)]).toEqual([1, 2, 3, 0, 4, 5, 6, 7, 8, 0, 0, 0]);
  });

  it.each([
    ['cut in its header', (body: Uint8Array) => body.subarray(0, 23), '23 bytes, less than 24'],
    ['cut in its value', (body: Uint8Array) => body.subarray(0, 32), 'key and value run past its end'],
    ['of a later kind', with8(MAP_SAMPLE_CHANGE, 9), 'change 9 is not known'],
    ['with a key too long', with32(MAP_SAMPLE_KEY_LENGTH, MAX_MAP_KEY_BYTES + 1), 'a key of 513 bytes'],
    ['with a value of 4 GiB', with32(MAP_SAMPLE_VALUE_LENGTH, 0xffff_ffff), 'a value of 4294967295 bytes'],
    ['with a key past its end', with32(MAP_SAMPLE_KEY_LENGTH, 16), 'key and value run past its end'],
  ])('says what is wrong with one %s', (_, spoil, fault) => {
    expect(readMapSample(spoil(encodeMapSample(ENTRY)))).toEqual({ fault });
  });

  it('never reads outside of any bytes', () => {
    fc.assert(
      fc.property(anySample, fc.uint8Array({ minLength: 1, maxLength: 30 }), (sample, noise) => {
        const body = encodeMapSample(sample);
        noise.forEach((value, i) => (body[(value * 7 + i) % body.length] = value));
        const read = readMapSample(body);
        if (!('value' in read)) return;
        const { key, value } = read.value;
        expect(key.length).toBeLessThanOrEqual(MAX_MAP_KEY_BYTES);
        expect(value.length).toBeLessThanOrEqual(MAX_MAP_VALUE_BYTES);
        expect(value.byteOffset + value.length).toBeLessThanOrEqual(body.byteOffset + body.length);
      }),
    );
  });
});

function with8(at: number, value: number): (body: Uint8Array) => Uint8Array {
  return (body) => body.with(at, value);
}

function with32(at: number, value: number): (body: Uint8Array) => Uint8Array {
  return (body) => {
    new DataView(body.buffer).setUint32(at, value, true);
    return body;
  };
}
