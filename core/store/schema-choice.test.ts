import { describe, expect, it, vi } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import type { MetadataSchema, PartSchema, TlvType } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { SCHEMA, sectionBytes, storeOf, trace, type Seen } from './testing/scenario.ts';

const u32 = (name: string): TlvType => ({ type: 0, name, kind: 'uint', size: 4 });
function struct(name: string, when: PartSchema['when']): PartSchema {
  return {
    name,
    framing: { kind: 'struct', endian: 'little', from: 'end', size: 8 },
    types: [u32(`${name}_value`)],
    ...(when !== undefined && { when }),
  };
}

const SEVERAL: MetadataSchema = {
  ...SCHEMA,
  also: [
    struct('tagged', { bytes: { value: '2a000000', at: -4 } }),
    struct('magic', { bytes: { value: '4f56', mask: 'ffff' } }),
    struct('mark', { programs: ['mark'] }),
    struct('elsewhere', { devices: ['eth9'] }),
  ],
};
const TC = { id: 3, name: 'mark', tag: 'ab', type: 'sched_cls', attach: 'tcx/ingress', device: 'eth0' };

const SEEN: readonly Seen[] = [
  { hook: 'nf/prerouting', id: 1n, us: 0, meta: [...trace(1), 0, 0] },
  { hook: 'nf/prerouting', id: 2n, us: 1, meta: [7, 0, 0, 0, 0x2a, 0, 0, 0] },
  { hook: 'nf/prerouting', id: 3n, us: 2, meta: [0x4f, 0x56, 0, 0, 9, 0, 0, 0] },
  { hook: 'nf/prerouting', id: 3n, us: 3, meta: [0x4f, 0x56, 0, 0, 9, 0, 0, 0] },
];

function valuesOf(bytes: Uint8Array): string[] {
  const store = storeOf(bytes);
  const { tlvs } = store;
  return Array.from({ length: store.areas.count }, (_, i) =>
    tlvs.names
      .map((name, column) => [name, tlvs.value(column, i + 1)] as const)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${value!.lo}`)
      .join(' '),
  );
}

describe('of several schemas in one document', () => {
  const plain = sectionBytes({ seen: SEEN, schema: SEVERAL });

  it('each area is read by the one that its bytes choose, others by the one without a choice', () => {
    expect(valuesOf(plain)).toEqual(['trace=1', 'tagged_value=7', 'magic_value=22095']);
  });

  it('the one for a program is for areas at its device', () => {
    const host = { kernel: '6.18.44', programs: [TC] };
    const bytes = sectionBytes({
      seen: SEEN,
      schema: SEVERAL,
      blocks: (writer) => writer.json(BLOCK_SUBTYPE.host, host),
    });
    expect(valuesOf(bytes)).toEqual([
      `mark_value=${0x0401 | (1 << 16)}`,
      'tagged_value=7',
      'magic_value=22095',
    ]);
  });

  it('the place of an area is looked up without a text made for it', () => {
    const store = storeOf(sectionBytes({ seen: SEEN, schema: SCHEMA }));
    const made = vi.spyOn(JSON, 'stringify');
    store.rereading.begin(compileSchema(SEVERAL));
    while (!store.rereading.advance(1)) continue;
    expect(store.tlvs.value(store.tlvs.names.indexOf('tagged_value'), 2)?.lo).toBe(7);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
  });

  it('a stream of events and a store agree, and so does decoding again', () => {
    const events: InspectedEvent[] = [];
    const sink = new InspectSink({ event: (event) => events.push(event), problem: () => undefined });
    const reader = new CaptureReader(sink);
    reader.push(plain);
    reader.end();
    expect(events.map(({ tlvs }) => tlvs.map(({ name }) => name).join())).toEqual([
      'trace',
      'tagged_value',
      'magic_value',
      'magic_value',
    ]);
    const store = storeOf(sectionBytes({ seen: SEEN, schema: SCHEMA }));
    store.rereading.begin(compileSchema(SEVERAL));
    while (!store.rereading.advance(1)) continue;
    for (const [n, event] of events.entries()) {
      expect(inspectStoredEvent(store, n, null).tlvs).toEqual(event.tlvs);
    }
  });

  it('one that is for another place leaves areas alone', () => {
    const beside = { ...SCHEMA, where: { in: 'mark' } } as const;
    expect(valuesOf(sectionBytes({ seen: SEEN, schema: beside }))).toEqual(['', '', '']);
  });
});

describe('of several hosts in one capture', () => {
  const OTHER: MetadataSchema = { ...SCHEMA, types: [{ type: 1, name: 'other', kind: 'uint' }] };
  const turn = (run: number, schema: MetadataSchema | null, i: number): Uint8Array =>
    sectionBytes({ run, schema, seen: [{ hook: 'nf/prerouting', id: BigInt(i), us: i, meta: trace(i) }] });

  it('one without a schema is read by none, whoever came before it and whether again', () => {
    const [a, b] = [turn(1, SCHEMA, 1), turn(2, null, 2)];
    expect(valuesOf(joinChunks([a, b]))).toEqual(['trace=1', '']);
    expect(valuesOf(joinChunks([b, a]))).toEqual(['', 'trace=1']);
    expect(valuesOf(joinChunks([a, b, turn(1, null, 3), turn(2, null, 4)]))).toEqual([
      'trace=1',
      '',
      'trace=3',
      '',
    ]);
    // The same document, said of another run as well.
    expect(valuesOf(joinChunks([a, turn(3, SCHEMA, 2), b]))).toEqual(['trace=1', 'trace=2', '']);
    // What is shown as the schema of the capture is one that it has.
    expect(storeOf(joinChunks([a, b])).tlvs.current?.schema.name).toBe('test');
  });

  it('two take turns with one decoder each, however often', () => {
    const turns = Array.from({ length: 300 }, (_, i) =>
      turn(1 + (i & 1), i % 2 === 0 ? SCHEMA : OTHER, i + 1),
    );
    const store = storeOf(joinChunks(turns));
    const decoders = new Set(
      Array.from({ length: store.areas.count }, (_, i) => store.tlvs.decoderFor(i + 1)),
    );
    expect(decoders.size).toBe(2);
    const values = Array.from({ length: 300 }, (_, i) => `${i % 2 === 0 ? 'trace' : 'other'}=${i + 1}`);
    expect(valuesOf(joinChunks(turns))).toEqual(values);
    store.rereading.begin(compileSchema(OTHER));
    while (!store.rereading.advance(7)) continue;
    store.rereading.begin(null);
    while (!store.rereading.advance(7)) continue;
    expect(store.tlvs.value(store.tlvs.names.indexOf('trace'), 299)?.lo).toBe(299);
    expect(store.tlvs.value(store.tlvs.names.indexOf('trace'), 300)).toBeNull();
  });
});
