/** What a cell of the list is in the filter language, and what a pointer resting on it is told. Pure. */
import type { JourneyRows } from '#workers/api.ts';
import { cellText, OWN_COLUMNS } from './columns.ts';
import { printAbsoluteParts } from './print.ts';

export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

/** null: the cell is empty, or no value of a field. */
export function valueAt(
  rows: JourneyRows,
  at: number,
  name: string,
  startNs: string,
  tlvNames: readonly string[],
): FieldValue | null {
  const text = cellText(rows, at, name, startNs, tlvNames);
  if (text === '' || name === 'info') return null;
  if (name === 'time') return { field: 'time', value: `${text}s` };
  const own = OWN_COLUMNS.get(name);
  if (own === undefined) return { field: name, value: text };
  const address = addressOf(text);
  const side = name === 'source' ? 'src' : 'dst';
  return { field: `${MAC.test(address) ? 'eth' : 'ip'}.${side}`, value: address };
}

const MAC = /^(?:[\da-f]{2}:){5}[\da-f]{2}$/i;

/** `10.0.0.1:4000`, `[2001:db8::1]:4000` or the address alone. */
function addressOf(endpoint: string): string {
  return /^\[(.+)\]:\d+$/.exec(endpoint)?.[1] ?? /^([^:]+):\d+$/.exec(endpoint)?.[1] ?? endpoint;
}

/** The whole value, and what it is called in a filter. Made when asked for, not for every row. */
export function cellTitle(
  rows: JourneyRows,
  at: number,
  name: string,
  startNs: string,
  tlvNames: readonly string[],
): string {
  const text = cellText(rows, at, name, startNs, tlvNames);
  if (name === 'time') return printAbsoluteParts(rows.timeHi[at] ?? 0, rows.timeLo[at] ?? 0);
  const found = valueAt(rows, at, name, startNs, tlvNames);
  return found === null ? text : `${text}\n${found.field}: right click, or a, to filter`;
}
