import { describe, expect, it } from 'vitest';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { CILIUM_MARK } from '#core/metadata/formats/cilium.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { eventBytes } from './event-bytes.ts';
import { blocksWanted, readJourneyBlocks } from './journey-blocks.ts';
import { journeyDetail } from './journey-detail.ts';
import { CHUNK_MASK } from './limits.ts';
import { SCHEMA, sectionBytes, storeOf, trace, UDP_PACKET } from './testing/scenario.ts';

/** The four bytes 01020304 that the UDP packet carries to port 9000. */
const PAYLOAD = {
  name: 'payload',
  where: { in: 'packet', at: { kind: 'udp-payload', port: 9000 } },
  framing: { kind: 'struct', endian: 'big' },
  types: [
    { type: 0, name: 'first', kind: 'uint', size: 1 },
    { type: 1, name: 'rest', kind: 'bytes', size: 'rest' },
  ],
} as const;
const { whither: _, ...MARK } = CILIUM_MARK.schema;
const DOCUMENT: MetadataSchema = { ...SCHEMA, also: [PAYLOAD, MARK] };

const bytes = sectionBytes({
  schema: DOCUMENT,
  seen: [{ hook: 'nf/prerouting', id: 1n, us: 0, meta: [...trace(1), 0, 0], fields: { mark: 0x12340f01 } }],
});

describe('schemas for other places', () => {
  const events: InspectedEvent[] = [];
  const sink = new InspectSink({ event: (event) => events.push(event), problem: () => undefined });
  const reader = new CaptureReader(sink);
  reader.push(bytes);
  reader.end();

  it('read the packet behind an anchor and skb->mark, with the area', () => {
    const [event] = events;
    expect(event!.tlvs.map(({ name }) => name)).toEqual(['trace']);
    const said = event!.elsewhere!.map((place) => [
      place.schema,
      place.in,
      place.tlvs.map(({ name, value }) => `${name}=${value}`).join(' '),
    ]);
    expect(said).toEqual([
      ['payload', 'packet', 'first=1 rest=020304'],
      ['cilium_mark', 'mark', 'magic=IDENTITY identity_low=4660 identity_high=1'],
    ]);
    expect(event!.elsewhere![0]!.tlvs[0]!.offset).toBe(UDP_PACKET.length - 4);
  });

  it('say the same of a stored event, without the packet where its block is not at hand', () => {
    const store = storeOf(bytes);
    const chunk = store.events.chunk(0);
    const from = chunk.blockOffset(0 & CHUNK_MASK);
    const block = bytes.slice(from, from + chunk.blockLength[0]!);
    expect(inspectStoredEvent(store, 0, block)).toEqual(events[0]);
    expect(inspectStoredEvent(store, 0, null).elsewhere!.map((place) => place.in)).toEqual(['mark']);
  });

  it('are rows of the journey, from hop to hop, with what the schema says of each', () => {
    const [first] = PAYLOAD.types;
    const described: MetadataSchema = {
      ...DOCUMENT,
      also: [{ ...PAYLOAD, types: [{ ...first, description: 'the first byte', colour: 'red' }] }, MARK],
    };
    const seen = [0x12340f01, 0x12340f01, 0x56780f01].map((mark, i) => ({
      hook: ['nf/prerouting', 'nf/local_in', 'nf/postrouting'][i]!,
      id: 1n,
      us: i,
      fields: { mark },
      data: UDP_PACKET,
    }));
    const capture = sectionBytes({ schema: described, seen });
    const store = storeOf(capture);
    const blocks = new Map(
      blocksWanted(store, 0).map((event) => {
        const chunk = store.events.chunk(event);
        const from = chunk.blockOffset(event & CHUNK_MASK);
        return [event, capture.slice(from, from + chunk.blockLength[event & CHUNK_MASK]!)];
      }),
    );
    expect(blocks.size).toBe(3);
    const { elsewhere } = journeyDetail(store, 0, readJourneyBlocks(store, blocks));
    expect(elsewhere[0]).toEqual({
      schema: 'payload',
      in: 'packet',
      type: 0,
      name: 'first',
      kind: 'uint',
      note: { description: 'the first byte', owner: '', colour: 'red' },
      cells: Array.from({ length: 3 }, () => ({ value: '1', changed: false })),
    });
    const low = elsewhere.find(({ name }) => name === 'identity_low')!;
    expect(low.cells).toEqual([
      { value: '4660', changed: false },
      { value: '4660', changed: false },
      { value: '22136', changed: true },
    ]);
    const bytesHere = eventBytes(store, 0, blocks.get(0)!);
    expect(bytesHere.elsewhere.map(({ schema, types }) => [schema, types.length])).toEqual([
      ['payload', 1],
      ['cilium_mark', MARK.types.length],
    ]);
    // Without blocks what is in the sk_buff alone is there.
    expect(new Set(journeyDetail(store, 0).elsewhere.map((row) => row.in))).toEqual(new Set(['mark']));
  });
});
