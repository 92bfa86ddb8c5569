/** What a preview says of a packet: everything that changes, as people read it, and nothing as kept that is not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PACKETS, whole, wholePackets } from '#core/dissect/testing/packets.ts';
import { TUNNEL_PACKETS } from '#core/dissect/testing/tunnels.ts';
import { TAP_KIND } from '#core/format/structs.ts';
import { parseSchema } from '#core/metadata/schema.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { UNKNOWN_EVENT, type EventFields } from '#core/pcapng/event.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { AreaRedactor } from './area.ts';
import { areaChanges, eventChanges, packetChanges, type ValueChange } from './changes.ts';
import { PacketRedactor } from './packet.ts';
import { CAREFUL, type SharePolicy } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import type { WatchedPacket } from './snapshot-options.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { seededCapture } from './testing/secrets.ts';
import { snapshotOf } from './testing/snapshots.ts';

const KEY = new Uint8Array(32).fill(42);

const changed = (changes: readonly ValueChange[]): readonly ValueChange[] =>
  changes.filter(({ fate }) => fate !== 'kept');

function redacted(
  bytes: Uint8Array,
  linkType: number,
  policy: SharePolicy = CAREFUL,
): readonly ValueChange[] {
  const names = new Pseudonyms(KEY);
  const after = new PacketRedactor(policy, names, new AreaRedactor(policy, names)).redact(bytes, linkType);
  return packetChanges({ linkType, before: bytes, after });
}

/** UDP over IPv4 over Ethernet with 20 bytes of payload. */
const PACKET = Uint8Array.from([
  ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
  ...[0x45, 0, 0, 48, 0x12, 0x34, 0, 0, 64, 17, 0x2b, 0xc7, 192, 0, 2, 7, 192, 0, 2, 9],
  ...[0x9c, 0x40, 0, 53, 0, 28, 0xab, 0xcd],
  ...encodeUtf8('a secret of 20 bytes'),
]);

it('a packet is told field by field: addresses replaced, the checksum zeros, the payload left out, ports kept', () => {
  const changes = redacted(PACKET, 1);
  const said = changed(changes).map(({ of, name, before, fate }) => [of, name, before, fate]);
  expect(said).toEqual([
    ['Ethernet', 'Destination', '02:00:00:00:00:01', 'replaced'],
    ['Ethernet', 'Source', '02:00:00:00:00:02', 'replaced'],
    ['IPv4', 'Header checksum', '0x2bc7', 'replaced'],
    ['IPv4', 'Source', '192.0.2.7', 'replaced'],
    ['IPv4', 'Destination', '192.0.2.9', 'replaced'],
    ['UDP', 'Checksum', '0xabcd', 'zeros'],
    ['Data', 'bytes', '6120736563726574206f6620… (20 bytes)', 'cut'],
  ]);
  const source = changes.find(({ of, name }) => of === 'IPv4' && name === 'Source');
  expect(source?.after).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  const port = changes.find(({ name }) => name === 'Source port');
  expect(port).toMatchObject({ before: '40000', after: '40000', fate: 'kept' });
});

it('what is within a tunnel is told apart, also where no Ethernet header is in front of it', () => {
  const vxlan = Uint8Array.of(8, 0, 0, 0, 0, 0, 42, 0);
  const outer = PACKET.slice(14, 42);
  const header = new DataView(outer.buffer);
  header.setUint16(2, outer.length + vxlan.length + PACKET.length);
  header.setUint16(22, 4789);
  header.setUint16(24, 8 + vxlan.length + PACKET.length);
  const packet = Uint8Array.from([...outer, ...vxlan, ...PACKET]);
  const layers = new Set(redacted(packet, 101).map(({ of }) => of));
  expect([...layers]).toEqual(['IPv4', 'UDP', 'VXLAN', 'inner Ethernet', 'inner IPv4', 'inner UDP', 'Data']);
});

it('a payload that is kept is not told as left out, and one that differs not as kept', () => {
  expect(changed(redacted(PACKET, 1, KEEP_ALL))).toEqual([]);
  const after = PACKET.slice();
  after[60] = 0x21;
  const [change, ...more] = changed(packetChanges({ linkType: 1, before: PACKET, after }));
  expect(more).toEqual([]);
  expect(change).toMatchObject({ of: 'Data', fate: 'replaced' });
});

describe('no byte that differs is passed over:', () => {
  const kinds = [
    ...[...PACKETS.keys()].map((linkType) => wholePackets(linkType)),
    ...[...TUNNEL_PACKETS.values()].map((packets) => whole(1, packets)),
  ];
  it('in packets of every kind', () => {
    fc.assert(
      fc.property(
        fc.oneof(...kinds),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(),
        ({ bytes, linkType }, at, flip, end) => {
          fc.pre(bytes.length > 0);
          expect(changed(packetChanges({ linkType, before: bytes, after: bytes }))).toEqual([]);
          const after = bytes.slice();
          after[at % bytes.length]! ^= flip;
          expect(changed(packetChanges({ linkType, before: bytes, after })).length).toBeGreaterThan(0);
          const cut = bytes.subarray(0, end % bytes.length);
          expect(changed(packetChanges({ linkType, before: bytes, after: cut })).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in areas, whichever reads them', () => {
    const decoders = fc.constantFrom(null, SCHEMA, BITS);
    const area = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(decoders, area, fc.nat(), fc.integer({ min: 1, max: 255 }), (decoder, before, at, flip) => {
        const after = before.slice();
        after[at % before.length]! ^= flip;
        expect(changed(areaChanges({ decoder, before, after })).length).toBeGreaterThan(0);
        expect(changed(areaChanges({ decoder, before, after: before }))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function decoderOf(json: object) {
  const parsed = parseSchema(JSON.stringify({ whither: 2, name: 'edge', ...json }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return compileSchema(parsed.schema);
}

const SCHEMA = decoderOf({
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
  types: [
    { type: 1, name: 'verdict', kind: 'enum', names: { '1': 'pass', '2': 'drop' } },
    { type: 2, name: 'client', kind: 'ipv4' },
    {
      type: 3,
      name: 'outer',
      kind: 'nested',
      framing: { kind: 'struct', endian: 'little' },
      types: [
        { type: 0, name: 'id', kind: 'uint', size: 2 },
        { type: 1, name: 'who', kind: 'string', size: 4 },
      ],
    },
  ],
});
const BITS = decoderOf({
  framing: { kind: 'struct', endian: 'big' },
  types: [
    { type: 0, name: 'flag', kind: 'uint', size: 1, bits: { from: 0, count: 1 } },
    { type: 1, name: 'level', kind: 'uint', size: 1, bits: { from: 1, count: 3 } },
  ],
});

it('an area is told TLV by TLV, with those within others, and bytes of none', () => {
  const area = Uint8Array.from([1, 1, 2, 2, 4, 192, 0, 2, 7, 3, 6, 7, 0, ...encodeUtf8('anna'), 77, 2, 8, 9]);
  const after = new AreaRedactor(CAREFUL, new Pseudonyms(KEY)).redact(SCHEMA, area);
  const changes = areaChanges({ decoder: SCHEMA, before: area, after });
  expect(changes.map(({ name, before, fate }) => [name, before, fate])).toEqual([
    ['verdict', 'drop', 'kept'],
    ['client', '192.0.2.7', 'replaced'],
    ['outer.id', '7', 'kept'],
    ['outer.who', 'anna', 'replaced'],
    ['type 77 (no schema)', '0809', 'zeros'],
  ]);
  const unread = areaChanges({ decoder: null, before: area, after: new Uint8Array(area.length) });
  const hex = '0101020204c0000207030607… (21 bytes)';
  expect(unread).toEqual([
    { of: 'metadata', name: 'what no schema reads', before: hex, after: '', fate: 'zeros' },
  ]);
});

it('of what the kernel said, addresses and processes are told as they are and as they go', () => {
  const before = {
    ...UNKNOWN_EVENT,
    skb: 0xffff_8880_0000_1000n,
    mark: 7,
    task: { pid: 5, tgid: 4, comm: 'nginx' },
  };
  const after = {
    ...before,
    skb: 0xffff_0000_0000_0001n,
    mark: 0,
    task: { pid: 9, tgid: 8, comm: 'process1' },
  };
  expect(eventChanges(before, after)).toEqual([
    {
      of: 'kernel',
      name: 'sk_buff',
      before: '0xffff888000001000',
      after: '0xffff000000000001',
      fate: 'replaced',
    },
    { of: 'kernel', name: 'mark', before: '0x7', after: '', fate: 'cut' },
    { of: 'kernel', name: 'process', before: 'nginx/4', after: 'process1/8', fate: 'replaced' },
  ]);
});

it('what differs behind what is shown is not told as kept', () => {
  const cb = Uint8Array.from({ length: 48 }, (_, at) => (at < 12 ? 0 : at));
  const tap = { kind: TAP_KIND.blob, join: 1, bytes: cb };
  const [zeros, other] = [new Uint8Array(48), cb.with(47, 0xff)];
  const before = { ...UNKNOWN_EVENT, cb, tap };
  const fates = (after: EventFields) => eventChanges(before, after).map(({ name, fate }) => [name, fate]);
  expect(fates({ ...before, cb: zeros, tap: { ...tap, bytes: other } })).toEqual([
    ['control block', 'zeros'],
    ['what a tap showed', 'replaced'],
  ]);
  const { cb: _, ...without } = before;
  expect(fates(without)).toEqual([
    ['control block', 'cut'],
    ['what a tap showed', 'kept'],
  ]);
  // A text is printed to its NUL.
  const area = Uint8Array.from([3, 6, 7, 0, ...encodeUtf8('a\0xy')]);
  const who = areaChanges({ decoder: SCHEMA, before: area, after: area.with(7, 0x7a) }).at(-1);
  expect(who).toMatchObject({ name: 'outer.who', fate: 'replaced' });
});

it('of a capture that is full of secrets, what is told as going out has none of them', () => {
  const { capture, secrets } = seededCapture();
  const after: string[] = [];
  snapshotOf(capture, {
    watch: ({ linkType, before, after: out, decoder, areaBefore, areaAfter, event }: WatchedPacket) => {
      const changes = [
        ...packetChanges({ linkType, before, after: out }),
        ...areaChanges({ decoder, before: areaBefore, after: areaAfter }),
        ...eventChanges(event!.before, event!.after),
      ];
      after.push(...changes.map((change) => change.after));
      expect(changed(changes).length).toBeGreaterThan(8);
    },
  });
  const said = after.join('\n');
  for (const { what, bytes } of secrets) {
    const hex = Buffer.from(bytes).toString('hex');
    expect([what, said.includes(hex) || said.includes(Buffer.from(bytes).toString('latin1'))]).toEqual([
      what,
      false,
    ]);
  }
});
