/** Several inputs in one log: each section is of one host, and whichever segment is read first can be read alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { joinBytes } from '#core/pcapng/testing/record-calls.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { MAX_HOSTS } from '#core/store/limits.ts';
import { event, preamble, section } from '../testing/section.ts';
import { JoinedGuard, MAX_SCHEMA_BLOCKS, MAX_SECTIONS_AT_ONCE } from './joined-guard.ts';
import { schemaBlock } from './whither-block.ts';
import { Planner, PlannerInput, type Step } from './planner.ts';

const NOW_MS = 1_795_392_100_000;

function planner(segmentBytes: number): Planner {
  return new Planner({ segmentBytes, segmentAgeMs: Infinity, schemas: [], now: () => NOW_MS });
}

function storeOf(bytes: Uint8Array): CaptureStore {
  const store = new CaptureStore({ seed: 1 });
  const reader = new CaptureReader(store);
  reader.push(bytes);
  reader.end();
  return store;
}

/** `a 3, a 4, b 4`: host, journey. */
function seen(store: CaptureStore): string[] {
  return Array.from({ length: store.events.count }, (_, event) => {
    const chunk = store.events.chunk(event);
    return `${store.hops.hops[chunk.hop[event]!]!.host} ${chunk.journey[event]}`;
  });
}

it('keeps what each host said, whatever comes between, in any chunks and segments', () => {
  const chunks = fc.array(
    fc.record({ joined: fc.boolean(), bytes: fc.integer({ min: 1, max: 900 }), whole: fc.boolean() }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(chunks, fc.integer({ min: 800, max: 9000 }), (turns, segmentBytes) => {
      const plan = planner(segmentBytes);
      const joined = new PlannerInput(new JoinedGuard(() => NOW_MS));
      const streams = {
        own: { bytes: section({ run: 1, events: 40, hostname: 'a' }), at: 0 },
        joined: { bytes: section({ run: 2, events: 40, hostname: 'b' }), at: 0 },
      };
      const steps: Step[] = [];
      const push = (isJoined: boolean, length: number): void => {
        const stream = isJoined ? streams.joined : streams.own;
        const chunk = stream.bytes.subarray(stream.at, stream.at + length);
        stream.at += chunk.length;
        const { steps: more, failure } = plan.push(chunk, isJoined ? joined : undefined);
        expect(failure).toBeNull();
        // Chunks are reused by those who read them: what was planned is written before the next.
        steps.push(...more.map(({ roll, bytes }) => ({ roll, bytes: new Uint8Array(bytes) })));
      };
      for (const turn of turns) push(turn.joined, turn.whole ? 8000 : turn.bytes);
      push(true, Infinity);
      push(false, Infinity);
      const log = storeOf(joinBytes(...steps.map(({ bytes }) => bytes)));
      expect(log.problems).toEqual([]);
      const events = seen(log);
      for (const host of ['a', 'b']) {
        const own = events.filter((text) => text.startsWith(host));
        // Every event once, in its order, under its own host.
        expect(own).toHaveLength(40);
        expect(new Set(own).size).toBe(40);
      }
      expect(log.journeys.count).toBe(80);
      // Two interfaces of each host, however often their sections were begun anew.
      expect(log.interfaces).toHaveLength(4);
      const starts = steps.flatMap(({ roll }, index) => (roll ? [index] : []));
      let alone = 0;
      for (const [k, from] of starts.entries()) {
        const segment = storeOf(joinBytes(...steps.slice(from, starts[k + 1]).map(({ bytes }) => bytes)));
        expect(segment.problems).toEqual([]);
        expect(seen(segment).every((text) => /^[ab] /.test(text))).toBe(true);
        alone += segment.events.count;
      }
      expect(alone).toBe(80);
    }),
    { numRuns: 60 },
  );
});

it('is read for as long as one likes: what a host repeats is nothing new', () => {
  const plan = planner(Infinity);
  const joined = new PlannerInput(new JoinedGuard(() => NOW_MS));
  const turns = MAX_HOSTS + 100;
  const steps = [...plan.push(preamble(1, 'a')).steps, ...plan.push(preamble(2, 'b'), joined).steps];
  for (let k = 0; k < turns; k++) {
    steps.push(...plan.push(event(k)).steps, ...plan.push(event(k), joined).steps);
  }
  const store = storeOf(joinBytes(...steps.map(({ bytes }) => bytes)));
  expect(store.problems).toEqual([]);
  expect(store.events.count).toBe(2 * turns);
  expect(store.interfaces).toHaveLength(4);
  expect(store.facts.hostAt(0)).toBeNull();
  for (const number of [0, 1, turns, 2 * turns - 1]) {
    const { hop, offsets } = store.events.chunk(number);
    const host = number % 2 === 0 ? 'a' : 'b';
    expect(store.hops.hops[hop[number]!]!.host).toBe(host);
    expect(store.facts.hostAt(offsets[number]!)?.hostname).toBe(host);
  }
});

it('refuses of a joined agent what a page would stop at, before any of it is written', () => {
  const short = Buffer.alloc(16);
  short.writeUInt32LE(1, 0);
  short.writeUInt32LE(16, 4);
  short.writeUInt32LE(16, 12);
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['an interface block of 16 bytes', joinBytes(preamble(2, 'b'), short)],
    [
      'sections without end',
      joinBytes(...Array.from({ length: MAX_SECTIONS_AT_ONCE + 1 }, () => preamble(2, 'b'))),
    ],
    ['another host than before', joinBytes(preamble(2, 'b'), preamble(3, 'c'))],
    [
      'schemas without end',
      joinBytes(
        preamble(2, 'b'),
        ...Array.from({ length: MAX_SCHEMA_BLOCKS + 1 }, (_, i) => schemaBlock(`{"n":${i}}`)),
      ),
    ],
    ['a section of another version', new Uint8Array(preamble(2, 'b')).fill(2, 12, 13)],
  ];
  for (const [what, bytes] of bad) {
    const plan = planner(Infinity);
    const own = plan.push(section({ run: 1, events: 3, hostname: 'a' })).steps;
    const { steps, failure } = plan.push(bytes, new PlannerInput(new JoinedGuard(() => NOW_MS)));
    expect(failure?.message, what).toMatch(/^the other agent's stream is refused: /);
    expect(steps).toEqual([]);
    // Nobody else hears of it.
    const more = plan.push(event(3)).steps;
    const log = storeOf(joinBytes(...[...own, ...more].map((step) => step.bytes)));
    expect([log.events.count, log.problems]).toEqual([4, []]);
  }
});

it('counts interfaces of a joined agent over all that was missed', () => {
  const plan = planner(Infinity);
  let now = NOW_MS;
  const joined = new PlannerInput(new JoinedGuard(() => now));
  let failure: string | null = null;
  let rounds = 0;
  for (; failure === null && rounds < 20; rounds++, now += 1000) {
    const writer = new CaptureWriter();
    for (let i = 0; i < 1000; i++) writer.interfaceDescription({ linkType: 1, name: `eth${rounds}.${i}` });
    failure = plan.push(joinBytes(preamble(2, 'b'), writer.take()), joined).failure?.message ?? null;
    plan.missed(joined);
  }
  expect([failure, rounds]).toEqual(["the other agent's stream is refused: over 8192 interfaces", 9]);
});
