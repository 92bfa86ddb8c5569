/** What taps of whither.h said, for people. */
import { formatHex } from '#core/dissect/addresses.ts';
import * as L from '#core/format/layout.gen.ts';
import { TAP_JOIN, TAP_KIND } from '#core/format/structs.ts';
import type { TapExtension } from '#core/pcapng/event.ts';
import type { BesideRow, TapView } from './view.ts';

/** Bits of TAP_HINTS.valid. */
const VALID = { timestamp: 1, hash: 2, vlan: 4 } as const;

export function tapView({ kind, join, bytes }: TapExtension): TapView {
  return {
    kind: kindOf(kind),
    join: join === TAP_JOIN.skb ? 'skb' : join === TAP_JOIN.head ? 'head' : 'none',
    blob: kind === TAP_KIND.blob ? formatHex(bytes, 0, bytes.length) : '',
  };
}

function kindOf(kind: number): TapView['kind'] {
  switch (kind) {
    case TAP_KIND.area:
      return 'area';
    case TAP_KIND.blob:
      return 'blob';
    case TAP_KIND.hints:
      return 'hints';
    default:
      return 'unknown'; // of a newer Whither
  }
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

const FIELDS: readonly (readonly [name: string, bit: number, print: (v: DataView) => string])[] = [
  ['hint: rx timestamp', VALID.timestamp, (v) => `${v.getBigUint64(L.TAP_HINTS_RX_TIMESTAMP, true)} ns`],
  [
    'hint: rx hash',
    VALID.hash,
    (v) =>
      `${hex(v.getUint32(L.TAP_HINTS_RX_HASH, true), 8)} type ${hex(v.getUint32(L.TAP_HINTS_RX_HASH_TYPE, true), 1)}`,
  ],
  [
    'hint: vlan',
    VALID.vlan,
    (v) => {
      const tci = v.getUint16(L.TAP_HINTS_VLAN_TCI, true);
      return `${tci & 0xfff} priority ${tci >>> 13} (${hex(v.getUint16(L.TAP_HINTS_VLAN_PROTO, true), 4)})`;
    },
  ],
];

/** What the hardware said, as rows beside the area; none when no tap showed any. */
export function hintRows(events: readonly number[], taps: ReadonlyMap<number, TapExtension>): BesideRow[] {
  return FIELDS.map(([name, bit, print]) => ({
    name,
    cells: events.map((event) => ({ value: hintAt(taps.get(event), bit, print), changed: false })),
  })).filter(({ cells }) => cells.some(({ value }) => value !== ''));
}

function hintAt(tap: TapExtension | undefined, bit: number, print: (v: DataView) => string): string {
  if (tap?.kind !== TAP_KIND.hints || tap.bytes.length < L.TAP_HINTS_SIZE) return '';
  const v = new DataView(tap.bytes.buffer, tap.bytes.byteOffset, tap.bytes.byteLength);
  return (v.getUint32(L.TAP_HINTS_VALID, true) & bit) === 0 ? '' : print(v);
}
