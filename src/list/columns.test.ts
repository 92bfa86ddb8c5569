import { expect, it } from 'vitest';
import { fit, listColumns, SORTED_CHARS, templateOf } from './columns.ts';

const columns = listColumns(null, ['verdict']);
const at = columns.findIndex(({ field }) => field === 'tlv.verdict');

it('has room for the sign of the order behind the name of its column', () => {
  const widths = columns.map(({ least }) => least);
  const charsOf = (sorted: string | null) => templateOf(columns, widths, 8, [], sorted).chars;
  expect(charsOf(null)[at]).toBe('verdict'.length);
  expect(fit('verdict', charsOf('tlv.verdict')[at]! - SORTED_CHARS)).toBe('verdict');
  expect(charsOf('tlv.verdict').toSpliced(at, 1)).toEqual(charsOf(null).toSpliced(at, 1));
});

it('is as wide as a person made it, in order or not', () => {
  const chosen = columns.map((column) => ({ ...column, chars: 5 }));
  const sorted = templateOf(
    chosen,
    chosen.map(() => 5),
    8,
    [],
    'tlv.verdict',
  );
  expect(sorted.chars[at]).toBe(5);
});
