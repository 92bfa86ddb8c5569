/** Captures of several runs: each is read by the schema that it says itself, in whatever order their sections come. */
import { expect, it } from 'vitest';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import type { InspectedEvent } from '#core/inspect/event-object.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { WatchedPacket } from '#core/share/snapshot-options.ts';
import { snapshotOf } from '#core/share/testing/snapshots.ts';
import { journeyDetail } from './journey-detail.ts';
import { MAX_SCHEMAS } from './limits.ts';
import { SCHEMA, sectionBytes, storeOf, trace, type Seen } from './testing/scenario.ts';

const one = (i: number, more: Partial<Seen> = {}): Seen => ({
  hook: 'tcx/ingress@first',
  id: BigInt(i + 1),
  us: i,
  meta: trace(i + 1),
  ...more,
});
const MARKS: MetadataSchema = {
  ...SCHEMA,
  also: [
    {
      name: 'marks',
      where: { in: 'mark' },
      framing: { kind: 'struct', endian: 'big' },
      types: [{ type: 0, name: 'tenant', kind: 'uint', size: 4 }],
    },
  ],
};
const withAndWithout = (schema: MetadataSchema = SCHEMA): Uint8Array =>
  joinChunks([
    sectionBytes({ run: 1, schema, seen: [one(0, { fields: { mark: 42 } })] }),
    sectionBytes({ run: 2, schema: null, seen: [one(1, { fields: { mark: 42 } })] }),
    sectionBytes({ run: 1, schema, seen: [one(2, { fields: { mark: 42 } })] }),
  ]);

it('areas of a run without a schema are read by none, on the page and by inspect', () => {
  const store = storeOf(withAndWithout());
  expect([1, 2, 3].map((area) => store.tlvs.decoderFor(area)?.schema.name)).toEqual([
    'test',
    undefined,
    'test',
  ]);
  const events: InspectedEvent[] = [];
  const reader = new CaptureReader(
    new InspectSink({ event: (event) => events.push(event), problem: () => undefined }),
  );
  reader.push(withAndWithout());
  reader.end();
  expect(events.map(({ tlvs }) => tlvs.map(({ name }) => name))).toEqual([['trace'], [], ['trace']]);
});

it('nor is the mark of its packets', () => {
  const store = storeOf(withAndWithout(MARKS));
  const schemas = [0, 1, 2].map((journey) => journeyDetail(store, journey).elsewhere.map(({ name }) => name));
  expect(schemas).toEqual([['tenant'], [], ['tenant']]);
});

/** Of each packet of a share, whether its area is as it was. */
function keptInShare(bytes: Uint8Array): boolean[] {
  const kept: boolean[] = [];
  snapshotOf(bytes, {
    watch: ({ areaBefore, areaAfter }: WatchedPacket) =>
      kept.push(Buffer.compare(areaBefore, areaAfter) === 0),
  });
  return kept;
}

it('nor does a share keep what only the schema of another run knows', () => {
  expect(keptInShare(withAndWithout())).toEqual([true, false, true]);
});

it('schemas that take turns over any number of runs are read and shared by all of these', () => {
  const names = Array.from({ length: MAX_SCHEMAS + 6 }, (_, i) => (i % 2 === 0 ? 'test' : 'other'));
  const bytes = joinChunks(
    names.map((name, i) => sectionBytes({ run: i + 1, schema: { ...SCHEMA, name }, seen: [one(i)] })),
  );
  const store = storeOf(bytes);
  expect(store.problems).toEqual([]);
  expect(names.map((_, i) => store.tlvs.decoderFor(i + 1)?.schema.name)).toEqual(names);
  expect(keptInShare(bytes)).toEqual(names.map(() => true));
});

it('of more schemas than a page reads by, those beyond are for no metadata, and a share keeps none by them', () => {
  const bytes = joinChunks(
    Array.from({ length: MAX_SCHEMAS + 2 }, (_, i) =>
      sectionBytes({ run: i + 1, schema: { ...SCHEMA, name: `s${i}` }, seen: [one(i)] }),
    ),
  );
  const store = storeOf(bytes);
  expect(store.problems[0]!.cause).toContain(`more than ${MAX_SCHEMAS} of them`);
  const read = Array.from({ length: MAX_SCHEMAS + 2 }, (_, i) => store.tlvs.decoderFor(i + 1) !== null);
  expect(read.lastIndexOf(true)).toBe(MAX_SCHEMAS - 1);
  expect(keptInShare(bytes)).toEqual(read);
});

it('a schema that begins in mid-journey, of an event that comes late, is no reason to stop, and nothing is told of TLVs', () => {
  const late = [one(0, { us: 200 }), one(0, { us: 100, hook: 'tcx/ingress@last', meta: trace(2) })];
  const [first, second] = late as [Seen, Seen];
  for (const seen of [
    [first, second],
    [second, first],
  ]) {
    const store = storeOf(
      joinChunks([sectionBytes({ schema: null, seen: [seen[0]!] }), sectionBytes({ seen: [seen[1]!] })]),
    );
    expect(store.events.count).toBe(2);
    const states = [0, 1].map((event) => HOP_STATE_NAMES[store.events.chunk(event).state[event]!]!);
    expect(states).toContain('changed');
  }
});

it('a name in two schemas has the type of the one that is in force', () => {
  const other: MetadataSchema = {
    ...SCHEMA,
    name: 'other',
    types: [{ type: 1, name: 'trace', kind: 'ipv4' }],
  };
  const sections = [SCHEMA, other, SCHEMA].map((schema, i) =>
    sectionBytes({ run: schema === other ? 2 : 1, schema, seen: [one(i)] }),
  );
  for (const [count, kind] of [
    [2, 'ipv4'],
    [3, 'uint'],
  ] as const) {
    const { tlvs } = storeOf(joinChunks(sections.slice(0, count)));
    expect(tlvs.typeOf(tlvs.names.indexOf('trace'))?.kind).toBe(kind);
  }
});
