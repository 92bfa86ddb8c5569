import { expect, test } from 'vitest';
import { holdsSince } from './growth.ts';
import { printOf, tcp } from './testing/packets.ts';
import { PRINT } from './fingerprint.ts';

/** Ethernet, IPv4 and TCP. */
const HEADERS = 54;
const leader = printOf(tcp(1000, 100));

/** A packet that led with sequence numbers 1000 to 1099 has grown from `before` bytes of payload to `now`. */
const holds = (other: Uint32Array, before: number, now: number, of = leader): boolean =>
  holdsSince(of, 0, other, 0, HEADERS + before, HEADERS + now);

test.each([
  ['its payload is there, and was not', 1100, 50, 100, 150, true],
  ['more is there', 1100, 50, 100, 151, true],
  ['all but a byte is there', 1100, 50, 100, 149, false],
  ['it was there before', 1100, 50, 150, 200, false],
  ['a byte of it was not there before', 1100, 50, 149, 200, true],
  ['it is behind a hole', 1200, 50, 100, 250, true],
  ['its first byte is one of the packet itself', 1099, 52, 100, 151, false],
  ['it comes before the packet', 900, 50, 100, 150, false],
  ['it has no payload', 1100, 0, 50, 150, false],
])('a packet holds another when %s', (_, from, bytes, before, now, held) => {
  expect(holds(printOf(tcp(from, bytes)), before, now)).toBe(held);
});

test('only of its own connection, and when its headers are known', () => {
  const other = printOf(tcp(1100, 50));
  expect(holds(other, 100, 150)).toBe(true);
  expect(holds(other.with(PRINT.flow, other[PRINT.flow]! ^ 0x10000), 100, 150)).toBe(false);
  expect(holds(other, 100, 150, leader.with(PRINT.length, 100))).toBe(false);
});
