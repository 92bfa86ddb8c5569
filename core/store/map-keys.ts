/**
 * Which map entries belong to a journey: by the key rules of the metadata schema, the key of an entry and the
 * packet are brought to the same text. The index grows with the samples; a new schema begins it anew.
 */
import { formatIpv4, formatIpv6, IPV4_BYTES } from '#core/dissect/addresses.ts';
import { readInteger } from '#core/metadata/value.ts';
import type { KeyField, MapRule, MetadataSchema } from '#core/metadata/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { RECORD } from './event-columns.ts';
import { addressText, decimal, portOf, protocolText } from './event-text.ts';
import { CHUNK_MASK } from './limits.ts';

/** IP protocol numbers of the protocols that have ports, and of ICMP: what the store keeps of a packet. */
const IP_PROTOCOL: Readonly<Partial<Record<string, number>>> = {
  TCP: 6,
  UDP: 17,
  ICMP: 1,
  ICMPv6: 58,
};
const MAPPED = '::ffff:';

/** A rule, and samples of its map that belong to the packet. */
export interface Belonging {
  readonly rule: MapRule;
  /** Numbers of samples, ascending. */
  readonly samples: readonly number[];
}

export class MapKeys {
  private schema: MetadataSchema | null = null;
  /** Samples from here on are not indexed yet. */
  private next = 0;
  /** By rule: key text → samples. */
  private indices: Map<string, number[]>[] = [];

  /** Of a journey whose events these are, by the rules of `schema`. */
  find(store: CaptureStore, schema: MetadataSchema, events: readonly number[]): Belonging[] {
    this.advance(store, schema);
    return (schema.maps ?? []).map((rule, i) => {
      const found = keysOf(store, rule, events).flatMap((key) => this.indices[i]!.get(key) ?? []);
      return { rule, samples: [...new Set(found)].sort((a, b) => a - b) };
    });
  }

  private advance(store: CaptureStore, schema: MetadataSchema): void {
    const rules = schema.maps ?? [];
    if (this.schema !== schema) {
      this.schema = schema;
      this.next = 0;
      this.indices = rules.map(() => new Map<string, number[]>());
    }
    for (; this.next < store.maps.count; this.next++) {
      const { map, key } = store.maps.sample(this.next);
      rules.forEach((rule, i) => {
        if (!isMap(store, rule, map)) return;
        const text = keyText(rule, key);
        if (text === null) return;
        const samples = this.indices[i]!.get(text);
        if (samples === undefined) this.indices[i]!.set(text, [this.next]);
        else samples.push(this.next);
      });
    }
  }
}

function isMap(store: CaptureStore, { map }: MapRule, id: number): boolean {
  return map === id || map === mapName(store, id);
}

/** Name of a map, '' when the capture does not say. */
export function mapName(store: CaptureStore, id: number): string {
  return store.facts.host?.maps.get(id) ?? '';
}

/** null: the key is shorter than the rule says. */
function keyText(rule: MapRule, key: Uint8Array): string | null {
  const parts: string[] = [];
  for (const field of rule.key.fields) {
    if (field.offset + field.size > key.length) return null;
    parts.push(fieldText(field, key));
  }
  return parts.join('|');
}

function fieldText({ field, offset, size, endian }: KeyField, key: Uint8Array): string {
  switch (field) {
    case 'source':
    case 'destination': {
      const bytes = key.slice(offset, offset + size);
      if (endian === 'little') bytes.reverse();
      if (size === IPV4_BYTES) return formatIpv4(bytes, 0);
      const text = formatIpv6(bytes, 0);
      return text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text;
    }
    case 'sourcePort':
    case 'destinationPort':
      return readInteger(key, offset, size, endian ?? 'big').toString();
    case 'protocol':
    case 'cookie':
    case 'hash':
      return readInteger(key, offset, size, endian ?? 'little').toString();
  }
}

/** Key texts by which entries of the rule's map belong to the journey; none when the packet has not what the rule asks for. */
function keysOf(store: CaptureStore, rule: MapRule, events: readonly number[]): string[] {
  const { kind, fields, directions } = rule.key;
  if (kind !== '5-tuple') return distinct(store, events, kind);
  const [first] = events;
  if (first === undefined) return [];
  const ways = directions === 'both' ? [false, true] : [false];
  return ways.flatMap((reversed) => {
    const parts = fields.map(({ field }) => flowText(store, first, field, reversed));
    return parts.includes('') ? [] : [parts.join('|')];
  });
}

function flowText(store: CaptureStore, event: number, field: KeyField['field'], reversed: boolean): string {
  const from = reversed ? 'dst' : 'src';
  const to = reversed ? 'src' : 'dst';
  switch (field) {
    case 'source':
      return addressText(store, event, from);
    case 'destination':
      return addressText(store, event, to);
    case 'sourcePort':
      return portOf(store, event, from)?.toString() ?? '';
    case 'destinationPort':
      return portOf(store, event, to)?.toString() ?? '';
    case 'protocol':
      return IP_PROTOCOL[protocolText(store, event)]?.toString() ?? '';
    case 'cookie':
    case 'hash':
      return ''; // no part of a 5-tuple: schema-rules.ts
  }
}

/** The cookies, or hashes, that the events of a journey have. */
function distinct(
  store: CaptureStore,
  events: readonly number[],
  kind: 'socket-cookie' | 'skb-hash',
): string[] {
  const found = new Set<string>();
  for (const event of events) {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const [hi, lo] =
      kind === 'skb-hash'
        ? [0, chunk.record(row, RECORD.hash)]
        : [chunk.record(row, RECORD.cookieHi), chunk.record(row, RECORD.cookieLo)];
    if ((hi | lo) !== 0) found.add(decimal(hi, lo));
  }
  return [...found];
}
