import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GAP_CAUSE as GAP_CAUSE_AT, GAP_COUNT, GAP_INTERFACE } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE, META_STATE } from '#core/format/structs.ts';
import { InspectSink } from '#core/inspect/inspect-sink.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { readAll, type CallRecorder, type RecordedPacket } from '#core/pcapng/testing/record-calls.ts';
import { sectionBytes, type Seen } from '#core/store/testing/scenario.ts';
import { TRIGGER_STATES } from './condition.ts';
import { condition, runTrigger } from './testing/run-trigger.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'nf/prerouting', 'nf/local_in', 'consume_skb'];
const META = [1, 4, 1, 2, 3, 4, 2, 1];
const RING_BYTES = 1 << 20;

const fields = fc.record({
  macOffset: fc.constantFrom(0xffff, 64, 68),
  dataOffset: fc.constantFrom(60, 78),
  head: fc.constantFrom(0n, 0x1000n, 0x2000n),
});
const seen = fc.record({
  hook: fc.constantFrom(...HOOKS),
  id: fc.bigInt(1n, 12n),
  what: fc.constantFrom('none', 'meta', 'meta', 'other', 'unreadable', 'unlocatable'),
  fields,
});

function toSeen(one: { hook: string; id: bigint; what: string; fields: Seen['fields'] }, us: number): Seen {
  const { hook, id, what } = one;
  const base = { hook, id, us, ...(one.fields && { fields: one.fields }) };
  switch (what) {
    case 'meta':
      return { ...base, meta: META };
    case 'other':
      return { ...base, meta: [...META.slice(0, 6), 0, 0] };
    case 'unreadable':
      return { ...base, state: META_STATE.unreadable };
    case 'unlocatable':
      return { ...base, state: META_STATE.unlocatable };
    default:
      return base;
  }
}

/** Events that nothing in front of them makes late: so many µs after each other. */
const capture = fc
  .array(seen, { minLength: 1, maxLength: 120 })
  .map((events) => sectionBytes({ seen: events.map((one, i) => toSeen(one, i)) }));

/** By interface: packets, and what the gap blocks say that the trigger left out. */
function ledger(read: CallRecorder): { kept: Map<number, number>; leftOut: Map<number, number> } {
  const kept = new Map<number, number>();
  const leftOut = new Map<number, number>();
  const add = (to: Map<number, number>, key: number, n: number): void =>
    void to.set(key, (to.get(key) ?? 0) + n);
  for (const { interfaceIndex } of read.packets) add(kept, interfaceIndex, 1);
  for (const { subtype, body } of read.customs) {
    if (subtype !== BLOCK_SUBTYPE.gap) continue;
    const bytes = Buffer.from(body, 'hex');
    expect(bytes[GAP_CAUSE_AT]).toBe(GAP_CAUSE.trigger);
    add(leftOut, bytes.readUInt32LE(GAP_INTERFACE), Number(bytes.readBigUInt64LE(GAP_COUNT)));
  }
  return { kept, leftOut };
}

/** Journeys that `inspect` says have this state somewhere. */
function journeysWith(bytes: Uint8Array, wanted: string): Set<string> {
  const found = new Set<string>();
  const reader = new CaptureReader(
    new InspectSink({
      event: ({ journey, state }) => {
        if (state === wanted) found.add(journey!);
      },
      problem: (problem) => expect(problem).toBeNull(),
    }),
  );
  reader.push(bytes);
  reader.end();
  return found;
}

/** A packet as it stands in its block; its time makes it the only one of its kind. */
const key = (p: RecordedPacket): string =>
  [p.packetId, p.timeNs, p.interfaceIndex, p.data, p.event, p.options].join(' ');

test('what comes out is a valid capture of packets that went in, and its ledger accounts for the others', () => {
  const options = fc.record({
    before: fc.nat(4),
    after: fc.nat(4),
    once: fc.boolean(),
    maxFirings: fc.integer({ min: 1, max: 20 }),
    // From room for none to room for all.
    ringBytes: fc.constantFrom(128, 256, 1024, 4096, RING_BYTES),
    ringJourneys: fc.constantFrom(1, 3, 64),
  });
  const states = fc.subarray([...TRIGGER_STATES, 'drop'], { minLength: 1 });
  fc.assert(
    fc.property(capture, options, states, fc.integer({ min: 1, max: 50 }), (bytes, given, texts, chunk) => {
      const ran = runTrigger(bytes, { condition: condition(...texts), ...given }, chunk);
      expect(ran.read.problems).toEqual([]);
      const input = readAll([bytes]).packets;
      const out = ran.read.packets.map(key);
      expect(new Set(out).size).toBe(out.length);
      const known = new Set(input.map(key));
      expect(out.filter((packet) => !known.has(packet))).toEqual([]);
      const { kept, leftOut } = ledger(ran.read);
      ran.read.interfaces.forEach((_, id) => {
        const went = input.filter(({ interfaceIndex }) => interfaceIndex === id).length;
        expect((kept.get(id) ?? 0) + (leftOut.get(id) ?? 0)).toBe(went);
      });
      expect(ran.trigger.seen).toBe(input.length);
      expect(ran.trigger.leftOutEvents + out.length).toBe(input.length);
    }),
  );
});

test('journeys are whole, in their order, and fire when inspect says so', () => {
  fc.assert(
    fc.property(
      capture,
      fc.constantFrom(...TRIGGER_STATES),
      fc.nat(3),
      fc.nat(3),
      fc.integer({ min: 1, max: 50 }),
      (bytes, state, before, after, chunk) => {
        const given = { condition: condition(state), ringBytes: RING_BYTES };
        const alone = new Set(runTrigger(bytes, given, chunk).kept.map(String));
        expect(alone).toEqual(journeysWith(bytes, state));
        const { read } = runTrigger(bytes, { ...given, before, after }, chunk);
        const kept = new Set(read.packets.map(({ packetId }) => packetId));
        for (const id of alone) expect(kept).toContain(BigInt(id));
        const input = readAll([bytes]).packets;
        for (const id of kept) {
          const of = (packets: readonly RecordedPacket[]): string[] =>
            packets.filter(({ packetId }) => packetId === id).map(key);
          expect(of(read.packets)).toEqual(of(input));
        }
      },
    ),
  );
});
