import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE, TAP_JOIN, TAP_KIND } from '#core/format/structs.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { encodeMapSample, type MapSample } from '#core/pcapng/map-sample.ts';
import { blocksWanted, readJourneyBlocks } from './journey-blocks.ts';
import { journeyDetail } from './journey-detail.ts';
import type { CaptureStore } from './capture-store.ts';
import { CHUNK_MASK } from './limits.ts';
import {
  SCHEMA,
  START_NS,
  sectionBytes,
  storeOf,
  trace,
  UDP_PACKET,
  verdict,
  type Seen,
} from './testing/scenario.ts';
import type { LocationRow } from './view.ts';

const FLOWS = 41;
const SOCKETS = 42;
/** Source, destination, source port, destination port of UDP_PACKET in network order, and its protocol. */
const FLOW = [10, 0, 0, 1, 10, 0, 0, 2, 0x0f, 0xa0, 0x23, 0x28, 17];
const BACK = [10, 0, 0, 2, 10, 0, 0, 1, 0x23, 0x28, 0x0f, 0xa0, 17];
const COOKIE = 0x1234n;

const MAPS: MetadataSchema['maps'] = [
  {
    map: 'flows',
    key: {
      kind: '5-tuple',
      fields: [
        { field: 'source', offset: 0, size: 4 },
        { field: 'destination', offset: 4, size: 4 },
        { field: 'sourcePort', offset: 8, size: 2 },
        { field: 'destinationPort', offset: 10, size: 2 },
        { field: 'protocol', offset: 12, size: 1 },
      ],
    },
    value: { offset: 4 },
  },
  {
    map: SOCKETS,
    key: { kind: 'socket-cookie', fields: [{ field: 'cookie', offset: 0, size: 8 }] },
    value: { offset: 0, framing: { kind: 'tlv', typeBytes: 2, lengthBytes: 1, endian: 'big' } },
  },
];

function sample(map: number, us: number, key: readonly number[], value: readonly number[]): MapSample {
  return {
    map,
    change: 'added',
    cpu: null,
    time: START_NS + BigInt(us) * 1000n,
    key: Uint8Array.from(key),
    value: Uint8Array.from(value),
  };
}

interface World {
  readonly store: CaptureStore;
  readonly locations: (journey: number) => readonly LocationRow[];
}

function world(seen: readonly Seen[], samples: readonly MapSample[], maps = MAPS): World {
  const bytes = sectionBytes({
    seen,
    schema: { ...SCHEMA, maps: maps! },
    blocks: (writer) => {
      writer.json(BLOCK_SUBTYPE.host, { maps: [{ id: FLOWS, name: 'flows' }] });
      for (const each of samples) writer.custom(BLOCK_SUBTYPE.mapSample, encodeMapSample(each));
    },
  });
  const store = storeOf(bytes);
  const block = (event: number): Uint8Array => {
    const chunk = store.events.chunk(event);
    const start = chunk.blockOffset(event & CHUNK_MASK);
    return bytes.subarray(start, start + chunk.blockLength[event & CHUNK_MASK]!);
  };
  return {
    store,
    locations: (journey) => {
      const blocks = new Map(blocksWanted(store, journey).map((event) => [event, block(event)]));
      return journeyDetail(store, journey, readJourneyBlocks(store, blocks)).locations;
    },
  };
}

/** `packet eth0:tap/xdp inferred` of each place, by the name of the TLV. */
function places(rows: readonly LocationRow[]): Record<string, string[]> {
  return Object.fromEntries(
    rows.map((row) => [row.name, row.places.map(({ where, name, known }) => `${where} ${name} ${known}`)]),
  );
}

const WAY: readonly Seen[] = [
  // The payload ends with the TLV that XDP then puts into the area.
  { hook: 'netif_receive_skb', id: 1n, us: 0, data: Uint8Array.of(...UDP_PACKET, ...trace(7)) },
  { hook: 'tcx/ingress@first', id: 1n, us: 1, meta: trace(7) },
  { hook: 'tcx/ingress@last', id: 1n, us: 2, meta: trace(7), extensions: { socketCookie: COOKIE } },
];

describe('where a TLV is', () => {
  it('is one row from packet data to the area, a map and a socket', () => {
    const { locations } = world(WAY, [
      sample(FLOWS, 10, FLOW, [0, 0, 0, 0, ...trace(7)]),
      sample(SOCKETS, 11, [0x34, 0x12, 0, 0, 0, 0, 0, 0], [0, 1, 4, 7, 0, 0, 0]),
    ]);
    const rows = locations(0);
    expect(places(rows)).toEqual({
      trace: [
        'packet eth0:netif_receive_skb inferred',
        'area eth0:tcx/ingress@first seen',
        'map flows#41 inferred',
        'socket #42 inferred',
      ],
    });
    expect(rows[0]!.places[0]!.evidence).toBe(
      'the same 6 bytes, type and length too, stand at offset 46 of the packet',
    );
    expect(rows[0]!.places[2]!.timeNs).toBe((START_NS + 10_000n).toString());
    expect(rows[0]!.places[2]!.evidence).toBe(
      "the entry's key has the flow (source, destination, sourcePort, destinationPort, protocol) of " +
        '10.0.0.1:4000 to 10.0.0.2:9000, its value the same TLV; no other packet of the flow around it carries this value',
    );
  });

  it.each([
    ['another key', sample(FLOWS, 10, BACK, [0, 0, 0, 0, ...trace(7)])],
    ['another value', sample(FLOWS, 10, FLOW, [0, 0, 0, 0, ...trace(8)])],
    ['another type', sample(FLOWS, 10, FLOW, [0, 0, 0, 0, 3, ...trace(7).slice(1)])],
    ['a key too short', sample(FLOWS, 10, FLOW.slice(0, 12), [0, 0, 0, 0, ...trace(7)])],
    ['another map', sample(FLOWS + 9, 10, FLOW, [0, 0, 0, 0, ...trace(7)])],
    ['a time before the packet', sample(FLOWS, -1, FLOW, [0, 0, 0, 0, ...trace(7)])],
  ])('is not in an entry with %s', (_, entry) => {
    const { locations } = world(WAY.slice(1), [entry]);
    expect(locations(0)).toEqual([]);
  });

  it('is in the entry of the answers, too, when the rule says both directions', () => {
    const both = [{ ...MAPS[0]!, key: { ...MAPS[0]!.key, directions: 'both' as const } }];
    const { locations } = world(WAY.slice(1), [sample(FLOWS, 10, BACK, [0, 0, 0, 0, ...trace(7)])], both);
    expect(places(locations(0)).trace).toContain('map flows#41 inferred');
  });

  it('is ambiguous in a map when another packet of the flow carries the same value', () => {
    const { locations } = world(
      [
        { hook: 'tcx/ingress@first', id: 1n, us: 0, meta: verdict(1) },
        { hook: 'tcx/ingress@first', id: 2n, us: 1, meta: verdict(1) },
        { hook: 'tcx/ingress@first', id: 3n, us: 2, meta: verdict(0) },
      ],
      [sample(FLOWS, 10, FLOW, [0, 0, 0, 0, ...verdict(1)])],
    );
    const [row] = locations(0);
    expect(row!.places[1]).toMatchObject({ where: 'map', known: 'ambiguous' });
    expect(row!.places[1]!.evidence).toContain('1 other packets of the flow around it carry this value');
    expect(locations(2)).toEqual([]);
  });

  it('is what a tap shows, and a value of few bytes is not looked for in the packet', () => {
    const tap = {
      kind: TAP_KIND.blob,
      join: TAP_JOIN.skb,
      bytes: Uint8Array.from([...trace(9), ...verdict(1)]),
    };
    const { locations, store } = world(
      [
        { hook: 'netif_receive_skb', id: 1n, us: 0, data: Uint8Array.of(...UDP_PACKET, ...verdict(1)) },
        { hook: 'tap/tc_ingress', id: 1n, us: 1, extensions: { tap } },
      ],
      [],
    );
    expect(places(locations(0))).toEqual({
      trace: ['blob eth0:tap/tc_ingress seen'],
      verdict: ['blob eth0:tap/tc_ingress seen'],
    });
    expect(blocksWanted(store, 0)).toEqual([0, 1]);
  });

  it('wants no blocks of a capture without taps and maps', () => {
    const { store } = world(WAY, []);
    expect(blocksWanted(store, 0)).toEqual([]);
  });

  it('keeps what is good when a sample is not as it should be', () => {
    const good = sample(FLOWS, 10, FLOW, [0, 0, 0, 0, ...trace(7)]);
    const bytes = sectionBytes({
      seen: WAY,
      blocks: (writer) => {
        writer.custom(BLOCK_SUBTYPE.mapSample, encodeMapSample(good).subarray(0, 30));
        writer.custom(BLOCK_SUBTYPE.mapSample, encodeMapSample(good));
      },
    });
    const store = storeOf(bytes);
    expect(store.maps.count).toBe(1);
    expect(store.maps.sample(0)).toEqual(good);
    expect(store.problems.map(({ code, cause }) => [code, cause])).toEqual([
      [
        'bad-block',
        'The map sample here is not as it should be (key and value run past its end); it is ignored.',
      ],
    ]);
  });
});
