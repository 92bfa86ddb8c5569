import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FIELD_NAMES, FIELDS } from '#core/dissect/fields.ts';
import { dissectTree } from '#core/dissect/tree.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import { PACKETS, whole, wholePackets, type DrawnPacket } from '#core/dissect/testing/packets.ts';
import { TUNNEL_PACKETS } from '#core/dissect/testing/tunnels.ts';
import { AreaRedactor } from './area.ts';
import { headerChecksum } from './checksum.ts';
import { fieldRule } from './packet-fields.ts';
import { PacketRedactor } from './packet.ts';
import { CAREFUL } from './policy.ts';
import { KEEP_ALL } from './testing/keep-all.ts';
import { Pseudonyms } from './pseudonyms.ts';

function redactor(policy = CAREFUL): PacketRedactor {
  const names = new Pseudonyms(new Uint8Array(32).fill(1));
  return new PacketRedactor(policy, names, new AreaRedactor(policy, names));
}

it('every field of the dissector has a rule', () => {
  const asked = FIELD_NAMES.filter((name) => !['group', 'ipv4', 'ipv6', 'mac'].includes(FIELDS[name].kind));
  expect(asked.filter((name) => fieldRule(name) === null)).toEqual([]);
});

/** Names of the layers that are headers, outermost first. */
function layers(nodes: readonly FieldNode[]): string[] {
  return nodes.filter(({ filter }) => filter !== '' && filter !== 'data.data').map(({ filter }) => filter);
}

/** Leaves that are kept, by name and place, with what they say. */
function kept(nodes: readonly FieldNode[]): string[] {
  return nodes.flatMap((node) => [
    ...(fieldRule(node.filter) === 'keep' && node.filter !== 'ip.checksum'
      ? [`${node.filter}@${node.offset}=${node.value}`]
      : []),
    ...kept(node.children),
  ]);
}

const KINDS: readonly (readonly [string, fc.Arbitrary<DrawnPacket>])[] = [
  ...[...PACKETS.keys()].map((linkType) => [`link type ${linkType}`, wholePackets(linkType)] as const),
  ...[...TUNNEL_PACKETS].map(([name, packets]) => [name, whole(1, packets)] as const),
];

for (const [name, packets] of KINDS) {
  it(`${name}: the headers say what they said, and where they are`, () => {
    const { redact } = bound(redactor());
    fc.assert(
      fc.property(packets, ({ bytes, linkType }) => {
        const before = dissectTree(bytes, linkType);
        const after = dissectTree(redact(bytes, linkType), linkType);
        expect(layers(after)).toEqual(layers(before));
        expect(kept(after)).toEqual(kept(before));
      }),
      { numRuns: 60 },
    );
  });
}

it('whatever comes, it never throws, and gives no more bytes than came', () => {
  const { redact } = bound(redactor());
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...PACKETS.keys(), 999),
      (bytes, linkType) => {
        expect(redact(bytes, linkType).length).toBeLessThanOrEqual(bytes.length);
      },
    ),
  );
});

it('with everything kept a packet stays as it is', () => {
  const { redact } = bound(redactor(KEEP_ALL));
  fc.assert(
    fc.property(wholePackets(1), ({ bytes, linkType }) => {
      expect(redact(bytes, linkType)).toEqual(bytes);
    }),
  );
});

it('an IPv4 header whose checksum is right has a right one, a wrong one a wrong one, and one of 0 has 0', () => {
  const { redact } = bound(redactor());
  const header = Uint8Array.of(
    0x45,
    0,
    0,
    28,
    1,
    2,
    0,
    0,
    64,
    17,
    0,
    0,
    192,
    0,
    2,
    1,
    192,
    0,
    2,
    2,
    0,
    7,
    0,
    9,
    0,
    8,
    5,
    5,
  );
  const sums = [headerChecksum(header, 0, 20), 0x1234, 0];
  const after = sums.map((sum) => {
    header.set([sum >> 8, sum & 0xff], 10);
    const out = redact(header, 101);
    return [(out[10]! << 8) | out[11]!, headerChecksum(out, 0, 20)] as const;
  });
  expect(after[0]![0]).toBe(after[0]![1]);
  expect(after[1]![0]).not.toBe(after[1]![1]);
  expect(after[2]![0]).toBe(0);
  // That of UDP would tell something of what is cut off.
  expect([...redact(header, 101).subarray(26, 28)]).toEqual([0, 0]);
});

function bound(one: PacketRedactor): { redact: (bytes: Uint8Array, linkType: number) => Uint8Array } {
  return { redact: (bytes, linkType) => one.redact(bytes, linkType) };
}
