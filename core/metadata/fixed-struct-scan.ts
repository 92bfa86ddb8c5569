/**
 * Structs whose fields are always there, each at one place: what structs of programs are. Reads as `structScan` does
 * (fixed-struct-scan.test.ts holds them against each other), without working anything out per area.
 */
import { FAULT, finish, MAX_TLVS, type Fault, type Scan } from './area-scan.ts';
import type { StructFraming, TlvType } from './types.ts';
import { elementSize } from './value.ts';

export interface FixedPlaces {
  /** Bytes from the start of the struct, by field. */
  readonly places: Int32Array;
  readonly sizes: Int32Array;
}

/** Where each field is; null = that depends on the bytes, or others ask for its values. `shares`: of `sharedUnits`. */
export function fixedPlaces(types: readonly TlvType[], shares: readonly boolean[]): FixedPlaces | null {
  const places = new Int32Array(types.length);
  const sizes = new Int32Array(types.length);
  let cursor = 0;
  let unit = 0;
  for (const [i, type] of types.entries()) {
    const element = elementSize(type);
    const { count: elements = 1, offset } = type;
    if (type.only !== undefined || type.kind === 'nested') return null;
    if (element === null || typeof elements !== 'number') return null;
    if (offset !== undefined && offset < 0) return null;
    const at = offset ?? (shares[i] === true ? unit : cursor);
    places[i] = unit = at;
    sizes[i] = element * elements;
    cursor = at + sizes[i];
  }
  return { places, sizes };
}

/** A struct with its places worked out; null as of `fixedPlaces`. */
export function fixedStructScan(
  framing: StructFraming,
  types: readonly TlvType[],
  shares: readonly boolean[],
): Scan | null {
  const { start: first = 0, size: wholeSize = null, from } = framing;
  const count = types.length;
  const fixed = count > MAX_TLVS ? null : fixedPlaces(types, shares);
  if (fixed === null) return null;
  const { places, sizes } = fixed;
  const numbers = Uint32Array.from(types, ({ type }) => type);
  let whole = 0;
  for (let i = 0; i < count; i++) whole = Math.max(whole, places[i]! + sizes[i]!);

  return function scan(buf, start, length, out) {
    const limit = Math.min(start + length, buf.length);
    const origin = from === 'end' ? limit - (wholeSize ?? 0) : start + first;
    if (limit <= start) {
      finish(out, 0, FAULT.none, start, start);
      return;
    }
    if (origin < start || origin > limit) {
      finish(out, 0, FAULT.truncated, start, start);
      return;
    }
    const left = (wholeSize === null ? limit : Math.min(limit, origin + wholeSize)) - origin;
    const relative = origin - start;
    const { column, type, offset, valueOffset, valueLength } = out;
    const lengths = out.length;
    let fault: Fault = FAULT.none;
    let end = origin + whole;
    let i = 0;
    for (; i < count; i++) {
      const at = places[i]!;
      const size = sizes[i]!;
      if (at + size > left) {
        fault = FAULT.truncated;
        end = Math.min(origin + at, limit);
        break;
      }
      column[i] = i;
      type[i] = numbers[i]!;
      offset[i] = relative + at;
      lengths[i] = size;
      valueOffset[i] = relative + at;
      valueLength[i] = size;
    }
    if (fault === FAULT.none && wholeSize !== null) {
      end = origin + wholeSize;
      if (end > limit) {
        fault = FAULT.truncated;
        end = limit;
      }
    }
    finish(out, i, fault, end, start);
  };
}
