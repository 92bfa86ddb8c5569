/** Fields that are numbers of up to 32 bits: a column, or a word of the event's record. */
import { EVENT_BIT, RECORD, type EventChunk } from '#core/store/event-columns.ts';
import { rangeAtom, recordWord, rowAtom, type Column, type Range } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import { ORDER, wrongValue, type Field } from '../field.ts';
import { FilterFault, type Literal, type Test } from '../syntax.ts';
import { parseInteger, splitRange, type Interval } from '../values.ts';

/** How a number of a field is written. */
export type ReadNumber = (text: string) => bigint | null;

/**
 * What a test of numbers asks for, as intervals between 0 and `max`. Throws FilterFault where a value is not a number
 * by `read`.
 */
export function intervalsOf(field: Field, test: Test, max: bigint, read: ReadNumber): Interval[] {
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
const NUMBER = 'a number (64, 0x40), or a range of them (64..128)';

interface NumberColumn {
  readonly name: string;
  readonly text: string;
  readonly values?: string;
  readonly flags: number;
  readonly column: (chunk: EventChunk) => Column;
  /** Added to the value that is asked for: columns whose 0 is a sentinel count from 1. */
  readonly bias?: bigint;
  readonly read?: ReadNumber;
}

export function numberField(spec: NumberColumn): Field {
  const { bias = 0n } = spec;
  const read: ReadNumber = (text) => {
    const value = (spec.read ?? parseInteger)(text);
    return value === null ? null : value + bias;
  };
  const present = bias === 0n ? null : [{ from: Number(bias), to: Infinity }];
  const field: Field = {
    name: spec.name,
    text: spec.text,
    values: spec.values ?? NUMBER,
    operators: ORDER,
    exists: () => atomTest(rangeAtom(spec.column, spec.flags, present)),
    holds: (_store, test) => {
      const wanted = intervalsOf(field, test, MAX_U32, read).map(({ from, to }) => ({
        from: from < bias ? bias : from,
        to,
      }));
      return atomTest(rangeAtom(spec.column, spec.flags, rangesOf(wanted)));
    },
  };
  return field;
}

/** A word of the record, in rows that `has` says have one (by default every recorded one). */
export function recordField(
  name: string,
  text: string,
  word: number,
  options: {
    readonly values?: string;
    readonly has?: (value: number) => boolean;
    readonly part?: (word: number) => number;
  } = {},
): Field {
  const has = options.has ?? ((): boolean => true);
  const part = options.part ?? ((value: number): number => value);
  const test = (ranges: readonly Range[] | null): EventTest =>
    atomTest(
      rowAtom(EVENT_BIT.recorded, (chunk, row) => {
        const value = part(recordWord(chunk, row, word));
        return has(value) && (ranges === null || ranges.some(({ from, to }) => value >= from && value <= to));
      }),
    );
  const field: Field = {
    name,
    text,
    values: options.values ?? NUMBER,
    operators: ORDER,
    exists: () => test(null),
    holds: (_store, asked) => test(rangesOf(intervalsOf(field, asked, MAX_U32, parseInteger))),
  };
  return field;
}

/** 64 bits in two words of the record, low first; 0 = not there. */
export function wideRecordField(name: string, text: string, loWord: number, hiWord: number): Field {
  const max = (1n << 64n) - 1n;
  const test = (intervals: readonly Interval[] | null): EventTest => {
    const pairs = (intervals ?? [{ from: 1n, to: max }]).map(
      ({ from, to }) => [...halves(from), ...halves(to)] as const,
    );
    return atomTest(
      rowAtom(EVENT_BIT.recorded, (chunk, row) => {
        const lo = recordWord(chunk, row, loWord);
        const hi = recordWord(chunk, row, hiWord);
        if ((lo | hi) === 0) return false;
        return pairs.some(
          ([fromHi, fromLo, toHi, toLo]) => notBelow(hi, lo, fromHi, fromLo) && notBelow(toHi, toLo, hi, lo),
        );
      }),
    );
  };
  const field: Field = {
    name,
    text,
    values: 'a number (0xffff888012345600)',
    operators: ORDER,
    exists: () => test(null),
    holds: (_store, asked) => test(clamped(intervalsOf(field, asked, max, parseInteger), max)),
  };
  return field;
}

/** Without what is outside of 0 to `max`. */
export function clamped(intervals: readonly Interval[], max: bigint): Interval[] {
  return intervals
    .map(({ from, to }) => ({ from: from < 0n ? 0n : from, to: to > max ? max : to }))
    .filter(({ from, to }) => from <= to);
}

/** High and low 32 bits. */
export function halves(value: bigint): readonly [number, number] {
  return [Number(value >> 32n), Number(value & 0xffff_ffffn)];
}

/** a >= b, of two u32 each. */
export function notBelow(aHi: number, aLo: number, bHi: number, bLo: number): boolean {
  return aHi > bHi || (aHi === bHi && aLo >= bLo);
}

/** What the record does not tell apart from "none": a u16 of the low or the high half of a word. */
export const LOW_HALF = (word: number): number => word & 0xffff;
export const HIGH_HALF = (word: number): number => word >>> 16;

export const NUMBER_FIELDS: readonly Field[] = [
  numberField({ name: 'len', text: 'bytes of the packet on the wire', flags: 0, column: (c) => c.length }),
  numberField({
    name: 'meta.len',
    text: 'bytes of metadata that the kernel said it had (meta_len)',
    flags: EVENT_BIT.recorded,
    column: (c) => c.metaLength,
  }),
  numberField({ name: 'vlan', text: 'VLAN id of the outer tag', flags: 0, column: (c) => c.vlan, bias: 1n }),
  numberField({
    name: 'cpu',
    text: 'CPU that the hook ran on',
    flags: EVENT_BIT.recorded,
    column: (c) => c.cpu,
  }),
  recordField('mark', 'skb->mark', RECORD.mark),
  recordField('hash', 'skb->hash', RECORD.hash),
  recordField('priority', 'skb->priority', RECORD.priority),
  wideRecordField('skb', 'address of the sk_buff', RECORD.skbLo, RECORD.skbHi),
  wideRecordField('head', 'address of its head', RECORD.headLo, RECORD.headHi),
  wideRecordField('cookie', 'cookie of the socket', RECORD.cookieLo, RECORD.cookieHi),
];
