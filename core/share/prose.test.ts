/** No printed form of an address or a name of the capture is left in what people wrote. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EGRESS_FIRST, FORWARD, NEIGHBOUR, run } from '#core/diagnosis/testing/verdict.ts';
import { formatHex, formatIpv4, formatIpv6, formatMac } from '#core/dissect/addresses.ts';
import { CAREFUL } from './policy.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { shareProse } from './prose.ts';
import { rulesWith } from './testing/rules.ts';

const NAMES = ['eth-customer0', 'my_dev', 'br0.100', 'edge-7', 'lo'];

function shared(text: string, policy = CAREFUL): string {
  const names = new Pseudonyms(new Uint8Array(32).fill(42));
  for (const name of NAMES) names.name('device', name);
  return shareProse(text, rulesWith({ policy, names }));
}

const hex = (bytes: Uint8Array) => formatMac(bytes, 0).split(':');
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** No address of those that stay as they are (KEPT_PREFIXES, KEPT_ADDRESSES). */
const secret = (length: number) =>
  bytes(length).map((value) => {
    value[0] = 0x20 | (value[0]! & 0x1f);
    return value;
  });
const printed = fc.oneof(
  secret(4).map((value) => formatIpv4(value, 0)),
  secret(16).map((value) => formatIpv6(value, 0)),
  secret(16).map((value) => (formatHex(value, 0, 16).match(/..../g) ?? []).join(':')),
  secret(2).map((value) => `${formatHex(value, 0, 2)}::1`),
  secret(4).map((value) => `::ffff:${formatIpv4(value, 0)}`),
  secret(4).map((value) => `64:ff9b::${formatIpv4(value, 0)}`),
  secret(6).map((value) => hex(value).join(':')),
  secret(6).map((value) => hex(value).join('-')),
  secret(6).map((value) =>
    hex(value)
      .join('')
      .replace(/(....)(....)(....)/, '$1.$2.$3'),
  ),
  secret(6).map((value) => hex(value).join(':').toUpperCase()),
  fc.constantFrom(...NAMES, ...NAMES.map((name) => name.toUpperCase())),
);
const around = fc.constantFrom(
  ...[
    ['', ''],
    ['', ':443'],
    ['[', ']:4000'],
    ['_', '_'],
    ['__', '__'],
    ['**', '**'],
    ['`', '`'],
    ['(', ').'],
    ['"', '",'],
    ['UDP ', ':4000 to nobody'],
    ['from ', ': it said'],
    ['-', '-'],
    ['at:', ':tcx/ingress@first'],
    ['src=', '/443'],
    ['', '%x'],
    ['# ', '\n'],
    ['|', '|'],
    ['300.', ''],
    ['01.', '.5'],
    ['', '…'],
  ].map(([before, behind]) => ({ before: before!, behind: behind! })),
);

it('no printed form of an address or name is left, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(printed, around), { minLength: 1, maxLength: 3 }), (parts) => {
      const text = parts.map(([what, { before, behind }]) => `${before}${what}${behind}`).join(' ');
      const out = shared(text);
      for (const [what] of parts) expect(out.toLowerCase()).not.toContain(what.toLowerCase());
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['UDP 192.0.2.7:4000 to 192.0.2.9:53', /^UDP [\d.]+:4000 to [\d.]+:53$/],
  ['[2001:db8::1]:4000, 2001:db8::1: there', /^\[[0-9a-f:]+\]:4000, [0-9a-f:]+: there$/],
  ['::ffff:192.0.2.7', /^::ffff:\d+\.\d+\.\d+\.\d+$/],
  ['192.0.2.0/24 and 192.0.2.7/443', /^[\d.]+\.0\/24 and [\d.]+\/443$/],
  ['00-11-22-aa-bb-cc is 0011.22aa.bbcc', /^(..:..:..:..:..:..) is \1$/],
  ['eth-customer0-lo and _my_dev_', /^dev1-dev5 and _dev2_$/],
  ['Edge-7 lost it', /^dev4 lost it$/],
])('what stands next to one stays: %s', (text, as) => {
  expect(shared(text)).toMatch(as);
  expect(shared(text)).not.toMatch(/192\.0\.2|2001:db8|22-?aa/);
});

it.each(['10:20:30', 'std::vector', '2026-11-26T10:20:30Z', 'tcx/ingress@first', 'ff:ee', '999.1.1.1'])(
  'what is no address stays: %s',
  (text) => expect(shared(text)).toBe(text),
);

it('what evidence quotes of an area and of a release does not go', () => {
  const { evidence } = run({
    from: { at: FORWARD },
    to: { at: EGRESS_FIRST, area: NEIGHBOUR },
    kernel: '6.18.44-acme_1',
  }).cause;
  expect(evidence).toMatch(/2222 and are 0000.*acme/);
  expect(shared(evidence)).toMatch(/^Bytes 14 to 15 of 16 changed, skb.*\(this kernel: 6\.18\.44\)\.$/);
  const said = shared(evidence, { ...CAREFUL, unknown: 'keep', addresses: 'keep', names: 'keep' });
  expect(said).toContain('2222 and are 0000');
});
