/**
 * The matrix of one journey as plain cells: rows of facts and of TLVs, columns of hops. A value is said once
 * and then `=`; a sign and a word go with every colour. Pure.
 */
import type { Hop, JourneyDetail, JourneyHop, LocationRow, TypeNote } from '#workers/api.ts';
import { printDuration } from '#src/list/print.ts';
import { fateRows, JOIN_MEANING, TAP_MEANING } from './fate.ts';
import { beyondHops, wayOf, type Way } from './ways.ts';

export type Tone = 'plain' | 'same' | 'written' | 'changed' | 'lost' | 'unreadable' | 'absent';

export interface MatrixCellView {
  readonly text: string;
  readonly tone: Tone;
  /** Whole story, for the tooltip and for screen readers. */
  readonly title: string;
  /** As a filter would have it; none where there is nothing to ask for. */
  readonly value?: string;
}

export interface MatrixRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly tlv: boolean;
  /** Name in the filter language; none where it has none. */
  readonly field?: string;
  /** cells[i] belongs to hops[i]. */
  readonly cells: readonly MatrixCellView[];
  /** Of a TLV that was seen in another place than the area, too. */
  readonly way?: Way;
  /** What the schema says of a type. */
  readonly note?: TypeNote;
}

/** Of a row in a column that it has nothing to say about. */
export const NOTHING: MatrixCellView = { text: '', tone: 'absent', title: 'nothing here' };
const ABSENT: MatrixCellView = { text: '', tone: 'absent', title: 'not there' };

function plain(text: string, title = text): MatrixCellView {
  return { text, tone: text === '' ? 'absent' : 'plain', title };
}

/** A row that says a value where it differs from the hop before, `=` where it does not, nothing for null. */
function onceRow(key: string, name: string, values: readonly (string | null)[]): MatrixRow | null {
  if (values.every((value) => value === null)) return null;
  let before: string | null = null;
  const cells = values.map((value): MatrixCellView => {
    if (value === null) return ABSENT;
    const previous = before;
    before = value;
    if (previous === null) return plain(value);
    if (previous === value) return { text: '=', tone: 'same', title: value };
    return { text: value, tone: 'changed', title: `${previous} → ${value}` };
  });
  return { key, name, kind: '', tlv: false, cells };
}

function areaCell(hop: JourneyHop, before: JourneyHop | undefined): MatrixCellView {
  switch (hop.metaState) {
    case 'present': {
      const text = `${hop.metaLength} B`;
      if (hop.fault !== '') return { text: `${text} !`, tone: 'unreadable', title: hop.fault };
      if (before?.metaState !== 'present') return plain(text);
      if (before.metaLength === hop.metaLength) return { text: '=', tone: 'same', title: text };
      return { text, tone: 'changed', title: `${before.metaLength} B → ${text}` };
    }
    case 'none':
      return { text: '–', tone: 'absent', title: 'no metadata' };
    case 'unlocatable':
      return {
        text: `? ${hop.metaLength} B`,
        tone: 'unreadable',
        title: `the kernel says ${hop.metaLength} B, but the MAC header is unset or too near to the head to hold them`,
      };
    case 'unreadable':
      return { text: `? ${hop.metaLength} B`, tone: 'unreadable', title: 'the bytes could not be read' };
    case 'not recorded':
      return { text: '', tone: 'absent', title: 'this capture does not record metadata' };
  }
}

function tlvCell(
  value: string,
  state: JourneyDetail['rows'][number]['cells'][number]['state'],
  before: string,
): MatrixCellView {
  switch (state) {
    case 'absent':
      return ABSENT;
    case 'written':
      return { text: `+ ${value}`, tone: 'written', title: `written before this hop: ${value}` };
    case 'same':
      return { text: '=', tone: 'same', title: `as before: ${value}` };
    case 'changed':
      return { text: `~ ${value}`, tone: 'changed', title: `changed: ${before} → ${value}` };
    case 'lost':
      return { text: '× lost', tone: 'lost', title: `lost: was ${before}` };
    case 'unreadable':
      return { text: '?', tone: 'unreadable', title: 'a length, but no readable bytes' };
  }
}

/** TLVs of the area with their ways, and those that were never in it. */
function tlvRows(detail: JourneyDetail): readonly MatrixRow[] {
  const beyond = beyondHops(detail);
  const columns = detail.hops.length;
  const nameOf = ({ type, name }: { readonly type: number; readonly name: string }) =>
    name === '' ? `type ${type}` : name;
  /** A value of its own has a row of its own only where the area has none for its type. */
  const rowOf = ({ type, value }: LocationRow) =>
    detail.rows.find((row) => row.type === type && row.cells.some((cell) => cell.value === value)) ??
    detail.rows.find((row) => row.type === type);
  const inArea = detail.rows.map((row, index): MatrixRow => {
    let before = '';
    const here = detail.locations.filter((location) => rowOf(location) === row);
    const way = wayOf(here, columns, beyond);
    return {
      key: `tlv-${row.type}-${index}`,
      name: nameOf(row),
      kind: row.kind,
      tlv: true,
      ...(row.name === '' ? {} : { field: `tlv.${row.name}` }),
      note: row.note,
      cells: row.cells.map((cell) => {
        const view = { ...tlvCell(cell.value, cell.state, before), value: cell.value };
        if (cell.value !== '') before = cell.value;
        return cell.writer === undefined ? view : { ...view, title: `${view.title}, by ${cell.writer}` };
      }),
      ...(way === null ? {} : { way }),
    };
  });
  const elsewhere = detail.locations
    .filter((location) => rowOf(location) === undefined)
    .map((location): MatrixRow => {
      const way = wayOf([location], columns, beyond);
      return {
        key: `place-${location.type}-${location.value}`,
        name: nameOf(location),
        kind: '',
        tlv: true,
        cells: detail.hops.map(() => ABSENT),
        ...(way === null ? {} : { way }),
      };
    });
  return [...inArea, ...elsewhere];
}

const PLACE_WORDS = { packet: 'in the packet', mark: 'in skb->mark', cb: 'in skb->cb' } as const;

/** What schemas for other places read: once its value, then `=` or what it became. */
function elsewhereRows({ elsewhere }: JourneyDetail): readonly MatrixRow[] {
  return elsewhere.map((row, index): MatrixRow => {
    const { schema, in: place, type, name, kind, note, cells } = row;
    const where = `${PLACE_WORDS[place]}, by ${schema}`;
    let before = '';
    return {
      key: `elsewhere-${index}`,
      name: name === '' ? `type ${type}` : name,
      kind: `${kind} ${PLACE_WORDS[place]}`,
      tlv: true,
      note,
      cells: cells.map(({ value, changed }): MatrixCellView => {
        const old = before;
        if (value === '') return ABSENT;
        before = value;
        if (changed) return { text: `~ ${value}`, tone: 'changed', title: `${where}: ${old} → ${value}` };
        return old === value
          ? { text: '=', tone: 'same', title: `${where}, as before: ${value}` }
          : plain(value, `${where}: ${value}`);
      }),
    };
  });
}

function tapCell({ tap }: JourneyHop): MatrixCellView {
  if (tap === undefined) return ABSENT;
  const bytes = tap.blob.length / 2;
  const text = tap.kind === 'blob' ? `blob ${bytes} B` : tap.kind;
  return plain(text, `${TAP_MEANING[tap.kind]}; which packet it is: ${JOIN_MEANING[tap.join]}`);
}

/** Rows of the matrix in the order in which they are shown: Δ time, TLVs, area, then what else is known. */
export function matrixOf(detail: JourneyDetail): readonly MatrixRow[] {
  const { hops } = detail;
  const rows: (MatrixRow | null)[] = [
    {
      key: 'delta',
      name: 'Δ time',
      kind: '',
      tlv: false,
      cells: hops.map((hop) =>
        plain(
          printDuration(hop.deltaNs),
          `${printDuration(hop.deltaNs)} after the event before: ${hop.deltaNs} ns`,
        ),
      ),
    },
  ];
  rows.push(...tlvRows(detail), ...elsewhereRows(detail));
  if (hops.some(({ tap }) => tap !== undefined)) {
    rows.push({ key: 'tap', name: 'tap', kind: '', tlv: false, cells: hops.map(tapCell) });
  }
  if (hops.some((hop) => hop.metaState !== 'not recorded')) {
    rows.push({
      key: 'area',
      name: 'area',
      kind: '',
      tlv: false,
      cells: hops.map((hop, i) => areaCell(hop, hops[i - 1])),
    });
  }
  rows.push(
    ...fateRows(hops),
    onceRow(
      'cpu',
      'cpu',
      hops.map((hop) => (hop.cpu === null ? null : String(hop.cpu))),
    ),
    onceRow(
      'skb',
      'skb',
      hops.map((hop) => (hop.skb === '' ? null : hop.skb)),
    ),
  );
  if (hops.some((hop) => hop.task !== '')) {
    rows.push({ key: 'task', name: 'task', kind: '', tlv: false, cells: hops.map((hop) => plain(hop.task)) });
  }
  if (hops.some((hop) => hop.drop !== '')) {
    rows.push({
      key: 'drop',
      name: 'drop reason',
      kind: '',
      tlv: false,
      cells: hops.map((hop) =>
        hop.drop === '' ? ABSENT : { text: hop.drop, tone: 'lost' as const, title: `dropped: ${hop.drop}` },
      ),
    });
  }
  return rows.filter((row) => row !== null);
}

/** What is beside the area, each with its own diff: once its value, then `=` or what it became. */
export function besideRows({ beside }: JourneyDetail): readonly MatrixRow[] {
  return beside.map(({ name, cells }) => {
    let before = '';
    return {
      key: `beside-${name}`,
      name,
      kind: '',
      tlv: false,
      cells: cells.map(({ value, changed }, i): MatrixCellView => {
        const old = before;
        before = value;
        const was = old === '' ? 'none' : old;
        if (value === '') {
          return changed ? { text: '× none', tone: 'changed', title: `${was} → none` } : ABSENT;
        }
        if (changed) {
          return { text: `~ ${differing(old, value)}`, tone: 'changed', title: `${was} → ${value}` };
        }
        return i > 0 && old === value ? { text: '=', tone: 'same', title: value } : plain(value);
      }),
    };
  });
}

/** More hex digits than this are not read at a glance (an skb->cb has 96). */
const MAX_WHOLE_DIGITS = 32;
const MAX_DIFFERING = 4;

/** Of many bytes those that became others, `@8 1f, @9 00`; of few all. */
function differing(old: string, value: string): string {
  if (value.length <= MAX_WHOLE_DIGITS || old.length !== value.length || !/^[0-9a-f]*$/.test(value)) {
    return value;
  }
  const changes: string[] = [];
  for (let i = 0; i < value.length; i += 2) {
    const byte = value.slice(i, i + 2);
    if (byte !== old.slice(i, i + 2)) changes.push(`@${i / 2} ${byte}`);
  }
  const more = changes.length - MAX_DIFFERING;
  return `${changes.slice(0, MAX_DIFFERING).join(', ')}${more > 0 ? ` and ${more} bytes more` : ''}`;
}

/** `eth0` and `tcx ingress, first` above a column. */
export function headingOf(
  hop: JourneyHop,
  hops: readonly Hop[],
): { device: string; label: string; name: string } {
  const known = hops.find((candidate) => candidate.index === hop.hop);
  if (known === undefined) return { device: '', label: `hop ${hop.hop}`, name: '' };
  return { device: known.device, label: known.label, name: known.name };
}
