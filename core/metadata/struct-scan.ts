/**
 * Structs: fields at the offsets that the schema says, or one behind the other where sizes or presence depend on
 * fields before them. Fields that are not there are left out; the first that does not fit is a fault.
 */
import { FAULT, finish, MAX_TLVS, type Fault, type Scan } from './area-scan.ts';
import type { Condition, Extent, StructFraming, TlvType } from './types.ts';
import { elementSize } from './value.ts';

/** Fields of more bytes decide nothing: conditions and extents are numbers of 32 bits. */
export const MAX_DECIDING_BYTES = 4;
/** A field that is not there has this value: no condition on it holds, and an extent from it is 0. */
const ABSENT = -1;

/** Names of the struct's fields so far, and of what it is nested in, with what they said in the area being read. */
export interface Scope {
  readonly names: readonly string[];
  readonly values: Float64Array;
  readonly outer: Scope | null;
}

type Read = () => number;

interface Plan {
  readonly offset: number | null;
  readonly size: Length;
  /** Undefined = no list. */
  readonly count: Length | 'rest' | undefined;
  readonly shares: boolean;
  readonly present: ((left: number) => boolean) | null;
  readonly type: number;
  readonly little: boolean;
  readonly shift: number;
  readonly mask: number;
}

/** Bytes or elements: a number, what a field before says, or without one what is left, plus `add`. */
type Length = number | { readonly read: Read | null; readonly unit: number; readonly add: number };

export function structScope(types: readonly TlvType[], outer: Scope | null): Scope {
  return { names: types.map(({ name }) => name), values: new Float64Array(types.length).fill(ABSENT), outer };
}

/** `scope` is that of `types`, made by `structScope`. Schemas from `parseSchema` only refer to fields that are before. */
export function structScan(framing: StructFraming, types: readonly TlvType[], scope: Scope): Scan {
  const { start: first = 0, size: wholeSize = null, from } = framing;
  const { values } = scope;
  const shares = sharedUnits(types);
  const plans = types.map((type, i): Plan => {
    const little = (type.endian ?? framing.endian) === 'little';
    const { bits } = type;
    return {
      offset: type.offset ?? null,
      size: lengthOf(type.size ?? elementSize(type) ?? 'rest', scope),
      count: type.count === undefined || type.count === 'rest' ? type.count : lengthOf(type.count, scope),
      shares: shares[i]!,
      present: type.only === undefined ? null : presence(type.only, scope),
      type: type.type,
      little,
      shift: bits?.from ?? 0,
      mask: bits === undefined ? 0xffffffff : 2 ** bits.count - 1,
    };
  });

  return function scan(buf, start, length, out) {
    const limit = Math.min(start + length, buf.length);
    const origin = from === 'end' ? limit - (wholeSize ?? 0) : start + first;
    values.fill(ABSENT);
    if (limit <= start) {
      finish(out, 0, FAULT.none, start, start);
      return;
    }
    if (origin < start || origin > limit) {
      finish(out, 0, FAULT.truncated, start, start);
      return;
    }
    const stop = wholeSize === null ? limit : Math.min(limit, origin + wholeSize);
    let count = 0;
    let fault: Fault = FAULT.none;
    let cursor = origin;
    let unit = -1;
    let end = origin;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i]!;
      let at = cursor;
      if (plan.offset !== null) at = plan.offset >= 0 ? origin + plan.offset : stop + plan.offset;
      else if (plan.shares && unit >= 0) at = unit;
      if (plan.present !== null && !plan.present(stop - at)) {
        if (!plan.shares) unit = -1;
        continue;
      }
      unit = at;
      let size = sizeOf(plan.size, stop - at);
      if (plan.count !== undefined) {
        size = plan.count === 'rest' ? Math.max(0, stop - at) : size * sizeOf(plan.count, 0);
      }
      if (at < origin || size < 0 || at + size > stop) {
        fault = FAULT.truncated;
        end = Math.min(Math.max(at, origin), limit);
        break;
      }
      if (count === MAX_TLVS) {
        fault = FAULT.tooMany;
        end = at;
        break;
      }
      out.column[count] = i;
      out.type[count] = plan.type;
      out.offset[count] = at - start;
      out.length[count] = size;
      out.valueOffset[count] = at - start;
      out.valueLength[count] = size;
      count++;
      if (size <= MAX_DECIDING_BYTES) values[i] = decidingValue(buf, at, size, plan);
      cursor = at + size;
      end = Math.max(end, cursor);
    }
    if (fault === FAULT.none && wholeSize !== null) {
      end = origin + wholeSize;
      if (end > limit) {
        fault = FAULT.truncated;
        end = limit;
      }
    }
    finish(out, count, fault, end, start);
  };
}

function decidingValue(buf: Uint8Array, at: number, size: number, { little, shift, mask }: Plan): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + buf[little ? at + size - 1 - i : at + i]!;
  return ((value >>> shift) & mask) >>> 0;
}

function sizeOf(length: Length, left: number): number {
  if (typeof length === 'number') return length;
  if (length.read === null) return Math.max(0, left + length.add);
  const value = length.read();
  return value === ABSENT ? 0 : value * length.unit + length.add;
}

/** Looks a field up where it is first found, from the inside out; the rules of a schema have checked that it is. */
function find(name: string, scope: Scope): Read {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const i = at.names.indexOf(name);
    const { values } = at;
    if (i >= 0) return () => values[i]!;
  }
  return () => ABSENT;
}

function lengthOf(extent: Extent, scope: Scope): Length {
  if (typeof extent === 'number') return extent;
  if (extent === 'rest') return { read: null, unit: 1, add: 0 };
  const { field, unit = 1, add = 0 } = extent;
  return { read: field === undefined ? null : find(field, scope), unit, add };
}

function presence(condition: Condition, scope: Scope): (left: number) => boolean {
  const { field, mask = 0xffffffff, is, room = 0 } = condition;
  const read = field === undefined ? null : find(field, scope);
  const wanted = is === undefined ? null : typeof is === 'number' ? [is] : is;
  const [least, most] = typeof room === 'number' ? [room, Infinity] : room;
  return (left) => {
    if (left < least || left > most) return false;
    if (read === null) return true;
    const value = read();
    if (value === ABSENT) return false;
    const bits = (value & mask) >>> 0;
    return wanted === null ? bits !== 0 : wanted.includes(bits);
  };
}

/** By field: 1 = the place, size or presence of another depends on its value. */
export function decidingFields(types: readonly TlvType[]): Uint8Array {
  const names = types.map(({ name }) => name);
  const decides = new Uint8Array(types.length);
  for (const { size, count, only } of types) {
    for (const by of [size, count, only]) {
      if (typeof by === 'object' && by.field !== undefined) decides[names.indexOf(by.field)] = 1;
    }
  }
  return decides;
}

/** By field: whether it lies in the same bytes as the bit field before it. */
export function sharedUnits(types: readonly TlvType[]): boolean[] {
  let taken = 0n;
  return types.map(({ bits, size, offset }, i) => {
    if (bits === undefined) return false;
    const mine = ((1n << BigInt(bits.count)) - 1n) << BigInt(bits.from);
    const before = types[i - 1];
    const shares =
      offset === undefined && before?.bits !== undefined && before.size === size && (taken & mine) === 0n;
    taken = shares ? taken | mine : mine;
    return shares;
  });
}
