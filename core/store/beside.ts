/** What an sk_buff carries beside the metadata area, from hop to hop. */
import { formatHex } from '#core/dissect/addresses.ts';
import {
  EXT_BESIDE_HWTSTAMP,
  EXT_BESIDE_SIZE,
  EXT_BESIDE_SKB_EXTENSIONS,
  EXT_BESIDE_VLAN_PROTO,
  EXT_CB_SIZE,
} from '#core/format/layout.gen.ts';
import { EVENT_FLAG } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, RECORD, type EventChunk } from './event-columns.ts';
import { decimal } from './event-text.ts';
import { CHUNK_MASK } from './limits.ts';
import type { BesideRow } from './view.ts';

const QUEUE_UNKNOWN = 0xffff;

type Print = (store: CaptureStore, chunk: EventChunk, row: number) => string;

const hex32 = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** '' = none, or not recorded. */
const FIELDS: readonly (readonly [name: string, print: Print])[] = [
  ['mark', (_, chunk, row) => hex32(chunk.record(row, RECORD.mark))],
  ['priority', (_, chunk, row) => hex32(chunk.record(row, RECORD.priority))],
  ['hash', (_, chunk, row) => hashText(chunk, row)],
  ['vlan', (store, chunk, row) => vlanText(store, chunk, row)],
  ['queue', (_, chunk, row) => queueText(chunk.record(row, RECORD.cpuQueue) >>> 16)],
  ['socket cookie', (_, chunk, row) => cookieText(chunk, row)],
  ['hardware timestamp', (store, chunk, row) => timestampText(beside(store, chunk, row))],
  ['skb extensions', (store, chunk, row) => extensionsText(beside(store, chunk, row))],
  ['cb', (store, chunk, row) => cbText(store, chunk, row)],
  ['netns', (store, chunk, row) => numberText(store.hops.places[chunk.hop[row]!]!.netns)],
];

/** One row for each that any of the events has. `changed`: it differs from the event before. */
export function besideRows(store: CaptureStore, events: readonly number[]): BesideRow[] {
  const rows: BesideRow[] = [];
  for (const [name, print] of FIELDS) {
    let before: string | null = null;
    const cells = events.map((event) => {
      const chunk = store.events.chunk(event);
      const row = event & CHUNK_MASK;
      if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return { value: '', changed: false };
      const value = print(store, chunk, row);
      const changed = before !== null && before !== value;
      before = value;
      return { value, changed };
    });
    if (cells.some(({ value }) => value !== '')) rows.push({ name, cells });
  }
  return rows;
}

function hashText(chunk: EventChunk, row: number): string {
  const hash = chunk.record(row, RECORD.hash);
  if (hash === 0) return '';
  const flags = chunk.record(row, RECORD.networkFlags) >>> 16;
  const layer = (flags & EVENT_FLAG.hashL4) === 0 ? 'L3' : 'L4';
  return `${hex32(hash)} ${layer}${(flags & EVENT_FLAG.hashSoftware) === 0 ? '' : ' software'}`;
}

function vlanText(store: CaptureStore, chunk: EventChunk, row: number): string {
  const tci = chunk.record(row, RECORD.protocolVlan) >>> 16;
  const extra = beside(store, chunk, row);
  const protocol = extra === null ? 0 : extra.getUint16(EXT_BESIDE_VLAN_PROTO, true);
  if (tci === 0 && protocol === 0) return '';
  const tag = `${tci & 0xfff} priority ${tci >>> 13}`;
  return protocol === 0 ? tag : `${tag} (0x${protocol.toString(16).padStart(4, '0')})`;
}

function queueText(queue: number): string {
  return queue === QUEUE_UNKNOWN ? '' : String(queue);
}

function cookieText(chunk: EventChunk, row: number): string {
  const [hi, lo] = [chunk.record(row, RECORD.cookieHi), chunk.record(row, RECORD.cookieLo)];
  return (hi | lo) === 0 ? '' : decimal(hi, lo);
}

function numberText(value: number): string {
  return value === 0 ? '' : String(value);
}

function extrasOf(store: CaptureStore, chunk: EventChunk, row: number): Uint8Array {
  return store.extensions.extras.bytes(chunk.record(row, RECORD.extras));
}

function cbText(store: CaptureStore, chunk: EventChunk, row: number): string {
  const bytes = extrasOf(store, chunk, row);
  return bytes.length < EXT_CB_SIZE ? '' : formatHex(bytes, 0, EXT_CB_SIZE);
}

/** The EXT_BESIDE struct, behind skb->cb where both are there. */
function beside(store: CaptureStore, chunk: EventChunk, row: number): DataView | null {
  const bytes = extrasOf(store, chunk, row);
  const at = bytes.length - EXT_BESIDE_SIZE;
  if (at !== 0 && at !== EXT_CB_SIZE) return null;
  return new DataView(bytes.buffer, bytes.byteOffset + at, EXT_BESIDE_SIZE);
}

function timestampText(extra: DataView | null): string {
  const time = extra?.getBigUint64(EXT_BESIDE_HWTSTAMP, true) ?? 0n;
  return time === 0n ? '' : `${time} ns`;
}

function extensionsText(extra: DataView | null): string {
  const flags = extra?.getUint8(EXT_BESIDE_SKB_EXTENSIONS) ?? 0;
  return flags === 0 ? '' : `0x${flags.toString(16).padStart(2, '0')}`;
}
