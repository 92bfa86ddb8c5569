/** A map sample block (docs/capture-format.md): an entry of a BPF map that is new, has changed or has gone. */
import * as L from '#core/format/layout.gen.ts';
import { MAP_CHANGE } from '#core/format/structs.ts';

/** What the probe samples at most: longer is no sample. */
export const MAX_MAP_KEY_BYTES = 512;
export const MAX_MAP_VALUE_BYTES = 4096;

export type MapChange = keyof typeof MAP_CHANGE;

export interface MapSample {
  /** Id of the map. */
  readonly map: number;
  readonly change: MapChange;
  /** Of a per-CPU map; null = of another. */
  readonly cpu: number | null;
  /** Unix time, ns. */
  readonly time: bigint;
  readonly key: Uint8Array;
  /** Empty when the entry was deleted. */
  readonly value: Uint8Array;
}

const NO_CPU = 0xffff;
const pad4 = (n: number): number => (n + 3) & ~3;
const CHANGES = Object.entries(MAP_CHANGE) as readonly [MapChange, number][];

/** Body of a block → sample, key and value being views into it; or what is wrong with it, in a few words. Never throws. */
export function readMapSample(body: Uint8Array): { readonly value: MapSample } | { readonly fault: string } {
  if (body.length < L.MAP_SAMPLE_SIZE)
    return { fault: `${body.length} bytes, less than ${L.MAP_SAMPLE_SIZE}` };
  const v = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const keyLength = v.getUint32(L.MAP_SAMPLE_KEY_LENGTH, true);
  const valueLength = v.getUint32(L.MAP_SAMPLE_VALUE_LENGTH, true);
  const change = CHANGES.find(([, number]) => number === v.getUint8(L.MAP_SAMPLE_CHANGE))?.[0];
  if (change === undefined) return { fault: `change ${v.getUint8(L.MAP_SAMPLE_CHANGE)} is not known` };
  if (keyLength > MAX_MAP_KEY_BYTES) return { fault: `a key of ${keyLength} bytes` };
  if (valueLength > MAX_MAP_VALUE_BYTES) return { fault: `a value of ${valueLength} bytes` };
  const valueAt = L.MAP_SAMPLE_SIZE + pad4(keyLength);
  if (valueAt + valueLength > body.length) return { fault: 'key and value run past its end' };
  const cpu = v.getUint16(L.MAP_SAMPLE_CPU, true);
  return {
    value: {
      map: v.getUint32(L.MAP_SAMPLE_MAP, true),
      change,
      cpu: cpu === NO_CPU ? null : cpu,
      time: v.getBigUint64(L.MAP_SAMPLE_TIME, true),
      key: body.subarray(L.MAP_SAMPLE_SIZE, L.MAP_SAMPLE_SIZE + keyLength),
      value: body.subarray(valueAt, valueAt + valueLength),
    },
  };
}

/** The other direction. */
export function encodeMapSample(sample: MapSample): Uint8Array {
  const { key, value } = sample;
  const out = new Uint8Array(L.MAP_SAMPLE_SIZE + pad4(key.length) + pad4(value.length));
  const v = new DataView(out.buffer);
  v.setUint32(L.MAP_SAMPLE_MAP, sample.map, true);
  v.setUint8(L.MAP_SAMPLE_CHANGE, MAP_CHANGE[sample.change]);
  v.setUint16(L.MAP_SAMPLE_CPU, sample.cpu ?? NO_CPU, true);
  v.setBigUint64(L.MAP_SAMPLE_TIME, sample.time, true);
  v.setUint32(L.MAP_SAMPLE_KEY_LENGTH, key.length, true);
  v.setUint32(L.MAP_SAMPLE_VALUE_LENGTH, value.length, true);
  out.set(key, L.MAP_SAMPLE_SIZE);
  out.set(value, L.MAP_SAMPLE_SIZE + pad4(key.length));
  return out;
}
