/** Values of TLVs, by what the schema says that they are. */
import { printText } from '#core/metadata/text.ts';
import type { BitRange, TlvType } from '#core/metadata/types.ts';
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

/** A value as the index has it: up to 64 bits, its length, and where its bytes are. */
export type ValueTest = (
  hi: number,
  lo: number,
  length: number,
  page: Uint8Array,
  at: number,
  area: number,
) => boolean;

/** How values of a kind of the schema are written and tested. */
interface Kind {
  readonly values: string;
  readonly operators: readonly Operator[];
  readonly test: (
    field: Field,
    test: Test,
    type: TlvType | null,
    printed: (area: number) => string,
  ) => ValueTest;
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

function signed(field: Field, test: Test, type: TlvType | null): ValueTest {
  const max = (1n << 63n) - 1n;
  const wanted = intervalsOf(field, test, max, parseInteger);
  const lowest = test.operator === '<' || test.operator === '<=' ? -max - 1n : null;
  return (hi, lo, length) => {
    if (!integerLength(length)) return false;
    const value = BigInt.asIntN(type?.bits?.count ?? 8 * length, (BigInt(hi) << 32n) | BigInt(lo));
    return wanted.some(({ from, to }) => value >= (lowest ?? from) && value <= to);
  };
}

/** By number, or by the names that the schema gives numbers (of flags: bits). */
function named(field: Field, test: Test, type: TlvType | null): ValueTest {
  const names = Object.entries(type?.names ?? {});
  const isFlags = type?.kind === 'flags';
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

/** Lists and values with a layout of their own: by the text that is shown. */
const PRINTED: Kind = {
  values: 'a text, as the page shows the value',
  operators: NAMES,
  test: (_field, test, _type, printed) => {
    const passes = nameTest(test);
    return (_hi, _lo, _length, _page, _at, area) => passes([printed(area)]);
  },
};

/** Of addresses of these many bytes. IPv4 by number, for a program may keep it in its host's order. */
function addressKind(values: string, sizes: readonly number[]): Kind {
  return {
    values,
    operators: ['==', 'in'],
    test: (field, test) => {
      const networks = test.values.map((value) => {
        const network = parseNetwork(value.text);
        if (network === null || !sizes.includes(network.bytes.length)) throw wrongValue(field, value);
        return network;
      });
      const v4 = inIntervals(
        networks.filter(({ bytes }) => bytes.length === 4).map(networkInterval),
        ofLength(4),
      );
      const v6 = networks.filter(({ bytes }) => bytes.length === 16);
      return (hi, lo, length, page, at, area) =>
        length === 16
          ? v6.some((network) => within(page.subarray(at, at + 16), network))
          : v4(hi, lo, length, page, at, area);
    },
  };
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
        const scale = type?.timestamp === undefined ? 1n : NS_PER[type.timestamp.unit];
        const ns = parseInstant(text) ?? parseDuration(text);
        return ns === null ? parseInteger(text) : ns / scale;
      }),
  },
  ipv4: addressKind('an address (10.0.0.1), or with “in” a network (10.0.0.0/8)', [4]),
  ipv6: addressKind('an address (2001:db8::1), or with “in” a network (2001:db8::/32)', [16]),
  ip: addressKind('an address (10.0.0.1, 2001:db8::1), or with “in” a network (10.0.0.0/8)', [4, 16]),
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
  flag: {
    values: 'nothing: it is there or not',
    operators: ['exists'],
    test: (field, test) => {
      throw new FilterFault(
        test,
        `${field.name} has no value.`,
        `It is there or not: write ${field.name} alone.`,
      );
    },
  },
  nested: PRINTED,
};

/** Some bits of the bytes. */
function bitKind(kind: Kind, { from, count }: BitRange): Kind {
  return {
    ...kind,
    test: (field, test, type, printed) => {
      const whole = kind.test(field, test, type, printed);
      return (hi, lo, length, page, at, area) => {
        const value = (((BigInt(hi) << 32n) | BigInt(lo)) >> BigInt(from)) & ((1n << BigInt(count)) - 1n);
        return whole(Number(value >> 32n), Number(value & 0xffff_ffffn), length, page, at, area);
      };
    },
  };
}

/** Null: the schema does not say how its value reads. */
export function kindOf(type: TlvType | null): Kind {
  if (type === null) return KINDS.bytes;
  if (type.count !== undefined) return PRINTED;
  return type.bits === undefined ? KINDS[type.kind] : bitKind(KINDS[type.kind], type.bits);
}

const NS_PER = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n } as const;
