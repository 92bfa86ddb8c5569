import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { sectionBytes, seen, trace, type Seen } from '#core/store/testing/scenario.ts';
import { HOP_STATE_NAMES } from '#core/diagnosis/types.ts';
import { compileFilter } from './compile.ts';
import { Query } from './query.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];

/** Journeys that pass, as the ids they were made with. */
function passing(store: CaptureStore, text: string): number[] {
  const compiled = compileFilter(text, store);
  if (!compiled.ok) throw new Error(`${compiled.error.cause} ${compiled.error.remedy}`);
  if (compiled.question === null)
    return Array.from({ length: store.journeys.count }, (_, journey) => journey);
  const query = new Query(store, compiled.question);
  while (!query.advance(7)) continue;
  return Array.from({ length: store.journeys.count }, (_, journey) => journey).filter((journey) =>
    query.has(journey),
  );
}

function refusal(store: CaptureStore, text: string): string {
  const compiled = compileFilter(text, store);
  if (compiled.ok) throw new Error(`“${text}” was taken`);
  const { from, to, cause, remedy } = compiled.error;
  return `${text.slice(from, to)} | ${cause} | ${remedy}`;
}

describe('a filter', () => {
  /** 0: keeps its metadata. 1: loses it at tcx. 2: has none. 3: another value. */
  const store = seen(
    { hook: HOOKS[0]!, id: 1n, us: 0, meta: trace(0x1f) },
    { hook: HOOKS[1]!, id: 1n, us: 1, meta: trace(0x1f) },
    { hook: HOOKS[0]!, id: 2n, us: 2, meta: trace(0x1f) },
    { hook: HOOKS[1]!, id: 2n, us: 3 },
    { hook: HOOKS[0]!, id: 3n, us: 4 },
    { hook: HOOKS[0]!, id: 4n, us: 1_000_004, meta: trace(0x20), fields: { mark: 7 } },
  );

  it.each([
    ['', [0, 1, 2, 3]],
    ['tlv.trace == 0x1f', [0, 1]],
    ['tlv.trace == 31 && lost_at == "tcx ingress"', [1]],
    ['tlv.trace != 0x1f', [3]],
    ['tlv.trace > 0x1f', [3]],
    ['tlv.trace in {0x1f, 0x20}', [0, 1, 3]],
    ['tlv.trace in 0x20..0x30', [3]],
    ['!tlv.trace', [2]],
    ['not (tlv.trace exists)', [2]],
    ['meta', [0, 1, 3]],
    ['meta.len > 4', [0, 1, 3]],
    ['state == lost', [1]],
    ['journey.has("lost")', [1]],
    ['hop == "tcx ingress"', [0, 1]],
    ['hop == eth0:tcx/ingress@first and meta', [0, 1]],
    ['any(hop == "tcx ingress" && !meta)', [1]],
    ['every(meta)', [0, 3]],
    ['ip.addr in 10.0.0.0/8', [0, 1, 2, 3]],
    ['ip.src == 10.0.0.2', []],
    ['ip.dst == 10.0.0.2 || mark == 7', [0, 1, 2, 3]],
    ['mark == 7', [3]],
    ['port == 9000 && proto == udp', [0, 1, 2, 3]],
    ['port.src > 4000', []],
    ['time >= 1s', [3]],
    ['time in 2us..4us', [1, 2]],
    ['journey in 1..2', [0, 1]],
    ['journey.events == 2', [0, 1]],
    ['journey.duration >= 1us', [0, 1]],
    ['latency("netif_receive_skb", "tcx ingress") == 1us', [0, 1]],
    ['latency(netif_receive_skb, "tcx ingress") > 1us', []],
    ['!latency(netif_receive_skb, "tcx ingress")', [2, 3]],
    ['latency(netif_receive_skb, "tcx ingress") != 2us', [0, 1]],
    ['latency(netif_receive_skb, "tcx ingress") in 500ns..1.5us && state == lost', [1]],
    ['latency("tcx ingress", netif_receive_skb) exists', []],
    ['device ~ "ETH*"', [0, 1, 2, 3]],
    ['tlv.trace == 0x1f || state == lost && mark == 99', [0, 1]],
  ] as const)('“%s”', (text, expected) => {
    expect(passing(store, text)).toEqual(expected);
  });

  it.each([
    ['tlv.trace = 1', /^= \| .*cannot stand here.*==/],
    ['tlv.trase == 1', /^tlv\.trase \| There is no field.*Did you mean “tlv\.trace”/],
    ['UDP', /Did you mean “proto == UDP”/],
    ['tcp && meta', /Did you mean “proto == TCP”/],
    ['udp.port == 53', /^udp\.port \| .*Did you mean “port”/],
    ['tcp.srcport == 53', /Did you mean “port\.src”/],
    ['10.74.0.2', /Did you mean “ip\.addr == 10\.74\.0\.2”/],
    ['10.0.0.0/8', /Did you mean “ip\.addr in 10\.0\.0\.0\/8”/],
    ['fe80::1', /Did you mean “ip\.addr == fe80::1”/],
    ['02:00:00:00:00:01', /Did you mean “eth\.addr == 02:00:00:00:00:01”/],
    ['7101', /Did you mean “port == 7101”/],
    ['frame.len > 60', /Did you mean “len”/],
    ['port 443', /^443 \| .*an operator: port == 443\./],
    ['meta && port 443', /^443 \| .*an operator: port == 443\./],
    ['meta == 1 port', /Between two tests/],
    ['abc', /the manual lists/],
    ['tlv.trace == ten', /^ten \| .*no value of tlv\.trace.*a number/],
    ['state == gone', /^gone \| .*no value of state.*lost/],
    ['(meta', /\| The filter ends in the middle. \| Close the parenthesis/],
    ['meta &&', /\| The filter ends in the middle/],
    ['ip.addr == 10.0.0', /^10\.0\.0 \| .*no value/],
    ['ip.addr > 10.0.0.1', /cannot be asked of ip\.addr/],
    ['meta == 1', /“meta” is there or not/],
    ['any(any(meta))', /inside of another/],
    ['any(journey == 1)', /belongs to the journey/],
    ['len in 9..1', /Turn it round: 1\.\.9/],
    ['len in {}', /set is empty/],
    ['foo("lost")', /cannot be called/],
    ['latency > 1us', /^latency \| A latency is between two hops/],
    ['latency(a, b) > soon', /^soon \| .*no value of latency.*a duration/],
    ['len(a, b) > 1', /^len\(a, b\) \| .*not of two things/],
    ['any(latency(a, b) > 1us)', /belongs to the journey/],
    ['latency(a) > 1us', /cannot stand here/],
    ['meta meta', /^meta \| “meta” cannot stand here/],
    [`${'!('.repeat(140)}meta${')'.repeat(140)}`, /More than 128 levels/],
    [Array.from({ length: 70 }, () => 'meta').join(' or '), /More than 64 tests/],
    ['a'.repeat(3000), /at most 2000 characters/],
  ] as const)('that is wrong says where, why and what to do (%#)', (text, expected) => {
    expect(refusal(store, text)).toMatch(expected);
  });
});

const captures = fc.array(
  fc.record({
    hook: fc.constantFrom(...HOOKS),
    id: fc.bigInt(1n, 40n),
    // Out of order now and then.
    us: fc.nat(200),
    what: fc.constantFrom('none', 'none', 'one', 'two', 'unreadable'),
  }),
  { minLength: 1, maxLength: 120 },
);

function toSeen(events: readonly { hook: string; id: bigint; us: number; what: string }[]): Seen[] {
  return events.map(({ hook, id, us, what }) => ({
    hook,
    id,
    us,
    ...(what === 'one' && { meta: trace(1) }),
    ...(what === 'two' && { meta: trace(2) }),
    ...(what === 'unreadable' && { state: META_STATE.unreadable }),
  }));
}

interface Facts {
  readonly hop: string;
  readonly state: string;
  readonly trace: number | null;
}

/** Tests with what they mean of one event. */
const TESTS: readonly (readonly [string, (facts: Facts) => boolean])[] = [
  ['state == lost', ({ state }) => state === 'lost'],
  ['state != present', ({ state }) => state !== 'present'],
  ['tlv.trace == 1', (facts) => facts.trace === 1],
  ['tlv.trace >= 1', (facts) => facts.trace !== null],
  ['hop ~ receive', ({ hop }) => hop === 'eth0:netif_receive_skb'],
  ['lost_at == consume_skb', ({ hop, state }) => state === 'lost' && hop === 'eth0:consume_skb'],
];

type Shape = { readonly text: string; readonly passes: (events: readonly Facts[]) => boolean };

const anyHop = fc
  .constantFrom(...TESTS.filter(([text]) => !text.includes('!=')))
  .map(([text, test]): Shape => ({ text, passes: (events) => events.some(test) }));
const quantified = fc
  .tuple(
    fc.constantFrom('any', 'every'),
    fc.constantFrom(...TESTS),
    fc.constantFrom(...TESTS),
    fc.constantFrom('&&', '||'),
  )
  .map(([quantifier, [a, testA], [b, testB], operator]): Shape => {
    const both = (facts: Facts): boolean =>
      operator === '&&' ? testA(facts) && testB(facts) : testA(facts) || testB(facts);
    return {
      text: `${quantifier}(${a} ${operator} ${b})`,
      passes: (events) => (quantifier === 'any' ? events.some(both) : events.every(both)),
    };
  });
const shapes: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    anyHop,
    quantified,
    tie('shape').map(({ text, passes }): Shape => ({
      text: `!(${text})`,
      passes: (events) => !passes(events),
    })),
    fc.tuple(tie('shape'), tie('shape'), fc.boolean()).map(([a, b, and]): Shape => ({
      text: `(${a.text} ${and ? '&&' : 'or'} ${b.text})`,
      passes: (events) => (and ? a.passes(events) && b.passes(events) : a.passes(events) || b.passes(events)),
    })),
  ),
})).shape;

function factsOf(store: CaptureStore, journey: number): Facts[] {
  return journeyEvents(store, journey).map((event) => {
    const chunk = store.events.chunk(event);
    const row = event & CHUNK_MASK;
    return {
      hop: store.hops.hops[chunk.hop[row]!]!.name,
      state: HOP_STATE_NAMES[chunk.state[row]!]!,
      trace: store.tlvs.value(0, chunk.area[row]!)?.lo ?? null,
    };
  });
}

describe('a query', () => {
  it('is what the expression means, however the events arrive', () => {
    fc.assert(
      fc.property(
        captures,
        shapes,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 200, max: 4000 }),
        (events, shape, budget, cut) => {
          const store = new CaptureStore({ seed: 1 });
          const reader = new CaptureReader(store);
          const bytes = sectionBytes({ seen: toSeen(events) });
          let query: Query | null = null;
          for (let at = 0; at < bytes.length; at += cut) {
            reader.push(bytes.subarray(at, at + cut));
            // As soon as the schema has come, whose TLV is asked for.
            if (query === null && store.tlvs.names.length > 0) {
              const compiled = compileFilter(shape.text, store);
              if (!compiled.ok) throw new Error(`${shape.text}: ${compiled.error.cause}`);
              query = new Query(store, compiled.question!);
            }
            query?.advance(budget);
          }
          reader.end();
          while (!query!.advance(budget)) continue;
          for (let journey = 0; journey < store.journeys.count; journey++) {
            expect(query!.has(journey), `${shape.text} of journey ${journey}`).toBe(
              shape.passes(factsOf(store, journey)),
            );
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never fails on text, and every refusal has a place in it', () => {
    const store = seen({ hook: HOOKS[0]!, id: 1n, us: 0, meta: trace(1) });
    const words = fc.constantFrom(
      'meta',
      'tlv.trace',
      'state',
      '==',
      '!=',
      'in',
      '{',
      '}',
      '(',
      ')',
      '!',
      '&&',
      'or',
      'any',
      'every',
      '1',
      '"x"',
      '"',
      '1..2',
      ',',
      '~',
      'journey.has',
      'time',
      '10.0.0.0/8',
      '\\',
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(words, { maxLength: 14 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const compiled = compileFilter(text, store);
        if (compiled.ok) {
          if (compiled.question !== null) new Query(store, compiled.question).advance(Infinity);
          return;
        }
        const { from, to, cause, remedy } = compiled.error;
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(text.length);
        expect(from).toBeLessThanOrEqual(to);
        expect(cause).not.toBe('');
        expect(remedy).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});
