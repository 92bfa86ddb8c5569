import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import {
  client,
  SCHEMA,
  sectionBytes,
  START_NS,
  storeOf,
  trace,
  UDP_PACKET,
} from '#core/store/testing/scenario.ts';
import { MAX_JOURNEY_EVENTS } from '#core/store/view.ts';
import type { InspectedEvent } from './event-object.ts';
import { InspectSink } from './inspect-sink.ts';
import { inspectStoredEvent } from './stored.ts';

function streamed(bytes: Uint8Array, chunkBytes = 1000): InspectedEvent[] {
  const events: InspectedEvent[] = [];
  const sink = new InspectSink({ event: (event) => events.push(event), problem: () => undefined });
  const reader = new CaptureReader(sink);
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return events;
}

function stored(bytes: Uint8Array): InspectedEvent[] {
  const store: CaptureStore = storeOf(bytes);
  return Array.from({ length: store.events.count }, (_, event) => {
    const at = store.events.chunk(event).blockOffset(event);
    const length = store.events.chunk(event).blockLength[event]!;
    return inspectStoredEvent(store, event, bytes.subarray(at, at + length));
  });
}

const EVENT = sectionBytes({
  seen: [
    {
      hook: 'netif_receive_skb',
      id: 77n,
      us: 1,
      meta: [...trace(0x1234), ...client(9)],
      comments: ['odd one'],
    },
    { hook: 'consume_skb', id: 77n, us: 2, state: META_STATE.unlocatable },
    { hook: 'consume_skb', id: 77n, us: 3, meta: [1, 9, 0, 0] },
  ],
});

describe('inspect', () => {
  it('makes one object per event, keys in the documented order', () => {
    const [first] = streamed(EVENT);
    expect(JSON.stringify(first)).toBe(
      JSON.stringify({
        n: 1,
        time_ns: (START_NS + 1000n).toString(),
        interface: 'eth0:netif_receive_skb',
        hook: 'netif_receive_skb',
        journey: '77',
        meta_hex: '0104341200000304c0000209',
        tlvs: [
          {
            type: 1,
            name: 'trace',
            value: '0x00001234',
            offset: 0,
            length: 6,
            value_offset: 2,
            value_length: 4,
          },
          {
            type: 3,
            name: 'client',
            value: '192.0.2.9',
            offset: 6,
            length: 6,
            value_offset: 8,
            value_length: 4,
          },
        ],
        protocol: 'UDP',
        src: '10.0.0.1',
        dst: '10.0.0.2',
        sport: 4000,
        dport: 9000,
        comments: ['odd one'],
        state: 'written',
        cause: 'unknown',
        evidence:
          'unknown: meta_len is 12 at the first hook that saw the packet; an XDP program may run there, the capture lists none.',
        writer: null,
        links: [],
      }),
    );
  });

  it('says what is wrong with metadata', () => {
    const [, second, third] = streamed(EVENT);
    expect([second!.meta_hex, second!.meta_state, 'fault' in second!]).toEqual(['', 'unlocatable', false]);
    expect([third!.meta_hex, third!.fault]).toEqual([
      '01090000',
      'TLV type 1 at offset 0 says 9 bytes of value, but only 2 bytes are left in the area.',
    ]);
  });

  it('reads a capture of another tool, with nulls for what it does not have', () => {
    const writer = new CaptureWriter();
    writer.sectionHeader();
    writer.interfaceDescription({ linkType: 1, name: 'eth9' });
    writer.enhancedPacket({ interfaceId: 0, time: 5n, data: UDP_PACKET.subarray(0, 14) });
    writer.enhancedPacket({ interfaceId: 0, time: 5n, data: UDP_PACKET.subarray(0, 9) });
    writer.enhancedPacket({
      interfaceId: 0,
      time: 6n,
      data: UDP_PACKET.map((b, i) => (i === 12 ? 0x99 : b)),
    });
    const bytes = writer.take();
    expect(streamed(bytes)).toEqual([
      expect.objectContaining({
        hook: '',
        journey: null,
        meta_hex: '',
        tlvs: [],
        protocol: 'IPv4',
        sport: null,
      }),
      expect.objectContaining({ protocol: 'Ethernet', src: null, dst: null }),
      expect.objectContaining({
        protocol: 'Ethernet',
        src: '02:00:00:00:00:01',
        dst: '02:00:00:00:00:02',
        dport: null,
      }),
    ]);
    expect(stored(bytes)).toEqual(streamed(bytes));
  });

  it('is the same from the store as from the stream', () => {
    expect(stored(EVENT)).toEqual(streamed(EVENT));
    for (const metadata of [0, 12, 32]) {
      const bytes = joinChunks(generateCapture({ events: 200, metadata, seed: metadata + 1 }));
      expect(stored(bytes)).toEqual(streamed(bytes));
    }
  });

  it('is the same from the store as from the stream for damaged captures', () => {
    const flip = fc.tuple(fc.nat(EVENT.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 6 }), (flips) => {
        const damaged = EVENT.slice();
        for (const [at, value] of flips) damaged[at] = value;
        expect(stored(damaged)).toEqual(streamed(damaged));
      }),
      { numRuns: 500 },
    );
  });

  it('reads by the schema that is given instead of the one in the capture', () => {
    const events: InspectedEvent[] = [];
    const types = [{ ...SCHEMA.types[0]!, name: 'mine' }];
    const sink = new InspectSink(
      { event: (event) => events.push(event), problem: () => undefined },
      { ...SCHEMA, types },
    );
    new CaptureReader(sink).push(EVENT);
    expect(events[0]!.tlvs.map(({ name }) => name)).toEqual(['mine', '']);
  });

  it('compares with the event before also in journeys longer than the page shows', () => {
    const last = MAX_JOURNEY_EVENTS + 40;
    const seen = Array.from({ length: last }, (_, us) => ({
      hook: us % 2 === 0 ? 'nf/prerouting' : 'nf/local_in',
      id: 1n,
      us,
      ...(us < last - 5 && us !== MAX_JOURNEY_EVENTS && { meta: trace(1) }),
    }));
    const bytes = sectionBytes({ seen });
    const states = streamed(bytes).map(({ state }) => state);
    expect(states).toEqual(stored(bytes).map(({ state }) => state));
    const gone = ['lost', 'none', 'none', 'none', 'none'];
    expect(states.slice(-7)).toEqual(['present', 'present', ...gone]);
    expect(states.slice(MAX_JOURNEY_EVENTS - 1, MAX_JOURNEY_EVENTS + 3)).toEqual([
      'present',
      'lost',
      'written',
      'present',
    ]);
  });
});
