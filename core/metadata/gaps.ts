/** The bytes of an area that belong to no TLV: what framing and padding cost, and what lint looks at. */
import { createAreaScan, FAULT, type AreaDecoder, type AreaScan } from './scan.ts';
import { tlvHeader } from './tlv-header.ts';
import { roundUp } from './tlv-scan.ts';
import { TRAITS_HEADER_BYTES } from './traits-scan.ts';
import type { TlvFraming } from './types.ts';

/**
 * `start`: in front of the first TLV. `header`: of traits. `pad`: single-byte pads. `align`: rounding up. `terminator`: its
 * type field. `hole`: between fields of a struct, or before one that ends with the area. `trailing`: behind everything.
 * `unread`: from the fault on.
 */
export type GapKind = 'start' | 'header' | 'pad' | 'align' | 'terminator' | 'hole' | 'trailing' | 'unread';

export interface Gap {
  readonly kind: GapKind;
  /** In the area. */
  readonly offset: number;
  readonly length: number;
}

/** One for all areas: to make one takes longer than to read one. */
const scan = createAreaScan();

/** In order of offsets; together with the TLVs that `decodeArea` gives they are every byte of `bytes`, each once. */
export function gapsOf(decoder: AreaDecoder, bytes: Uint8Array): Gap[] {
  decoder.scan(bytes, 0, bytes.length, scan);
  const { framing } = decoder.schema;
  const spans: { kind: GapKind; from: number; to: number }[] = [];
  const add = (kind: GapKind, from: number, to: number): void => {
    const last = spans.at(-1);
    if (to <= from) return;
    if (last?.kind === kind && last.to === from) last.to = to;
    else spans.push({ kind, from, to });
  };
  switch (framing.kind) {
    case 'tlv':
      tlvGaps(framing, bytes, scan, add);
      break;
    case 'struct':
      structGaps(scan, add);
      break;
    case 'traits': {
      const first = Math.min(framing.start ?? 0, scan.end);
      add('start', 0, first);
      if (scan.fault !== FAULT.truncated) {
        add('header', first, Math.min(scan.end, first + TRAITS_HEADER_BYTES));
      }
    }
  }
  add(scan.fault === FAULT.none ? 'trailing' : 'unread', scan.end, bytes.length);
  return spans.map(({ kind, from, to }) => ({ kind, offset: from, length: to - from }));
}

type Add = (kind: GapKind, from: number, to: number) => void;

function tlvGaps(framing: TlvFraming, bytes: Uint8Array, scan: AreaScan, add: Add): void {
  const origin = framing.start ?? 0;
  const align = framing.align ?? 1;
  const { typeAt, typeWidth } = tlvHeader(framing);
  const between = (from: number, to: number): void => {
    let at = from;
    while (at < to) {
      const next = roundUp(at, origin, align, to);
      add('align', at, next);
      at = next;
      if (at === to) break;
      const isPad = bytes[at] === framing.pad;
      const end = isPad ? at + 1 : Math.min(to, at + typeAt + typeWidth);
      add(isPad ? 'pad' : 'terminator', at, end);
      at = end;
    }
  };
  add('start', 0, Math.min(origin, scan.end));
  let at = origin;
  for (let i = 0; i < scan.count; i++) {
    between(at, scan.offset[i]!);
    at = scan.offset[i]! + scan.length[i]!;
  }
  between(at, scan.end);
}

/** Fields may overlap, and need not be in order. */
function structGaps(scan: AreaScan, add: Add): void {
  const spans = Array.from({ length: scan.count }, (_, i) => ({
    from: scan.offset[i]!,
    to: scan.offset[i]! + scan.length[i]!,
  }));
  spans.sort((a, b) => a.from - b.from);
  let at = 0;
  for (const { from, to } of spans) {
    add(at === 0 ? 'start' : 'hole', at, from);
    at = Math.max(at, to);
  }
  add('hole', at, scan.end);
}
