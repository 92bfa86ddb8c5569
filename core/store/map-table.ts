/**
 * Entries of BPF maps as they were sampled, in order of arrival: numbers in arrays, keys and values as bytes in
 * one heap.
 */
import { type MapSample, readMapSample } from '#core/pcapng/map-sample.ts';
import { MAX_MAP_BYTES, MAX_MAP_SAMPLES } from './limits.ts';

const FIRST_BYTES = 4096;

export class MapTable {
  /** Something had no place. */
  full = false;
  private readonly samples: Omit<MapSample, 'key' | 'value'>[] = [];
  /** 0, then of each sample where its key ends and its value begins, and where that ends. */
  private readonly places: number[] = [0];
  private bytes = new Uint8Array(0);

  get count(): number {
    return this.samples.length;
  }

  /** Takes in the body of a block; null, or why not, in a few words. */
  add(body: Uint8Array): string | null {
    const read = readMapSample(body);
    if ('fault' in read) return read.fault;
    const { key, value, ...sample } = read.value;
    const start = this.places.at(-1)!;
    const end = start + key.length + value.length;
    if (this.count === MAX_MAP_SAMPLES || end > MAX_MAP_BYTES) {
      this.full = true;
      return 'there is no room for it';
    }
    this.reserve(end);
    this.bytes.set(key, start);
    this.bytes.set(value, start + key.length);
    this.places.push(start + key.length, end);
    this.samples.push(sample);
    return null;
  }

  /** Sample number `n`, from 0; key and value are views that last until the next `add`. */
  sample(n: number): MapSample {
    const [start, middle, end] = this.places.slice(2 * n, 2 * n + 3) as [number, number, number];
    return {
      ...this.samples[n]!,
      key: this.bytes.subarray(start, middle),
      value: this.bytes.subarray(middle, end),
    };
  }

  private reserve(end: number): void {
    if (end <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(FIRST_BYTES, 2 * this.bytes.length, end));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
