/**
 * The matrix of one journey as plain cells: rows of facts and of TLVs, columns of hops. A value is said once
 * and then `=`; a sign and a word go with every colour. Pure.
 */
import type { Hop, JourneyDetail, JourneyHop } from '#workers/api.ts';
import { printDuration } from '#src/list/print.ts';

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

export function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
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
        return view;
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
    onceRow(
      'mark',
      'mark',
      hops.map((hop) => (hop.mark === null ? null : hex32(hop.mark))),
    ),
    onceRow(
      'hash',
      'hash',
      hops.map((hop) => (hop.hash === null ? null : hex32(hop.hash))),
    ),
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

/** `eth0` and `tcx ingress, first` above a column. */
export function headingOf(
  hop: JourneyHop,
  hops: readonly Hop[],
): { device: string; label: string; name: string } {
  const known = hops.find((candidate) => candidate.index === hop.hop);
  if (known === undefined) return { device: '', label: `hop ${hop.hop}`, name: '' };
  return { device: known.device, label: known.label, name: known.name };
}

/** What happened to the metadata of this journey, in one line. */
export function verdictOf(detail: JourneyDetail, hops: readonly Hop[]): { tone: Tone; text: string } {
  const names = (state: 'written' | 'changed' | 'lost') =>
    detail.rows.flatMap((row) =>
      row.cells.flatMap((cell, i) =>
        cell.state === state ? [{ row: row.name === '' ? `type ${row.type}` : row.name, at: i }] : [],
      ),
    );
  const at = (position: number) => {
    const hop = detail.hops[position];
    return hop === undefined ? '' : headingOf(hop, hops).name;
  };
  const dropped = detail.hops.findIndex((hop) => hop.drop !== '');
  const end = dropped < 0 ? '' : ` The packet was dropped: ${detail.hops[dropped]?.drop ?? ''}.`;
  const lost = names('lost');
  const first = lost[0];
  if (first !== undefined) {
    const before = detail.hops[first.at - 1];
    const between = before === undefined ? '' : ` between ${at(first.at - 1)} and ${at(first.at)}`;
    const what = [...new Set(lost.filter((one) => one.at === first.at).map((one) => one.row))].join(', ');
    return { tone: 'lost', text: `${what} lost${between}.${end}` };
  }
  const changed = names('changed');
  if (changed[0] !== undefined) {
    return { tone: 'changed', text: `${changed[0].row} changed before ${at(changed[0].at)}.${end}` };
  }
  const written = names('written');
  if (written.length > 0) {
    const places = new Map<number, string[]>();
    for (const one of written) places.set(one.at, [...(places.get(one.at) ?? []), one.row]);
    const story = [...places].map(([position, rows]) => `${rows.join(', ')} first seen at ${at(position)}`);
    return { tone: 'written', text: `${story.join('; ')}.${end}` };
  }
  return { tone: 'absent', text: `No metadata at any hop that was observed.${end}` };
}
