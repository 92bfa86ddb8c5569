/** The words of a link that say how a capture is looked at: names, times, expressions, columns, what is open. Junk becomes the default. */
import { MAX_COLUMNS } from '#core/query/limits.ts';
import { parseInstant, printInstant } from '#core/time/instant.ts';
import type { Ns } from '#core/time/ns.ts';
import type { ListSort, TimeRange } from '#workers/api.ts';
import {
  MAX_COLUMN_CHARS,
  MAX_HOP_CHARS,
  MAX_PATH_SCALE,
  MAX_WHERE_CHARS,
  MIN_COLUMN_CHARS,
  OPEN_PARTS,
  type ColumnRef,
  type Comparison,
  type LinkState,
  type OpenPart,
  type PathPan,
} from './link-state.ts';

const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Of a hop, a field or a file. */
export function parseName(text: string | null): string | null {
  if (text === null || text.length === 0 || text.length > MAX_HOP_CHARS) return null;
  // Control characters have no place in a device name, and would be invisible in the page.
  for (const char of text) if (char < ' ' || char === '\u007f') return null;
  return text;
}

/** `INSTANT..INSTANT`, as the filter language writes a range of `time`; null when it is none, or ends before it begins. */
export function parseTime(text: string | null): TimeRange | null {
  const [fromText = '', toText = '', ...more] = (text ?? '').split('..', 3);
  const [from, to] = [parseInstant(fromText), parseInstant(toText)];
  if (more.length > 0 || from === null || to === null || from < 0n || to > MAX_U64 || from > to) return null;
  return { fromNs: from.toString(), toNs: to.toString() };
}

export function printTime({ fromNs, toNs }: TimeRange): string {
  return `${printInstant(BigInt(fromNs) as Ns)}..${printInstant(BigInt(toNs) as Ns)}`;
}

export function parseWhere(text: string | null): string {
  return text === null || text.length > MAX_WHERE_CHARS ? '' : text.trim();
}

export function parseComparison(parameters: URLSearchParams): Comparison | null {
  if (parameters.get('compare') !== '1') return null;
  const side = (name: 'a' | 'b') => parseWhere(parameters.get(name)) || null;
  return { a: side('a'), b: side('b') };
}

export function isFieldName(text: string): boolean {
  return /^[a-z]/i.test(text) && parseName(text) !== null;
}

/** A name with `~` in it is followed by one more. */
export function printColumn({ name, chars }: ColumnRef): string {
  return chars === null && !name.includes('~') ? name : `${name}~${chars ?? ''}`;
}

export function parseColumns(texts: readonly string[]): readonly ColumnRef[] | null {
  const columns: ColumnRef[] = [];
  for (const text of texts.slice(0, MAX_COLUMNS)) {
    const at = text.lastIndexOf('~');
    const name = at < 0 ? text : text.slice(0, at);
    const width = at < 0 ? '' : text.slice(at + 1);
    if (!isFieldName(name) || !/^\d{0,3}$/.test(width) || columns.some((one) => one.name === name)) continue;
    const chars = width === '' ? null : Number(width);
    if (chars !== null && (chars < MIN_COLUMN_CHARS || chars > MAX_COLUMN_CHARS)) continue;
    columns.push({ name, chars });
  }
  return columns.length === 0 ? null : columns;
}

export function parseSort(text: string | null): ListSort | null {
  if (text === null) return null;
  const down = text.startsWith('-');
  const field = down ? text.slice(1) : text;
  return isFieldName(field) ? { field, down } : null;
}

export function printSort({ field, down }: ListSort): string {
  return down ? `-${field}` : field;
}

export function parseOpen(text: string | null): readonly OpenPart[] {
  const parts = new Set((text ?? '').split(',', 2 * OPEN_PARTS.length));
  return OPEN_PARTS.filter((part) => parts.has(part));
}

export function parsePair(parameters: URLSearchParams): LinkState['pair'] {
  const [from, to] = [parseName(parameters.get('from')), parseName(parameters.get('to'))];
  return from === null || to === null ? null : { from, to };
}

export function parseScale(text: string | null): number {
  const scale = text !== null && /^\d(?:\.\d)?$/.test(text) ? Number(text) : 1;
  return scale > 1 && scale <= MAX_PATH_SCALE ? scale : 1;
}

export function parsePan(text: string | null): PathPan | null {
  const [, left = '', top = '0'] = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text ?? '') ?? [];
  return Number(left) === 0 && Number(top) === 0 ? null : { left: Number(left), top: Number(top) };
}

export function printPan({ left, top }: PathPan): string {
  return top === 0 ? String(left) : `${left}.${top}`;
}

/** 1 = it is not in the link. */
export function tenths(scale: number): number {
  return Math.round(10 * scale) / 10;
}
