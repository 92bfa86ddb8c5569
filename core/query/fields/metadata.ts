/** Metadata: whether there is any, and the values of TLVs by the schema in force. Values are asked once an area, not once an event. */
import { META_STATE } from '#core/format/structs.ts';
import { printText } from '#core/metadata/text.ts';
import type { TlvType } from '#core/metadata/types.ts';
import { decodeStored } from '#core/store/decode-stored.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { CodeTest, numberAtom, roomFor, type NumberTest } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import { NAMES, ORDER, wrongValue, type Field } from '../field.ts';
import { FilterFault, type Operator, type Test } from '../syntax.ts';
import {
  MAX_U64,
  networkInterval,
  parseDuration,
  parseHexBytes,
  parseInstant,
  parseInteger,
  parseMac,
  parseNetwork,
  toInteger,
  type Interval,
} from '../values.ts';
import { within } from './addresses.ts';
import { nameTest } from './names.ts';
import { intervalsOf, inWideRanges, wideRanges } from './numbers.ts';

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

/** A value as the index has it: up to 64 bits, its length, and where its bytes are. */
export type ValueTest = (hi: number, lo: number, length: number, page: Uint8Array, at: number) => boolean;

export const TLV_PREFIX = 'tlv.';

/** The field of a column of the index. */
export function tlvField(store: CaptureStore, column: number): Field {
  const name = store.tlvs.names[column]!;
  const type = store.tlvs.typeOf(column);
  const field: Field = {
    name: TLV_PREFIX + name,
    text: `TLV ${name}${type === null ? '' : `, ${type.kind}`}`,
    values: type === null ? 'bytes (0a0b0c)' : KINDS[type.kind].values,
    operators: type === null ? ['==', 'in'] : KINDS[type.kind].operators,
    // One number an area: several areas with the same text become one value.
    seen: {
      visit: (_store, chunk, row, add) => {
        const area = chunk.area[row]!;
        if (store.tlvs.value(column, area) !== null) add(area);
      },
      text: (_store, area) => printedValue(store, area, store.tlvs.names[column]!),
    },
    exists: () => areaTest(store, column, () => true),
    holds: (_store, test) =>
      areaTest(
        store,
        column,
        type === null ? bytesTest(field, test) : KINDS[type.kind].test(field, test, type),
      ),
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
    tlvs.eachValue(this.column, this.known + 1, areas.count, (area, hi, lo, length, page, at) => {
      if (test(hi, lo, length, page, at)) bits[area >>> 5]! |= 1 << (area & 31);
    });
    this.known = areas.count;
  }
}

function areaTest(store: CaptureStore, column: number, test: ValueTest): EventTest {
  return atomTest(numberAtom((c) => c.area, 0, new AreaTest(store, column, test)));
}

interface Kind {
  readonly values: string;
  readonly operators: readonly Operator[];
  readonly test: (field: Field, test: Test, type: TlvType) => ValueTest;
}

const MAX_INTEGER_BYTES = 8;
const INTEGER = 'a number (64, 0x40), or a range of them (64..128)';

function inIntervals(intervals: readonly Interval[], lengthOf: (length: number) => boolean): ValueTest {
  const ranges = wideRanges(intervals);
  return (hi, lo, length) => lengthOf(length) && inWideRanges(ranges, hi, lo);
}

const integerLength = (length: number): boolean => length >= 1 && length <= MAX_INTEGER_BYTES;

function integers(field: Field, test: Test, read = parseInteger): ValueTest {
  return inIntervals(intervalsOf(field, test, MAX_U64, read), integerLength);
}

function signed(field: Field, test: Test): ValueTest {
  const max = (1n << 63n) - 1n;
  const wanted = intervalsOf(field, test, max, parseInteger);
  const lowest = test.operator === '<' || test.operator === '<=' ? -max - 1n : null;
  return (hi, lo, length) => {
    if (!integerLength(length)) return false;
    const value = BigInt.asIntN(8 * length, (BigInt(hi) << 32n) | BigInt(lo));
    return wanted.some(({ from, to }) => value >= (lowest ?? from) && value <= to);
  };
}

/** By number, or by the names that the schema gives numbers (of flags: bits). */
function named(field: Field, test: Test, type: TlvType): ValueTest {
  const names = Object.entries(type.names ?? {});
  const isFlags = type.kind === 'flags';
  if (test.operator === '~') {
    const passes = nameTest(test);
    const numbers = names.filter(([, name]) => passes([name])).map(([number]) => BigInt(number));
    if (!isFlags)
      return inIntervals(
        numbers.map((number) => ({ from: number, to: number })),
        integerLength,
      );
    const mask = BigInt.asUintN(
      64,
      numbers.reduce((mask, bit) => mask | (1n << bit), 0n),
    );
    const maskHi = Number(mask >> 32n);
    const maskLo = Number(mask & 0xffff_ffffn);
    return (hi, lo, length) => integerLength(length) && ((hi & maskHi) | (lo & maskLo)) !== 0;
  }
  return integers(field, test, (text) => {
    const found = names.find(([, name]) => name.toLowerCase() === text.toLowerCase());
    if (found === undefined) return parseInteger(text);
    return isFlags ? 1n << BigInt(found[0]) : BigInt(found[0]);
  });
}

function ofLength(length: number): (length: number) => boolean {
  return (found) => found === length;
}

function bytesTest(field: Field, test: Test): ValueTest {
  const wanted = test.values.map((value) => {
    const bytes = parseHexBytes(value.text);
    if (bytes === null) throw wrongValue(field, value);
    return bytes;
  });
  return (_hi, _lo, length, page, at) =>
    wanted.some((bytes) => bytes.length === length && same(bytes, page, at));
}

function same(bytes: Uint8Array, page: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (page[at + i] !== bytes[i]) return false;
  return true;
}

const KINDS: Readonly<Record<TlvType['kind'], Kind>> = {
  uint: { values: INTEGER, operators: ORDER, test: (field, test) => integers(field, test) },
  int: { values: 'a number (-3)', operators: ORDER, test: signed },
  enum: { values: 'a name of the schema, or a number', operators: [...ORDER, '~'], test: named },
  flags: {
    values: 'a name of the schema, or a number; “~” finds those with a flag',
    operators: [...ORDER, '~'],
    test: named,
  },
  timestamp: {
    values: 'a number, an instant (2026-11-23T10:02:14.9Z), or a time since boot (12.5s)',
    operators: ORDER,
    test: (field, test, type) =>
      integers(field, test, (text) => {
        const scale = type.timestamp === undefined ? 1n : NS_PER[type.timestamp.unit];
        const ns = parseInstant(text) ?? parseDuration(text);
        return ns === null ? parseInteger(text) : ns / scale;
      }),
  },
  ipv4: {
    values: 'an address (10.0.0.1), or with “in” a network (10.0.0.0/8)',
    operators: ['==', 'in'],
    test: (field, test) => {
      const networks = test.values.map((value) => {
        const network = parseNetwork(value.text);
        if (network?.bytes.length !== 4) throw wrongValue(field, value);
        return networkInterval(network);
      });
      return inIntervals(networks, ofLength(4));
    },
  },
  ipv6: {
    values: 'an address (2001:db8::1), or with “in” a network (2001:db8::/32)',
    operators: ['==', 'in'],
    test: (field, test) => {
      const networks = test.values.map((value) => {
        const network = parseNetwork(value.text);
        if (network?.bytes.length !== 16) throw wrongValue(field, value);
        return network;
      });
      return (_hi, _lo, length, page, at) =>
        length === 16 && networks.some((network) => within(page.subarray(at, at + 16), network));
    },
  },
  mac: {
    values: 'a MAC address (02:00:00:00:00:01)',
    operators: ['==', 'in'],
    test: (field, test) => {
      const macs = test.values.map((value) => {
        const mac = parseMac(value.text);
        if (mac === null) throw wrongValue(field, value);
        return { from: toInteger(mac), to: toInteger(mac) };
      });
      return inIntervals(macs, ofLength(6));
    },
  },
  string: {
    values: 'a text',
    operators: NAMES,
    test: (_field, test) => {
      const passes = nameTest(test);
      return (_hi, _lo, length, page, at) => passes([printText(page, at, length)]);
    },
  },
  bytes: { values: 'bytes (0a0b0c)', operators: ['==', 'in'], test: bytesTest },
};

const NS_PER = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n } as const;
