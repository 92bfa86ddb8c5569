import { describe, expect, it } from 'vitest';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import { inspectStoredEvent } from '#core/inspect/stored.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import type { MetadataSchema, PartSchema, TlvType } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
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
