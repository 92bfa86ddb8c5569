import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Addresses } from './addresses.ts';
import { Keyed } from './keyed.ts';

const addresses = new Addresses(new Keyed(new Uint8Array(32).fill(9)));

function sharedBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < 8 * a.length; i++) {
    const mask = 0x80 >> (i & 7);
    if (((a[i >> 3]! ^ b[i >> 3]!) & mask) !== 0) return i;
  }
  return 8 * a.length;
}

for (const length of [4, 16]) {
  // Addresses that stand for nobody, and those that only they would be mapped to, are apart from their neighbours.
  const one = fc
    .uint8Array({ minLength: length, maxLength: length })
    .filter((a) => a[0]! !== 0 && a[0] !== 127);
  it(`two addresses of ${length} bytes share as many bits as their pseudonyms`, () => {
    fc.assert(
      fc.property(one, one, fc.nat(8 * length), (a, b, same) => {
        // Not only pairs that differ at once.
        const near = b.slice();
        for (let i = 0; i < same; i++) {
          const mask = 0x80 >> (i & 7);
          near[i >> 3] = (near[i >> 3]! & ~mask) | (a[i >> 3]! & mask);
        }
        expect(sharedBits(addresses.ip(a), addresses.ip(near))).toBe(sharedBits(a, near));
      }),
    );
  });
}

it('keeps classes that tools go by', () => {
  const ip = (...bytes: number[]) => [...addresses.ip(Uint8Array.from(bytes))];
  expect(ip(239, 1, 2, 3)[0]! >> 5).toBe(7);
  expect(ip(127, 0, 0, 1)).toEqual([127, 0, 0, 1]);
  expect(ip(255, 255, 255, 255)).toEqual([255, 255, 255, 255]);
  expect(ip(10, 0, 0, 1)).not.toEqual([10, 0, 0, 1]);
  const linkLocal = addresses.ip(Uint8Array.from([0xfe, 0x80, ...Array.from({ length: 14 }, (_, i) => i)]));
  expect([linkLocal[0], linkLocal[1]! & 0xc0]).toEqual([0xfe, 0x80]);
});

it('takes an IPv4 address within IPv6 for what it is', () => {
  const mapped = addresses.ip(Uint8Array.from([...new Array<number>(10).fill(0), 0xff, 0xff, 192, 0, 2, 7]));
  expect([...mapped.subarray(12)]).toEqual([...addresses.ip(Uint8Array.of(192, 0, 2, 7))]);
});

it('MAC addresses: broadcast and zero stay, a group stays one, nobody keeps a manufacturer', () => {
  expect([...addresses.mac(new Uint8Array(6).fill(255))]).toEqual(new Array(6).fill(255));
  expect([...addresses.mac(new Uint8Array(6))]).toEqual(new Array(6).fill(0));
  expect(addresses.mac(Uint8Array.of(0x01, 0, 0x5e, 1, 2, 3))[0]! & 3).toBe(3);
  expect(addresses.mac(Uint8Array.of(0x3c, 0xec, 0xef, 1, 2, 3))[0]! & 3).toBe(2);
});

it('of more addresses than are remembered each may have been met, and is told as it would have been', () => {
  const few = new Addresses(new Keyed(new Uint8Array(32).fill(9)), 2);
  const [late, station] = [Uint8Array.of(10, 71, 0, 10), Uint8Array.of(0xa2, 0x21, 0xc1, 6, 0x47, 0x18)];
  few.ip(Uint8Array.of(192, 0, 2, 1));
  expect([few.met(late), few.hasMet([10, 71])]).toEqual([null, false]);
  few.ip(Uint8Array.of(192, 0, 2, 2));
  expect(few.hasMet([10, 71])).toBe(true);
  expect(few.met(late)).toEqual(few.ip(late));
  expect(few.met(station)).toEqual(few.mac(station));
  expect(few.met(Uint8Array.of(127, 0, 0, 1))).toBeNull();
});
