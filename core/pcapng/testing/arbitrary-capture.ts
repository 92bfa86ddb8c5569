/** fast-check arbitraries of whole valid captures, with what the reader must say about their packets. */
import fc from 'fast-check';
import { META_STATE } from '#core/format/structs.ts';
import { UNKNOWN_EVENT } from '../event.ts';
import { CaptureWriter, type PacketOptions } from '../writer.ts';
import { rawOrder } from './raw-blocks.ts';
import { joinBytes } from './record-calls.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });

const event = fc
  .record({
    hook: fc.nat(255),
    metadata: fc.uint8Array({ maxLength: 255 }),
    mark: u32,
    skb: u64,
    task: fc.record({ pid: u32, tgid: u32, comm: fc.constantFrom('', 'nc', 'fifteen-letters') }),
  })
  .map((fields) => ({
    ...UNKNOWN_EVENT,
    ...fields,
    metaState: META_STATE.present,
    metaLen: fields.metadata.length,
  }));

const INTERFACES = 3;

export const anyPacket: fc.Arbitrary<PacketOptions> = fc
  .tuple(
    fc.record({
      interfaceId: fc.nat(INTERFACES - 1),
      time: u64,
      data: fc.uint8Array({ maxLength: 90 }),
      originalLength: u32,
    }),
    fc.record(
      {
        comments: fc.array(fc.string({ maxLength: 9 }), { maxLength: 2 }),
        flags: u32,
        packetId: u64,
        dropCount: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
        queue: u32,
        verdict: fc.record({ kind: fc.nat(2), value: u64 }),
        event,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

export interface BuiltSection {
  readonly littleEndian: boolean;
  readonly packets: readonly PacketOptions[];
  readonly bytes: Uint8Array;
}

/** Name resolution, journal, decryption secrets, custom, and a type that nobody has. */
const OTHER_TYPES = [4, 9, 10, 0xbad, 0x7f];
/** What Wireshark skips whatever is inside. */
const OPAQUE_TYPES = [0x7f];

/** One section: three interfaces, then packets with blocks of other types, of any bytes, between them. */
const anySection = (otherTypes: readonly number[]): fc.Arbitrary<BuiltSection> =>
  fc
    .record({
      littleEndian: fc.boolean(),
      packets: fc.array(anyPacket, { maxLength: 6 }),
      others: fc.array(fc.record({ type: fc.constantFrom(...otherTypes), body: fc.uint8Array() }), {
        maxLength: 3,
      }),
      json: fc.string({ maxLength: 40 }),
      counters: u64,
    })
    .map(({ littleEndian, packets, others, json, counters }) => {
      const w = new CaptureWriter({ littleEndian });
      w.sectionHeader({ os: json });
      w.json(3, json);
      w.interfaceDescription({ linkType: 1, name: 'a', whither: { hook: 1, ifindex: 2, netns: 3 } });
      w.interfaceDescription({ linkType: 101, snapLen: 64, name: 'b', filter: json });
      w.interfaceDescription({ linkType: 1 });
      const parts = [w.take()];
      const raw = rawOrder(littleEndian);
      packets.forEach((packet, i) => {
        w.enhancedPacket(packet);
        parts.push(w.take());
        const other = others[i];
        if (other) parts.push(raw.block(other.type, other.body));
      });
      w.interfaceStatistics({ interfaceId: 1, time: counters, received: counters });
      parts.push(w.take());
      return { littleEndian, packets, bytes: joinBytes(...parts) };
    });

export interface BuiltCapture {
  readonly sections: readonly BuiltSection[];
  readonly bytes: Uint8Array;
}

const captureOf = (otherTypes: readonly number[]): fc.Arbitrary<BuiltCapture> =>
  fc
    .array(anySection(otherTypes), { minLength: 1, maxLength: 3 })
    .map((sections) => ({ sections, bytes: joinBytes(...sections.map((s) => s.bytes)) }));

export const anyCapture = captureOf(OTHER_TYPES);
/** Without blocks that are nonsense to a reader that looks into them. */
export const anyCleanCapture = captureOf(OPAQUE_TYPES);

/** Bytes overwritten at random places: [position (taken modulo the length), new value]. */
export const anyDamage = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { maxLength: 6 });

export function damage(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const out = bytes.slice();
  for (const [position, value] of changes) out[position % out.length] = value;
  return out;
}
