/** Rows for tests: journey n has id n + 1, time n ms after the start, and one TLV with its number. */
import { CELL, type JourneyRows } from '#workers/api.ts';

export const FAKE_START_NS = 1_700_000_000_000_000_000n;

export interface FakeRowsOptions {
  readonly from: number;
  readonly count: number;
  readonly generation: number;
  readonly hops?: number;
  readonly tlvs?: number;
}

export function fakeRows({ from, count, generation, hops = 10, tlvs = 1 }: FakeRowsOptions): JourneyRows {
  const numbers = Uint32Array.from({ length: count }, (_, i) => from + i);
  const times = Array.from(numbers, (n) => FAKE_START_NS + BigInt(n) * 1_000_000n);
  const cells = new Uint8Array(count * hops).fill(CELL.present);
  for (let row = 0; row < count; row++) cells[row * hops] = CELL.written;
  return {
    generation,
    from,
    count,
    journey: numbers,
    idHi: new Uint32Array(count),
    idLo: numbers.map((n) => n + 1),
    run: Array.from(numbers, () => ''),
    timeHi: Uint32Array.from(times, (time) => Number(time >> 32n)),
    timeLo: Uint32Array.from(times, (time) => Number(time & 0xffff_ffffn)),
    events: new Uint32Array(count).fill(hops),
    protocol: new Uint8Array(count).fill(6),
    length: new Uint32Array(count).fill(98),
    cells,
    hops,
    source: Array.from(numbers, () => '10.0.0.1:4000'),
    destination: Array.from(numbers, () => '10.0.0.2:9000'),
    info: Array.from(numbers, (n) => `packet ${n}`),
    fields: [],
    columns: [],
    tlv: Array.from({ length: tlvs }, () => Array.from(numbers, (n) => `0x${n.toString(16)}`)),
  };
}
