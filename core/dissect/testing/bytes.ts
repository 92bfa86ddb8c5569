/** What drawn packets are made of. */
import fc from 'fast-check';

export type Bytes = readonly number[];

export const be16 = (n: number): Bytes => [(n >> 8) & 0xff, n & 0xff];
export const be32 = (n: number): Bytes => [...be16(n >>> 16), ...be16(n & 0xffff)];
export const octets = (length: number): fc.Arbitrary<Bytes> =>
  fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length });
export const u8s = fc.integer({ min: 0, max: 255 });
export const u16s = fc.integer({ min: 0, max: 0xffff });
export const u32s = fc.integer({ min: 0, max: 0xffffffff });
/** No dissector of Wireshark claims these. */
export const port = fc.integer({ min: 61_001, max: 61_900 });
export const body = fc.array(u8s, { maxLength: 40 });
/** An IPv4 address outside of multicast and loopback oddities; IPv6 with runs of zeros, as people write them. */
export const address4 = octets(4);
export const address6 = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0), u16s), { minLength: 8, maxLength: 8 })
  // The IPv4-compatible form ::a.b.c.d is printed dotted by inet_ntop and not by RFC 5952.
  .map((groups) => (groups.slice(0, 6).every((g) => g === 0) ? [0x2001, ...groups.slice(1)] : groups))
  .map((groups) => groups.flatMap(be16));

export const concat = (...parts: readonly Bytes[]): Bytes => parts.flat();
export const zeros = (length: number): Bytes => Array.from({ length }, () => 0);
