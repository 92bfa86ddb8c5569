import { describe, expect, it } from 'vitest';
import {
  networkInterval,
  parseDuration,
  parseHexBytes,
  parseInstant,
  parseInteger,
  parseMac,
  parseNetwork,
  splitRange,
  textMatcher,
} from './values.ts';

describe('values', () => {
  it('reads integers as people write them, and nothing else', () => {
    expect(parseInteger('0x1f')).toBe(31n);
    expect(parseInteger('-3')).toBe(-3n);
    expect(parseInteger('1_000')).toBe(1000n);
    expect(parseInteger('0b101')).toBe(5n);
    expect(parseInteger('18446744073709551615')).toBe(0xffff_ffff_ffff_ffffn);
    for (const text of ['', '1.5', '0x', '1e3', 'ten', '--1', '_1', '1_'])
      expect(parseInteger(text)).toBeNull();
  });

  it('reads durations without losing nanoseconds', () => {
    expect(parseDuration('14.000000001s')).toBe(14_000_000_001n);
    expect(parseDuration('1.5us')).toBe(1500n);
    expect(parseDuration('2m')).toBe(120_000_000_000n);
    for (const text of ['1', 's', '1.s', '.5s', '1 s', '1d']) expect(parseDuration(text)).toBeNull();
  });

  it('reads instants to the nanosecond', () => {
    expect(parseInstant('1970-01-01T00:00:01.000000002Z')).toBe(1_000_000_002n);
    expect(parseInstant('2026-13-01T00:00:00Z')).toBeNull();
    expect(parseInstant('10:02:14')).toBeNull();
  });

  it('reads networks of both families', () => {
    expect(networkInterval(parseNetwork('10.1.2.3/8')!)).toEqual({ from: 0x0a00_0000n, to: 0x0aff_ffffn });
    expect(networkInterval(parseNetwork('1.2.3.4')!)).toEqual({ from: 0x0102_0304n, to: 0x0102_0304n });
    expect(networkInterval(parseNetwork('0.0.0.0/0')!)).toEqual({ from: 0n, to: 0xffff_ffffn });
    expect(parseNetwork('2001:db8::/32')).toMatchObject({ bits: 32 });
    for (const text of [
      '10',
      '10.1',
      '1.2.3.4/33',
      '::/129',
      '1.2.3.4/',
      '1.2.3.4/8/8',
      'fe80::1%eth0',
      '0x0a000001',
      '',
    ]) {
      expect(parseNetwork(text), text).toBeNull();
    }
  });

  it('reads MAC addresses and bytes', () => {
    expect(parseMac('02:00:00:00:00:ff')).toEqual(Uint8Array.of(2, 0, 0, 0, 0, 255));
    expect(parseMac('02:00:00:00:00')).toBeNull();
    expect(parseHexBytes('0x0aFF')).toEqual(Uint8Array.of(10, 255));
    expect(parseHexBytes('0a:ff')).toEqual(Uint8Array.of(10, 255));
    expect(parseHexBytes('abc')).toBeNull();
  });

  it('splits ranges and matches texts', () => {
    expect(splitRange('1..9')).toEqual(['1', '9']);
    expect(splitRange('1..')).toBeNull();
    expect(textMatcher('PSKB*head')('pskb_expand_head()')).toBe(true);
    expect(textMatcher('head*pskb')('pskb_expand_head()')).toBe(false);
  });
});
