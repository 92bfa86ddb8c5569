/** Fields that are numbers of up to 32 bits: a column, or a word of the event's record. */
import { EVENT_BIT, RECORD } from '#core/store/event-columns.ts';
import {
  rangeAtom,
  recordColumn,
  wideRangeAtom,
  type ColumnOf,
  type Range,
  type WideRange,
} from '../atom.ts';
import { atomTest } from '../events.ts';
import { ORDER, wrongValue, type Field } from '../field.ts';
import { FilterFault, type Literal, type Test } from '../syntax.ts';
import { MAX_U64, parseInteger, splitRange, type Interval } from '../values.ts';

/** How a number of a field is written. */
export type ReadNumber = (text: string) => bigint | null;

/**
 * What a test of numbers asks for, as intervals between 0 and `max`. Throws FilterFault where a value is not a number
 * by `read`.
 */
export function intervalsOf(
  field: Pick<Field, 'name' | 'values'>,
  test: Test,
  max: bigint,
  read: ReadNumber,
): Interval[] {
  const one = (literal: Literal, text = literal.text): bigint => {
    const value = read(text);
    if (value === null) throw wrongValue(field, literal);
    return value;
  };
  const [first] = test.values;
  switch (test.operator) {
    case '<':
      return [{ from: 0n, to: one(first!) - 1n }];
    case '<=':
      return [{ from: 0n, to: one(first!) }];
    case '>':
      return [{ from: one(first!) + 1n, to: max }];
    case '>=':
      return [{ from: one(first!), to: max }];
    default:
      return test.values.map((literal) => {
        const ends = splitRange(literal.text);
        if (ends === null) return { from: one(literal), to: one(literal) };
        const interval = { from: one(literal, ends[0]), to: one(literal, ends[1]) };
        if (interval.from > interval.to) {
          throw new FilterFault(
            literal,
            'The range ends before it begins.',
            `Turn it round: ${ends[1]}..${ends[0]}.`,
          );
        }
        return interval;
      });
  }
}

/** Intervals of u32 as doubles, those outside left out. */
export function rangesOf(intervals: readonly Interval[]): Range[] {
  return intervals
    .filter(({ from, to }) => from <= to && to >= 0n)
    .map(({ from, to }) => ({ from: Number(from), to: Number(to) }));
}

const MAX_U32 = 0xffff_ffffn;
const U32 = 0x1_0000_0000;
const NUMBER = 'a number (64, 0x40), or a range of them (64..128)';

interface NumberColumn {
  readonly name: string;
  readonly text: string;
  readonly flags: number;
  readonly column: ColumnOf;
  /** Added to the value that is asked for: columns whose 0 is a sentinel count from 1. */
  readonly bias?: bigint;
}

export function numberField({ name, text, flags, column, bias = 0n }: NumberColumn): Field {
  const read: ReadNumber = (written) => {
    const value = parseInteger(written);
    return value === null ? null : value + bias;
  };
  const present = bias === 0n ? null : [{ from: Number(bias), to: Infinity }];
  const field: Field = {
    name,
    text,
    values: NUMBER,
    operators: ORDER,
    seen: {
      visit: (_store, chunk, row, add) => {
        const value = column(chunk, row, row + 1)[row]! - Number(bias);
        if ((chunk.flags[row]! & flags) === flags && value >= 0) add(value);
      },
      text: (_store, key) => String(key),
    },
    number: (_store, chunk, row) => {
      const value = column(chunk, row, row + 1)[row]! - Number(bias);
      return (chunk.flags[row]! & flags) === flags && value >= 0 ? value : NaN;
    },
    exists: () => atomTest(rangeAtom(column, flags, present)),
    holds: (_store, test) => {
      const wanted = intervalsOf(field, test, MAX_U32, read);
      const real = wanted.map(({ from, to }) => ({ from: from < bias ? bias : from, to }));
      return atomTest(rangeAtom(column, flags, rangesOf(real)));
    },
  };
  return field;
}

/** 64 bits in two words of the record; 0 = not there. */
export function wideRecordField(name: string, text: string, loWord: number, hiWord: number): Field {
  const test = (intervals: readonly Interval[]) => {
    const ranges = wideRanges(intervals);
    return atomTest(
      wideRangeAtom(recordColumn(hiWord), recordColumn(loWord), EVENT_BIT.recorded, () => ranges),
    );
  };
  const field: Field = {
    name,
    text,
    values: 'a number (0xffff888012345600)',
    operators: ORDER,
    seen: null,
    number: (_store, chunk, row) => {
      const value = chunk.record(row, hiWord) * U32 + chunk.record(row, loWord);
      return (chunk.flags[row]! & EVENT_BIT.recorded) !== 0 && value > 0 ? value : NaN;
    },
    print: (_store, chunk, row) => {
      const [hi, lo] = [chunk.record(row, hiWord), chunk.record(row, loWord)];
      return (hi | lo) === 0 ? '' : `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`;
    },
    exists: () => test([{ from: 1n, to: MAX_U64 }]),
    holds: (_store, asked) =>
      test(
        intervalsOf(field, asked, MAX_U64, parseInteger).map(({ from, to }) => ({
          from: from < 1n ? 1n : from,
          to,
        })),
      ),
  };
  return field;
}

/** Intervals of u64 in words, those outside left out. */
export function wideRanges(intervals: readonly Interval[]): WideRange[] {
  return intervals
    .map(({ from, to }) => ({ from: from < 0n ? 0n : from, to: to > MAX_U64 ? MAX_U64 : to }))
    .filter(({ from, to }) => from <= to)
    .map(({ from, to }) => ({
      fromHi: Number(from >> 32n),
      fromLo: Number(from & MAX_U32),
      toHi: Number(to >> 32n),
      toLo: Number(to & MAX_U32),
    }));
}

/** Whether a value in two words is in one of the ranges. */
export function inWideRanges(ranges: readonly WideRange[], hi: number, lo: number): boolean {
  for (const { fromHi, fromLo, toHi, toLo } of ranges) {
    const notBelow = hi > fromHi || (hi === fromHi && lo >= fromLo);
    if (notBelow && (hi < toHi || (hi === toHi && lo <= toLo))) return true;
  }
  return false;
}

const { recorded } = EVENT_BIT;

export const NUMBER_FIELDS: readonly Field[] = [
  numberField({ name: 'len', text: 'bytes of the packet on the wire', flags: 0, column: (c) => c.length }),
  numberField({
    name: 'meta.len',
    text: 'bytes of metadata that the kernel said it had (meta_len)',
    flags: recorded,
    column: (c) => c.metaLength,
  }),
  numberField({ name: 'vlan', text: 'VLAN id of the outer tag', flags: 0, column: (c) => c.vlan, bias: 1n }),
  numberField({ name: 'cpu', text: 'CPU that the hook ran on', flags: recorded, column: (c) => c.cpu }),
  numberField({ name: 'mark', text: 'skb->mark', flags: recorded, column: recordColumn(RECORD.mark) }),
  numberField({ name: 'hash', text: 'skb->hash', flags: recorded, column: recordColumn(RECORD.hash) }),
  numberField({
    name: 'priority',
    text: 'skb->priority',
    flags: recorded,
    column: recordColumn(RECORD.priority),
  }),
  wideRecordField('skb', 'address of the sk_buff', RECORD.skbLo, RECORD.skbHi),
  wideRecordField('head', 'address of its head', RECORD.headLo, RECORD.headHi),
  wideRecordField('cookie', 'cookie of the socket', RECORD.cookieLo, RECORD.cookieHi),
];
