import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '#core/metadata/testing/schemas.ts';
import { formatHex, formatIpv4, formatIpv6, formatMac } from './addresses.ts';

describe('addresses', () => {
  it('are printed as people write them', () => {
    expect(formatIpv4(hex('ff 0a000001'), 1)).toBe('10.0.0.1');
    expect(formatMac(hex('020000ab0001'), 0)).toBe('02:00:00:ab:00:01');
    expect(formatHex(hex('00 0abc'), 1, 2)).toBe('0abc');
  });

  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['20010db8000000010000000000000000', '2001:db8:0:1::'],
    // RFC 5952 4.2.2: one zero group is not shortened; 4.2.3: the longest run is, the first of equals.
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['fe80000000000000aabbccfffeddeeff', 'fe80::aabb:ccff:fedd:eeff'],
    ['00000000000000000000ffff0a000001', '::ffff:10.0.0.1'],
  ])('IPv6 %s is %s', (bytes, text) => {
    expect(formatIpv6(hex(bytes), 0)).toBe(text);
  });

  it('in IPv6 read back as the same bytes', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = formatIpv6(Uint8Array.from(groups.flatMap((g) => [g >> 8, g & 0xff])), 0);
        fc.pre(!text.includes('.'));
        const [left = '', right] = text.split('::');
        const parts = (half: string): string[] => (half === '' ? [] : half.split(':'));
        const zeros = right === undefined ? 0 : 8 - parts(left).length - parts(right).length;
        const read = [...parts(left), ...Array.from({ length: zeros }, () => '0'), ...parts(right ?? '')];
        expect(read.map((part) => Number.parseInt(part, 16))).toEqual(groups);
      }),
    );
  });
});
