/** What the values of each type look like under a framing, and what a schema may call them. */
import { createAreaScan, FAULT } from '#core/metadata/scan.ts';
import type { TlvType } from '#core/metadata/types.ts';
import { readInteger } from '#core/metadata/value.ts';
import { EndBytes, entropyOf, type ByteOrder } from './byte-order.ts';
import { readerOf } from './measure.ts';
import { matchPackets, type PacketMatch, type SeenValue } from './packet-match.ts';
import type { AreaSample, FieldFinding, Framing } from './types.ts';

/** Types beyond this are left out, the rarest first: a schema has at most so many. */
const MAX_FIELDS = 64;
/** More different values are no names of something. */
const MAX_ENUM_VALUES = 16;
const MIN_VALUES_PER_NAME = 4;
const MAX_ENUM_BYTES = 4;
const MIN_TEXT_BYTES = 3;
const MIN_SHARE = 0.95;
const MIN_COUNTED = 8;
/** A counter moves on by less than this from one area to the next. */
const MAX_COUNTER_STEP = 1n << 20n;
const ONLY_START = -1;

interface Collected {
  readonly type: number;
  readonly values: SeenValue[];
  readonly before: Map<number, number>;
  areas: number;
  lastArea: number;
}

/** Most frequent first. */
export function describeFields(areas: readonly AreaSample[], framing: Framing): FieldFinding[] {
  const collected = [...collect(areas, framing).values()]
    .sort((a, b) => b.values.length - a.values.length)
    .slice(0, MAX_FIELDS);
  const names = new Set<string>();
  return collected.map((one) => describe(one, framing, names));
}

const scan = createAreaScan();

function collect(areas: readonly AreaSample[], framing: Framing): Map<number, Collected> {
  const decoder = readerOf(framing);
  const byType = new Map<number, Collected>();
  areas.forEach(({ bytes, packet }, n) => {
    decoder.scan(bytes, 0, bytes.length, scan);
    if (scan.fault !== FAULT.none) return;
    for (let i = 0; i < scan.count; i++) {
      const type = scan.type[i]!;
      let one = byType.get(type);
      if (one === undefined) {
        one = { type, values: [], before: new Map(), areas: 0, lastArea: -1 };
        byType.set(type, one);
      }
      const at = scan.valueOffset[i]!;
      one.values.push({ bytes: bytes.subarray(at, at + scan.valueLength[i]!), packet });
      const before = i === 0 ? ONLY_START : scan.type[i - 1]!;
      one.before.set(before, (one.before.get(before) ?? 0) + 1);
      if (one.lastArea !== n) one.areas++;
      one.lastArea = n;
    }
  });
  return byType;
}

/** `names`: those that are taken; the one given is added. */
function describe(
  { type, values, before, areas }: Collected,
  framing: Framing,
  names: Set<string>,
): FieldFinding {
  const lengths = values.map(({ bytes }) => bytes.length);
  const distinct = new Map<string, number>();
  for (const { bytes } of values) {
    const key = bytes.join();
    distinct.set(key, (distinct.get(key) ?? 0) + 1);
  }
  const minLength = Math.min(...lengths);
  const maxLength = Math.max(...lengths);
  const order = orderOf(values, minLength, maxLength) ?? framing.endian;
  const found = matchPackets(values) ?? look(values, distinct, order);
  const { name, endian, ...rest } = found.proposed;
  const proposed: TlvType = {
    type,
    name: unique(name, type, names),
    ...rest,
    ...(endian !== undefined && endian !== defaultOrder(rest.kind, framing) && { endian }),
    description: sentence(found.evidence),
  };
  return {
    type,
    areas,
    minLength,
    maxLength,
    distinct: distinct.size,
    entropyBits: entropyOf(distinct.values(), values.length),
    stability: Math.max(...before.values()) / values.length,
    look: found.look,
    evidence: found.evidence,
    proposed,
  };
}

function defaultOrder(kind: TlvType['kind'], framing: Framing): ByteOrder {
  return kind === 'ipv4' ? 'big' : framing.endian;
}

function orderOf(values: readonly SeenValue[], minLength: number, maxLength: number): ByteOrder | null {
  if (minLength !== maxLength || minLength < 2) return null;
  const ends = new EndBytes();
  for (const { bytes } of values) ends.add(bytes[0]!, bytes[bytes.length - 1]!);
  return ends.order();
}

/** What values say by themselves. `order` is how they are read as numbers. */
function look(
  values: readonly SeenValue[],
  distinct: ReadonlyMap<string, number>,
  order: ByteOrder,
): PacketMatch {
  const count = values.length;
  const longest = Math.max(...values.map(({ bytes }) => bytes.length));
  const isOneLength = values.every(({ bytes }) => bytes.length === longest);
  const isNumber = longest <= 8 && isOneLength;
  const kind = isNumber ? 'uint' : 'bytes';
  const endian = isNumber && longest > 1 ? { endian: order } : {};
  if (longest === 0) {
    return { look: 'empty', evidence: 'never has a value', proposed: { name: 'flag', kind: 'flag' } };
  }
  if (share(values, ({ bytes }) => isText(bytes)) !== null) {
    const evidence = `printable text in ${share(values, ({ bytes }) => isText(bytes))!}`;
    return { look: 'text', evidence, proposed: { name: 'text', kind: 'string' } };
  }
  const address = addressLook(values, longest, isOneLength);
  if (address !== null) return address;
  if (distinct.size === 1) {
    return {
      look: 'constant',
      evidence: `the same value in all ${count}`,
      proposed: { name: 'constant', kind, ...endian },
    };
  }
  if (isNumber && longest >= 2 && counts(values, order)) {
    return {
      look: 'counter',
      evidence: `grows by small steps over ${count} values`,
      proposed: { name: 'counter', kind, ...endian },
    };
  }
  const isFew = distinct.size <= MAX_ENUM_VALUES && count >= MIN_VALUES_PER_NAME * distinct.size;
  if (isNumber && longest <= MAX_ENUM_BYTES && isFew) return enumLook(values, distinct, order);
  if (distinct.size >= MIN_SHARE * count && count >= MIN_COUNTED && longest >= 4) {
    return {
      look: 'identifier',
      evidence: `${distinct.size} different values in ${count}`,
      proposed: { name: 'identifier', kind, ...endian, ...(isNumber && { display: 'hex' }) },
    };
  }
  return {
    look: isNumber ? 'number' : 'bytes',
    evidence: `${distinct.size} different values in ${count}`,
    proposed: { name: 'value', kind, ...endian },
  };
}

function enumLook(
  values: readonly SeenValue[],
  distinct: ReadonlyMap<string, number>,
  order: ByteOrder,
): PacketMatch {
  const numbers = [...distinct.keys()].map((key) => {
    const bytes = Uint8Array.from(key.split(','), Number);
    return readInteger(bytes, 0, bytes.length, order);
  });
  numbers.sort((a, b) => (a < b ? -1 : 1));
  return {
    look: 'enum',
    evidence: `only ${distinct.size} different values in ${values.length}`,
    proposed: {
      name: 'choice',
      kind: 'enum',
      ...(values[0]!.bytes.length > 1 && { endian: order }),
      names: Object.fromEntries(numbers.map((number) => [String(number), `value ${number}`])),
    },
  };
}

function addressLook(
  values: readonly SeenValue[],
  longest: number,
  isOneLength: boolean,
): PacketMatch | null {
  if (!isOneLength) return null;
  const of = (kind: 'ipv4' | 'ipv6' | 'mac', what: string): PacketMatch => ({
    look: 'address',
    evidence: `${what} in all ${values.length}`,
    proposed: { name: 'address', kind },
  });
  if (longest === 4 && values.every(({ bytes }) => isPrivate(bytes)))
    return of('ipv4', 'a private IPv4 address');
  if (
    longest === 6 &&
    values.every(({ bytes }) => (bytes[0]! & 1) === 0 && bytes.some((byte) => byte !== 0))
  ) {
    return of('mac', 'six bytes as a station address has them');
  }
  if (
    longest === 16 &&
    values.every(({ bytes }) => (bytes[0]! & 0xe0) === 0x20 || (bytes[0]! & 0xfe) === 0xfc)
  ) {
    return of('ipv6', 'begins as a global or unique local IPv6 address');
  }
  return null;
}

/** RFC 1918. */
function isPrivate(bytes: Uint8Array): boolean {
  const [a, b] = [bytes[0]!, bytes[1]!];
  return a === 10 || (a === 172 && (b & 0xf0) === 16) || (a === 192 && b === 168);
}

function isText(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end >= MIN_TEXT_BYTES && bytes.subarray(0, end).every((byte) => byte >= 0x20 && byte < 0x7f);
}

function counts(values: readonly SeenValue[], order: ByteOrder): boolean {
  if (values.length < MIN_COUNTED) return false;
  let up = 0;
  let moved = 0;
  let previous = readInteger(values[0]!.bytes, 0, values[0]!.bytes.length, order);
  for (const { bytes } of values.slice(1)) {
    const value = readInteger(bytes, 0, bytes.length, order);
    if (value >= previous && value - previous < MAX_COUNTER_STEP) up++;
    if (value !== previous) moved++;
    previous = value;
  }
  return up >= MIN_SHARE * (values.length - 1) && moved >= (values.length - 1) / 2;
}

function share(values: readonly SeenValue[], agrees: (value: SeenValue) => boolean): string | null {
  const count = values.filter(agrees).length;
  return count < MIN_SHARE * values.length ? null : `${count} of ${values.length}`;
}

function unique(name: string, type: number, names: Set<string>): string {
  const free = names.has(name) ? `${name}_${type}` : name;
  names.add(free);
  return free;
}

function sentence(text: string): string {
  return `Proposed: ${text}.`;
}
