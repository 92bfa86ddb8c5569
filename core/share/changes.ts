/**
 * What becomes of one packet, value by value, for whoever looks before it leaves: as the dissector and the schema read it before and after.
 * Nothing is told to be as it was that is not: bytes that no field and no TLV covers are told as such.
 */
import { formatHex } from '#core/dissect/addresses.ts';
import { dissectTree } from '#core/dissect/tree.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import type { Tlv } from '#core/metadata/types.ts';
import type { EventFields } from '#core/pcapng/event.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';

/** `zeros`: bytes are there and say nothing. `cut`: they are not there. */
export type Fate = 'kept' | 'replaced' | 'zeros' | 'cut';

export interface ValueChange {
  /** The layer of the packet, `metadata`, `hop`, or `kernel` for what that said of the packet. */
  readonly of: string;
  readonly name: string;
  readonly before: string;
  /** '' where it is zeros or cut. */
  readonly after: string;
  readonly fate: Fate;
}

/** Of what is told of one packet; those that are replaced come first where there are more. */
const MAX_CHANGES = 400;
/** Of bytes that are told as hex digits. */
const MAX_SHOWN_BYTES = 12;
const METADATA = 'metadata';
const KERNEL = 'kernel';

/** A leaf of what reads bytes. */
interface Leaf {
  readonly of: string;
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  readonly length: number;
  /** The same before and after. */
  readonly key: string;
}

export interface PacketPair {
  readonly linkType: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface AreaPair {
  /** What reads it; null = nothing does. */
  readonly decoder: AreaDecoder | null;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Field by field; a payload is one. */
export function packetChanges({ linkType, before, after }: PacketPair): readonly ValueChange[] {
  const leaves = (bytes: Uint8Array): Leaf[] => fieldLeaves(dissectTree(bytes, linkType));
  return changesOf(leaves(before), leaves(after), before, after, 'packet');
}

/** TLV by TLV, those within others by themselves. */
export function areaChanges({ decoder, before, after }: AreaPair): readonly ValueChange[] {
  const leaves = (bytes: Uint8Array): Leaf[] =>
    decoder === null ? unread(bytes) : tlvLeaves(decodeArea(decoder, bytes).tlvs, []);
  return changesOf(leaves(before), leaves(after), before, after, METADATA);
}

function unread({ length }: Uint8Array): Leaf[] {
  const name = 'what no schema reads';
  return length === 0 ? [] : [{ of: METADATA, name, value: '', offset: 0, length, key: name }];
}

function fieldLeaves(nodes: readonly FieldNode[]): Leaf[] {
  const seen = new Set<string>();
  // Behind another layer a frame is within a tunnel, whichever layers the hook has shown in front of it.
  let isInFrame = false;
  return nodes.flatMap((layer, i) => {
    isInFrame ||= i > 0 && layer.filter === 'eth';
    const isInner = layer.children.length > 0 && (isInFrame || seen.has(layer.label));
    const of = isInner ? `inner ${layer.label}` : layer.label;
    seen.add(layer.label);
    const leaves = (node: FieldNode): Leaf[] => {
      if (node.children.length > 0) return node.children.flatMap(leaves);
      const { label, filter, value, offset, length } = node;
      const name = node === layer ? 'bytes' : label;
      return [{ of, name, value, offset, length, key: `${filter || label}@${offset}+${length}` }];
    };
    return leaves(layer);
  });
}

function tlvLeaves(tlvs: readonly Tlv[], path: readonly string[]): Leaf[] {
  return tlvs.flatMap(({ name, type, value, fields = [], valueOffset, valueLength }) => {
    const own = [...path, name === '' ? (path.length > 0 ? String(type) : `type ${type} (no schema)`) : name];
    if (fields.length > 0) return tlvLeaves(fields, own);
    const text = own.join('.');
    const key = `${text}@${valueOffset}+${valueLength}`;
    return [{ of: METADATA, name: text, value, offset: valueOffset, length: valueLength, key }];
  });
}

function changesOf(
  leaves: readonly Leaf[],
  leavesAfter: readonly Leaf[],
  before: Uint8Array,
  after: Uint8Array,
  rest: string,
): readonly ValueChange[] {
  const valuesAfter = new Map(leavesAfter.map(({ key, value }) => [key, value]));
  const told = new Uint8Array(before.length);
  const isShared = sharedBytes(leaves, before.length);
  const changes = leaves.map((leaf): ValueChange => {
    const { of, name, offset, length, key } = leaf;
    const end = Math.min(offset + length, before.length);
    const now = valuesAfter.get(key);
    const isSame = end <= after.length && isEqual(before, after, offset, end);
    const asBytes = isBytes(leaf);
    // Fields of some bits share their bytes with others, of which one alone may differ; what is printed of others may be a part of them.
    const isSameBits = !asBytes && now === leaf.value && isShared(offset, end);
    const fate = isSame || isSameBits ? 'kept' : fateOf(after, offset, end);
    if (fate !== 'kept') told.fill(1, offset, end);
    const was = asBytes ? bytesText(before, offset, end) : leaf.value;
    const is = asBytes || now === undefined ? bytesText(after, offset, end) : now;
    return { of, name, before: was, after: fate === 'kept' ? was : fate === 'replaced' ? is : '', fate };
  });
  return cut([...changes, ...untold(before, after, told, rest)]);
}

/** Whether each of the bytes is of several leaves. */
function sharedBytes(leaves: readonly Leaf[], size: number): (from: number, to: number) => boolean {
  const counts = new Uint16Array(size);
  for (const { offset, length } of leaves) {
    for (let at = offset; at < Math.min(offset + length, size); at++) counts[at]!++;
  }
  return (from, to) => counts.subarray(from, to).every((count) => count > 1);
}

/** What is printed as its length alone, or as nothing. */
function isBytes({ value, length }: Leaf): boolean {
  return length > 0 && (value === '' || /^\d+ bytes$/.test(value));
}

function fateOf(after: Uint8Array, from: number, to: number): Fate {
  if (to > from && from >= after.length) return 'cut';
  return after.subarray(from, to).every((byte) => byte === 0) ? 'zeros' : 'replaced';
}

function isEqual(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Bytes that differ and were not told of: of no field and no TLV. */
function untold(before: Uint8Array, after: Uint8Array, told: Uint8Array, of: string): ValueChange[] {
  const changes: ValueChange[] = [];
  const differs = (at: number): boolean => told[at] === 0 && before[at] !== after[at];
  for (let from = 0; from < before.length; from++) {
    if (!differs(from)) continue;
    let to = from + 1;
    while (to < before.length && differs(to) && to !== after.length) to++;
    const fate = fateOf(after, from, to);
    changes.push({
      of,
      name: to - from === 1 ? `byte ${from}` : `bytes ${from} to ${to - 1}`,
      before: bytesText(before, from, to),
      after: fate === 'replaced' ? bytesText(after, from, to) : '',
      fate,
    });
    from = to - 1;
  }
  return changes;
}

function bytesText(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, bytes.length);
  if (end <= from) return '';
  const shown = formatHex(bytes, from, Math.min(end - from, MAX_SHOWN_BYTES));
  return end - from <= MAX_SHOWN_BYTES ? shown : `${shown}… (${end - from} bytes)`;
}

/** What the kernel said of the packet, of which something may not leave (event.ts). */
export function eventChanges(before: EventFields, after: EventFields): readonly ValueChange[] {
  return [
    ...KERNEL_VALUES.flatMap(([name, print]): ValueChange[] => {
      const [was, is] = [print(before), print(after)];
      if (was === '') return [];
      const fate = was === is ? 'kept' : is === '' ? 'cut' : 'replaced';
      return [{ of: KERNEL, name, before: was, after: is, fate }];
    }),
    ...KERNEL_BYTES.flatMap(([name, bytesOf]): ValueChange[] => {
      const [was, is] = [bytesOf(before) ?? NO_BYTES, bytesOf(after) ?? NO_BYTES];
      if (was.length === 0) return [];
      // By all of them: more than are shown may differ.
      const fate = sameBytes(was, is) ? 'kept' : fateOf(is, 0, was.length);
      const [text, shown] = [bytesText(was, 0, was.length), bytesText(is, 0, is.length)];
      return [{ of: KERNEL, name, before: text, after: isGone(fate) ? '' : shown, fate }];
    }),
  ];
}

function isGone(fate: Fate): boolean {
  return fate === 'zeros' || fate === 'cut';
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
/** 0 = there is none, or it is not known. */
const known = (value: bigint | number): string => (BigInt(value) === 0n ? '' : hex(value));

/** Each '' where the event has none. */
const KERNEL_VALUES: readonly (readonly [string, (event: EventFields) => string])[] = [
  ['sk_buff', ({ skb }) => known(skb)],
  ['head', ({ head }) => known(head)],
  ['packet hash', ({ hash }) => known(hash)],
  ['mark', ({ mark }) => known(mark)],
  ['priority', ({ priority }) => known(priority)],
  ['process', ({ task }) => (task === undefined ? '' : `${task.comm}/${task.tgid}`)],
  ['socket cookie', ({ socketCookie }) => known(socketCookie ?? 0n)],
  ['code that dropped it', ({ drop }) => known(drop?.location ?? 0n)],
];
const NO_BYTES = new Uint8Array();
const KERNEL_BYTES: readonly (readonly [string, (event: EventFields) => Uint8Array | undefined])[] = [
  ['control block', ({ cb }) => cb],
  ['what a tap showed', ({ tap }) => tap?.bytes],
];

/** A value of the hop, with no bytes in the packet. */
export function hopChange(name: string, before: string, after: string): ValueChange {
  return { of: 'hop', name, before, after, fate: before === after ? 'kept' : 'replaced' };
}

function cut(changes: readonly ValueChange[]): readonly ValueChange[] {
  if (changes.length <= MAX_CHANGES) return changes;
  const isKept = ({ fate }: ValueChange): boolean => fate === 'kept';
  return [...changes.filter((one) => !isKept(one)), ...changes.filter(isKept)].slice(0, MAX_CHANGES);
}
