/**
 * One TLV, everywhere it was seen: in the packet's own bytes, in the area, shown by a tap, in a map, in the storage
 * of a socket. The same TLV is one of the same type with the same value. An entry of a map belongs to the packet by
 * its key (map-keys.ts); whether it came from this packet and not from another of the flow with the same value is
 * looked at among the packets around, and said.
 */
import { formatHex } from '#core/dissect/addresses.ts';
import { META_STATE, TAP_KIND } from '#core/format/structs.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import { compileSchema, type AreaDecoder } from '#core/metadata/scan.ts';
import type { MapRule, MetadataSchema, Tlv } from '#core/metadata/types.ts';
import type { TapExtension } from '#core/pcapng/event.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureStore } from './capture-store.ts';
import { decodeStored } from './decode-stored.ts';
import { decimal, endpointText } from './event-text.ts';
import type { JourneyBytes } from './journey-blocks.ts';
import { journeyEvents } from './journey-events.ts';
import { JOURNEY } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';
import { mapName } from './map-keys.ts';
import type { LocationRow, TlvPlace } from './view.ts';

/** Journeys before and after that are looked at for the same value. */
const NEIGHBOURS = 2048;
/** A value of fewer bytes is found in any packet by chance. */
const MIN_PACKET_BYTES = 4;

interface Found {
  readonly tlv: Tlv;
  readonly value: Uint8Array;
  /** Type, length and value as they stand. */
  readonly whole: Uint8Array;
  readonly places: TlvPlace[];
}

/** Rows for the TLVs that were seen in another place than the area alone; [] = none was. */
export function journeyLocations(
  store: CaptureStore,
  journey: number,
  events: readonly number[],
  bytes: Pick<JourneyBytes, 'packet' | 'taps'>,
): LocationRow[] {
  const decoder = store.documentOf(journey);
  if (decoder === null || events.length === 0) return [];
  const found = new Map<string, Found>();
  events.forEach((event, hop) => {
    inArea(store, event, hop, found);
    const tap = bytes.taps.get(event);
    if (tap?.kind === TAP_KIND.blob) inBlob(store, event, hop, tap, decoder, found);
  });
  inPacket(store, events[0]!, bytes.packet, found);
  inMaps(store, journey, events, decoder, found);
  return [...found.values()]
    .filter(({ places }) => places.some(({ where }) => where !== 'area'))
    .map(({ tlv: { type, name, value }, places }) => ({ type, name, value, places }));
}

function keep(found: Map<string, Found>, tlv: Tlv, area: Uint8Array, place: TlvPlace): void {
  const end = tlv.valueOffset + tlv.valueLength;
  const value = area.slice(tlv.valueOffset, end);
  const key = `${tlv.type} ${formatHex(value, 0, value.length)}`;
  const known = found.get(key);
  if (known === undefined)
    found.set(key, { tlv, value, whole: area.slice(tlv.offset, end), places: [place] });
  else known.places.push(place);
}

function at(store: CaptureStore, event: number): Pick<TlvPlace, 'name' | 'timeNs'> {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  return {
    name: store.hops.hops[chunk.hop[row]!]!.name,
    timeNs: decimal(chunk.tsHi[row]!, chunk.tsLo[row]!),
  };
}

/** Only where it appears: from there on it is in the area until the matrix says otherwise. */
function inArea(store: CaptureStore, event: number, hop: number, found: Map<string, Found>): void {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const area = chunk.area[row]!;
  if (chunk.metaState[row] !== META_STATE.present || area === 0) return;
  const bytes = store.areas.bytes(area);
  for (const tlv of decodeStored(store, area).tlvs) {
    const value = bytes.subarray(tlv.valueOffset, tlv.valueOffset + tlv.valueLength);
    const known = [...found.values()].some(
      (one) =>
        one.tlv.type === tlv.type &&
        sameBytes(one.value, value) &&
        one.places.some(({ where }) => where === 'area'),
    );
    if (known) continue;
    const evidence = `read from the area, offset ${tlv.offset}`;
    keep(found, tlv, bytes, { where: 'area', hop, ...at(store, event), known: 'seen', evidence });
  }
}

function inBlob(
  store: CaptureStore,
  event: number,
  hop: number,
  { bytes }: TapExtension,
  decoder: AreaDecoder,
  found: Map<string, Found>,
): void {
  for (const tlv of decodeArea(decoder, bytes).tlvs) {
    const evidence = `shown by the tap, offset ${tlv.offset} of ${bytes.length} bytes`;
    keep(found, tlv, bytes, { where: 'blob', hop, ...at(store, event), known: 'seen', evidence });
  }
}

/** The packet's own bytes are not framed by the schema: what is looked for is the whole TLV as it stands elsewhere. */
function inPacket(store: CaptureStore, event: number, packet: Uint8Array, found: Map<string, Found>): void {
  for (const { value, whole, places } of found.values()) {
    const offset = value.length < MIN_PACKET_BYTES ? -1 : indexOf(packet, whole);
    if (offset < 0) continue;
    const evidence = `the same ${whole.length} bytes, type and length too, stand at offset ${offset} of the packet`;
    places.unshift({ where: 'packet', hop: 0, ...at(store, event), known: 'inferred', evidence });
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let from = bytes.indexOf(part[0]!); from >= 0; from = bytes.indexOf(part[0]!, from + 1)) {
    if (from + part.length > bytes.length) return -1;
    if (part.every((byte, i) => bytes[from + i] === byte)) return from;
  }
  return -1;
}

function inMaps(
  store: CaptureStore,
  journey: number,
  events: readonly number[],
  decoder: AreaDecoder,
  found: Map<string, Found>,
): void {
  const { schema } = decoder;
  const chunk = store.events.chunk(events[0]!);
  const row = events[0]! & CHUNK_MASK;
  const began = (BigInt(chunk.tsHi[row]!) << 32n) | BigInt(chunk.tsLo[row]!);
  for (const { rule, samples } of store.mapKeys.find(store, schema, events)) {
    const reader = readerOf(rule, decoder, schema);
    for (const one of found.values()) {
      for (const n of samples) {
        const sample = store.maps.sample(n);
        // What was there before the packet came is not from it.
        if (sample.time < began || !holds(reader, rule, sample.value, one)) continue;
        const alike = alikeAround(store, journey, events[0]!, one);
        one.places.push({
          where: rule.key.kind === 'socket-cookie' ? 'socket' : 'map',
          hop: null,
          name: `${mapName(store, sample.map)}#${sample.map}`,
          timeNs: sample.time.toString(),
          known: alike === 0 ? 'inferred' : 'ambiguous',
          evidence: evidenceOf(store, rule, events[0]!, alike, sample.cpu),
        });
        break;
      }
    }
  }
}

function readerOf({ value }: MapRule, area: AreaDecoder, schema: MetadataSchema): AreaDecoder {
  return value.framing === undefined ? area : compileSchema({ ...schema, framing: value.framing });
}

function holds(reader: AreaDecoder, { value: { offset } }: MapRule, value: Uint8Array, one: Found): boolean {
  const bytes = value.subarray(offset);
  return decodeArea(reader, bytes).tlvs.some(
    (tlv) =>
      tlv.type === one.tlv.type &&
      sameBytes(bytes.subarray(tlv.valueOffset, tlv.valueOffset + tlv.valueLength), one.value),
  );
}

const BY_KEY = {
  '5-tuple': 'flow',
  'socket-cookie': 'socket cookie',
  'skb-hash': 'skb->hash',
} as const;

function evidenceOf(
  store: CaptureStore,
  { key }: MapRule,
  event: number,
  alike: number,
  cpu: number | null,
): string {
  const fields = key.kind === '5-tuple' ? ` (${key.fields.map(({ field }) => field).join(', ')})` : '';
  const flow = `${endpointText(store, event, 'src')} to ${endpointText(store, event, 'dst')}`;
  const where = cpu === null ? '' : `, on CPU ${cpu}`;
  const others =
    alike === 0
      ? 'no other packet of the flow around it carries this value'
      : `${alike} other packets of the flow around it carry this value, and any of them may be the one`;
  return `the entry's key has the ${BY_KEY[key.kind]}${fields} of ${flow}${where}, its value the same TLV; ${others}`;
}

/** Other journeys of the same flow, among those around, that carry the same TLV. */
function alikeAround(store: CaptureStore, journey: number, first: number, one: Found): number {
  const from = Math.max(0, journey - NEIGHBOURS);
  const to = Math.min(store.journeys.count, journey + NEIGHBOURS);
  let count = 0;
  for (let other = from; other < to; other++) {
    if (other === journey || !sameFlow(store, first, store.journeys.word(other, JOURNEY.first))) continue;
    count += journeyEvents(store, other).some((event) => carries(store, event, one)) ? 1 : 0;
  }
  return count;
}

function sameFlow(store: CaptureStore, a: number, b: number): boolean {
  const ca = store.events.chunk(a);
  const cb = store.events.chunk(b);
  const ra = a & CHUNK_MASK;
  const rb = b & CHUNK_MASK;
  return (
    ca.src[ra] === cb.src[rb] &&
    ca.dst[ra] === cb.dst[rb] &&
    ca.srcPort[ra] === cb.srcPort[rb] &&
    ca.dstPort[ra] === cb.dstPort[rb] &&
    ca.protocol[ra] === cb.protocol[rb]
  );
}

function carries(store: CaptureStore, event: number, one: Found): boolean {
  const area = store.events.chunk(event).area[event & CHUNK_MASK]!;
  if (area === 0) return false;
  const bytes = store.areas.bytes(area);
  return decodeStored(store, area).tlvs.some(
    (tlv) =>
      tlv.type === one.tlv.type &&
      sameBytes(bytes.subarray(tlv.valueOffset, tlv.valueOffset + tlv.valueLength), one.value),
  );
}
