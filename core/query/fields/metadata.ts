/** Metadata: whether there is any, and TLVs by the schema in force: values are asked once an area, not once an event. */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { TlvType, ValueKind } from '#core/metadata/types.ts';
import { decodeStored } from '#core/store/decode-stored.ts';
import type { EventChunk } from '#core/store/event-columns.ts';
import type { ValueVisitor } from '#core/store/tlv-index.ts';
import { CodeTest, numberAtom, roomFor, type NumberTest } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import type { Field, NumberAt, Seen } from '../field.ts';
import { FilterFault } from '../syntax.ts';
import { kindOf, type ValueTest } from './tlv-kinds.ts';

const META_STATES = Object.keys(META_STATE).length;

export const META_FIELD: Field = {
  name: 'meta',
  text: 'has metadata, with bytes that could be read',
  values: 'nothing: write “meta” alone',
  operators: [],
  seen: null,
  print: (_store, chunk, row) => (chunk.metaState[row] === META_STATE.present ? 'yes' : ''),
  exists: () => {
    const present = new CodeTest(
      () => META_STATES,
      (code) => code === META_STATE.present,
    );
    return atomTest(numberAtom((c) => c.metaState, 0, present));
  },
  holds: (_store, test) => {
    throw new FilterFault(
      test,
      '“meta” is there or not, it has no value.',
      'Its length is meta.len, a value in it tlv.NAME.',
    );
  },
};

export const TLV_PREFIX = 'tlv.';

/** The field of a column of the index. */
export function tlvField(store: CaptureStore, column: number): Field {
  const name = store.tlvs.names[column]!;
  const type = store.tlvs.typeOf(column);
  const kind = kindOf(type);
  const printed = (area: number): string => printedValue(store, area, name);
  const field: Field = {
    name: TLV_PREFIX + name,
    text: `TLV ${name}${type === null ? '' : `, ${type.kind}`}`,
    values: kind.values,
    operators: kind.operators,
    seen: new TlvValues(store, column),
    ...(type !== null && NUMBER_KINDS.has(type.kind) && { number: numberOf(store, column, type) }),
    latest: true,
    exists: () => areaTest(store, column, () => true),
    holds: (_store, test) => areaTest(store, column, kind.test(field, test, type, printed)),
  };
  return field;
}

const NUMBER_KINDS: ReadonlySet<ValueKind> = new Set(['uint', 'int', 'timestamp', 'ipv4']);
const U32 = 0x1_0000_0000;

function numberOf(store: CaptureStore, column: number, type: TlvType): NumberAt {
  return (_store, chunk, row) => {
    const value = store.tlvs.value(column, chunk.area[row]!);
    if (value === null || value.length > 8) return NaN;
    const { from, count } = type.bits ?? { from: 0, count: 8 * value.length };
    if (from === 0 && count >= 8 * value.length && type.kind !== 'int') return value.hi * U32 + value.lo;
    const part = ((BigInt(value.hi) << 32n) | BigInt(value.lo)) >> BigInt(from);
    return Number(type.kind === 'int' ? BigInt.asIntN(count, part) : BigInt.asUintN(count, part));
  };
}

/** Different values of a TLV that are told apart by their bytes; of others by the area they are in. */
const MAX_TLV_VALUES = 1 << 16;
/** Of as many bytes the index has the value as a number. */
const VALUE_BYTES = 8;

/**
 * The values of a column, a number each: nearly every packet has an area of its own, and few have a value of their own.
 * Numbers from 1 by the bytes of the value; below 0 an area, when there were too many.
 */
class TlvValues implements Seen {
  private readonly store: CaptureStore;
  private readonly column: number;
  /** By length, then by value: one of up to 8 bytes as a number where that is exact. */
  private readonly known: Map<number | string, number>[] = [];
  /** An area with the value of each number. */
  private readonly areas: number[] = [0];
  /** The events of a journey mostly have one area. */
  private area = 0;
  private key = 0;

  constructor(store: CaptureStore, column: number) {
    this.store = store;
    this.column = column;
  }

  visit(_store: CaptureStore, chunk: EventChunk, row: number, add: (key: number) => void): void {
    const area = chunk.area[row]!;
    if (area === 0) return;
    if (area !== this.area) {
      this.area = area;
      this.key = 0;
      this.store.tlvs.eachValue(this.column, area, area, this.take);
    }
    if (this.key !== 0) add(this.key);
  }

  text(store: CaptureStore, key: number): string {
    return printedValue(store, key < 0 ? -key : this.areas[key]!, store.tlvs.names[this.column]!);
  }

  private readonly take: ValueVisitor = (area, hi, lo, length, page, at) => {
    const long = length > VALUE_BYTES;
    const value = long
      ? String.fromCharCode(...page.subarray(at, at + length))
      : hi < 1 << 21
        ? hi * U32 + lo
        : `${hi} ${lo}`;
    const known = (this.known[length] ??= new Map());
    let key = known.get(value);
    if (key === undefined) {
      if (this.areas.length > MAX_TLV_VALUES) key = -area;
      else known.set(value, (key = this.areas.push(area) - 1));
    }
    this.key = key;
  };
}

function printedValue(store: CaptureStore, area: number, name: string): string {
  return decodeStored(store, area).tlvs.find((tlv) => tlv.name === name)?.value ?? '';
}

/** Areas whose value of the column passes. */
class AreaTest implements NumberTest {
  bits = new Uint32Array(32);
  private known = 0;
  private readonly store: CaptureStore;
  private readonly column: number;
  private readonly test: ValueTest;

  constructor(store: CaptureStore, column: number, test: ValueTest) {
    this.store = store;
    this.column = column;
    this.test = test;
  }

  refresh(): void {
    const { areas, tlvs } = this.store;
    const bits = (this.bits = roomFor(this.bits, areas.count));
    const { test } = this;
    this.known = tlvs.eachValue(
      this.column,
      this.known + 1,
      areas.count,
      (area, hi, lo, length, page, at) => {
        if (test(hi, lo, length, page, at, area)) bits[area >>> 5]! |= 1 << (area & 31);
      },
    );
  }
}

function areaTest(store: CaptureStore, column: number, test: ValueTest): EventTest {
  return atomTest(numberAtom((c) => c.area, 0, new AreaTest(store, column, test)));
}
