/**
 * The matrix of one journey as plain cells: rows of facts and of TLVs, columns of hops. A value is said once
 * and then `=`; a sign and a word go with every colour. Pure.
 */
import type { Hop, JourneyDetail, JourneyHop } from '#workers/api.ts';
import { printDuration } from '#src/list/print.ts';
import { fateRows } from './fate.ts';

export type Tone = 'plain' | 'same' | 'written' | 'changed' | 'lost' | 'unreadable' | 'absent';

export interface MatrixCellView {
  readonly text: string;
  readonly tone: Tone;
  /** Whole story, for the tooltip and for screen readers. */
  readonly title: string;
}

export interface MatrixRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly tlv: boolean;
  readonly cells: readonly MatrixCellView[];
}

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

/** Rows of the matrix in the order in which they are shown: Δ time, TLVs, area, then what else is known. */
export function matrixOf(detail: JourneyDetail): readonly MatrixRow[] {
  const { hops } = detail;
  const rows: (MatrixRow | null)[] = [
    {
      key: 'delta',
      name: 'Δ time',
      kind: '',
      tlv: false,
      cells: hops.map((hop) => plain(printDuration(hop.deltaNs), `${hop.deltaNs} ns after the event before`)),
    },
  ];
  for (const [index, row] of detail.rows.entries()) {
    let before = '';
    rows.push({
      key: `tlv-${row.type}-${index}`,
      name: row.name === '' ? `type ${row.type}` : row.name,
      kind: row.kind,
      tlv: true,
      cells: row.cells.map((cell) => {
        const view = tlvCell(cell.value, cell.state, before);
        if (cell.value !== '') before = cell.value;
        return cell.writer === undefined ? view : { ...view, title: `${view.title}, by ${cell.writer}` };
      }),
    });
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
        if (changed) return { text: `~ ${value}`, tone: 'changed', title: `${was} → ${value}` };
        return i > 0 && old === value ? { text: '=', tone: 'same', title: value } : plain(value);
      }),
    };
  });
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
