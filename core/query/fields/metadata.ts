/** Metadata: whether there is any, and TLVs by the schema in force: values are asked once an area, not once an event. */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { decodeStored } from '#core/store/decode-stored.ts';
import { CodeTest, numberAtom, roomFor, type NumberTest } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import type { Field } from '../field.ts';
import { FilterFault } from '../syntax.ts';
import { kindOf, type ValueTest } from './tlv-kinds.ts';

const META_STATES = Object.keys(META_STATE).length;

export const META_FIELD: Field = {
  name: 'meta',
  text: 'has metadata, with bytes that could be read',
  values: 'nothing: write “meta” alone',
  operators: [],
  seen: null,
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
    // One number an area: several areas with the same text become one value.
    seen: {
      visit: (_store, chunk, row, add) => {
        const area = chunk.area[row]!;
        if (store.tlvs.value(column, area) !== null) add(area);
      },
      text: (_store, area) => printedValue(store, area, store.tlvs.names[column]!),
    },
    exists: () => areaTest(store, column, () => true),
    holds: (_store, test) => areaTest(store, column, kind.test(field, test, type, printed)),
  };
  return field;
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
