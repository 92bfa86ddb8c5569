/** In which byte order the values of an area are, told by which of their ends varies. */
import { createAreaScan, FAULT } from '#core/metadata/scan.ts';
import { readerOf } from './measure.ts';
import type { AreaSample, Framing } from './types.ts';

const INTEGER_BYTES: ReadonlySet<number> = new Set([2, 4, 8]);
/** The low byte of a number varies by at least this many bits more than its high byte; of an identifier both vary alike. */
const MIN_DIFFERENCE_BITS = 1;
const MIN_VALUES = 8;
/** What a type costs that must say another byte order than the framing. Addresses are in network order anyway. */
const OTHER_ORDER_BITS = 4;
const OTHER_ORDER_ADDRESS_BITS = 2;
const ADDRESS_BYTES = 4;

export type ByteOrder = 'little' | 'big';

/** Shannon entropy in bits of counts that sum to `total`. */
export function entropyOf(counts: Iterable<number>, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

/** First and last bytes of all values of one type and length. */
export class EndBytes {
  readonly #first = new Uint32Array(256);
  readonly #last = new Uint32Array(256);
  #count = 0;

  add(first: number, last: number): void {
    this.#first[first]!++;
    this.#last[last]!++;
    this.#count++;
  }

  /** null = it does not tell. */
  order(): ByteOrder | null {
    if (this.#count < MIN_VALUES) return null;
    const difference = entropyOf(this.#first, this.#count) - entropyOf(this.#last, this.#count);
    if (Math.abs(difference) < MIN_DIFFERENCE_BITS) return null;
    return difference > 0 ? 'little' : 'big';
  }
}

const scan = createAreaScan();

/** For either byte order the bits that it costs types whose values are in the other. */
export function orderBits(
  areas: readonly AreaSample[],
  framing: Framing,
): Readonly<Record<ByteOrder, number>> {
  const decoder = readerOf(framing);
  const ends = new Map<string, { readonly length: number; readonly bytes: EndBytes }>();
  for (const { bytes } of areas) {
    decoder.scan(bytes, 0, bytes.length, scan);
    if (scan.fault !== FAULT.none) continue;
    for (let i = 0; i < scan.count; i++) {
      const length = scan.valueLength[i]!;
      if (!INTEGER_BYTES.has(length)) continue;
      const key = `${scan.type[i]!}/${length}`;
      let end = ends.get(key);
      if (end === undefined) ends.set(key, (end = { length, bytes: new EndBytes() }));
      const at = scan.valueOffset[i]!;
      end.bytes.add(bytes[at]!, bytes[at + length - 1]!);
    }
  }
  const cost = { little: 0, big: 0 };
  for (const { length, bytes } of ends.values()) {
    const order = bytes.order();
    if (order === 'little') cost.big += OTHER_ORDER_BITS;
    else if (order === 'big')
      cost.little += length === ADDRESS_BYTES ? OTHER_ORDER_ADDRESS_BITS : OTHER_ORDER_BITS;
  }
  return cost;
}
