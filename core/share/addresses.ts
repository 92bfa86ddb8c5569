/**
 * Addresses that keep who is near whom. Two that share their first n bits have pseudonyms that share exactly n (Xu, Fan,
 * Ammar, Moon: "Prefix-Preserving IP Address Anonymization", ICNP 2002): bit n is turned or not, as a keyed function of the bits before
 * it says. That mapping is one to one; of MAC addresses two in 2^46 may fall together.
 */
import { IPV4_BYTES, MAC_BYTES } from '#core/dissect/addresses.ts';
import { BitTree } from './bit-tree.ts';
import type { Keyed } from './keyed.ts';

type Family = 'ipv4' | 'ipv6';

interface Prefix {
  readonly bytes: readonly number[];
  readonly bits: number;
}

const PURPOSE = { ipv4: 1, ipv6: 2, mac: 3 } as const;

/**
 * Prefixes whose bits are never turned, for what they say of a packet is no secret and tools go by it: multicast and what is
 * above it; link-local and multicast of IPv6. It gives away the first bit of every address, of IPv4 up to three.
 */
const KEPT_PREFIXES: Readonly<Record<Family, readonly Prefix[]>> = {
  ipv4: [{ bytes: [0xe0], bits: 3 }],
  ipv6: [
    { bytes: [0xfe, 0x80], bits: 10 },
    { bytes: [0xff], bits: 8 },
  ],
};
/** Addresses that stand for nobody: unspecified, loopback, broadcast. */
const KEPT_ADDRESSES: ReadonlySet<string> = new Set([
  '00000000',
  '7f000001',
  'ffffffff',
  '0'.repeat(32),
  `${'0'.repeat(31)}1`,
]);
/** Pseudonyms, and nodes of the bits of either family, that are remembered; above it they are computed again. */
const MAX_REMEMBERED = 262_144;
const MAX_NODES = 1_048_576;
const IPV4_MAPPED = '00000000000000000000ffff';
/** In the first byte of a MAC address: to a group; given locally, and so by nobody's manufacturer. */
const MAC_GROUP = 1;
const MAC_LOCAL = 2;

export class Addresses {
  readonly #keyed: Keyed;
  readonly #known = new Map<string, Uint8Array>();
  /** First two and first three bytes, in hex, of the IPv4 addresses among them. */
  readonly #prefixes = new Set<string>();
  readonly #turns: Readonly<Record<Family, BitTree>> = {
    ipv4: new BitTree(MAX_NODES),
    ipv6: new BitTree(MAX_NODES),
  };

  readonly #maxRemembered: number;

  constructor(keyed: Keyed, maxRemembered = MAX_REMEMBERED) {
    this.#keyed = keyed;
    this.#maxRemembered = maxRemembered;
  }

  /** The pseudonym of a 4 or 16 byte address, as many bytes; an IPv4 address within IPv6 (::ffff:0:0/96) is that of IPv4. */
  ip(address: Uint8Array): Uint8Array {
    const hex = toHex(address);
    if (address.length === 16 && hex.startsWith(IPV4_MAPPED)) {
      const out = address.slice();
      out.set(this.ip(address.subarray(12)), 12);
      return out;
    }
    return this.#once(hex, () => {
      if (KEPT_ADDRESSES.has(hex)) return address.slice();
      // Walking on from an address that is kept leads to one that is not, and stays one to one.
      let out = this.#turned(address);
      while (KEPT_ADDRESSES.has(toHex(out))) out = this.#turned(out);
      return out;
    });
  }

  /** The pseudonym of a MAC address: a locally administered one; a group stays a group, broadcast and zero stay. */
  mac(address: Uint8Array): Uint8Array {
    return this.#once(`m${toHex(address)}`, () => {
      if (address.every((byte) => byte === 0) || address.every((byte) => byte === 0xff))
        return address.slice();
      const out = this.#keyed.digest(PURPOSE.mac, address).slice(0, MAC_BYTES);
      out[0] = (out[0]! & ~MAC_GROUP) | MAC_LOCAL | (address[0]! & MAC_GROUP);
      return out;
    });
  }

  /**
   * The pseudonym of an address of 4, 6 (MAC) or 16 bytes that was met, and is not one of those that stay; null = it was not. Of more than
   * are remembered each may have been.
   */
  met(address: Uint8Array): Uint8Array | null {
    const hex = toHex(address);
    const isMac = address.length === MAC_BYTES;
    let known = this.#known.get(isMac ? `m${hex}` : hex);
    if (this.#isFull) known ??= isMac ? this.mac(address) : this.ip(address);
    return known === undefined || toHex(known) === hex ? null : known;
  }

  /** Whether an IPv4 address was met that begins with these two or three bytes. Of more than are remembered each may have been. */
  hasMet(prefix: readonly number[]): boolean {
    return this.#prefixes.has(toHex(prefix)) || this.#isFull;
  }

  /** What is met from now on is not remembered. */
  get #isFull(): boolean {
    return this.#known.size >= this.#maxRemembered;
  }

  #once(name: string, make: () => Uint8Array): Uint8Array {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = make();
      if (this.#isFull) return known;
      this.#known.set(name, known);
      if (name.length === 2 * IPV4_BYTES) {
        this.#prefixes.add(name.slice(0, 4));
        this.#prefixes.add(name.slice(0, 6));
      }
    }
    return known;
  }

  #turned(address: Uint8Array): Uint8Array {
    const family = address.length === 4 ? 'ipv4' : 'ipv6';
    const turns = this.#turns[family];
    const kept = keptBits(family, address);
    const out = new Uint8Array(address.length);
    let node = turns.root;
    for (let i = 0; i < 8 * address.length; i++) {
      const bit = bitOf(address, i);
      const turned = i >= kept && turns.turn(node, () => this.#isTurned(family, address, i));
      if (turned !== (bit === 1)) out[i >> 3]! |= 0x80 >> (i & 7);
      node = turns.child(node, bit);
    }
    return out;
  }

  /** Whether the bit behind the first `count` is turned. */
  #isTurned(family: Family, address: Uint8Array, count: number): boolean {
    return (this.#keyed.digest(PURPOSE[family], firstBits(address, count))[0]! & 1) === 1;
  }
}

/** How many bits of this address are never turned: those that say whether it has a prefix that is kept. */
function keptBits(family: Family, address: Uint8Array): number {
  let most = 0;
  for (const { bytes, bits } of KEPT_PREFIXES[family]) {
    let same = 0;
    while (same < bits && bitOf(address, same) === bitOf(bytes, same)) same++;
    most = Math.max(most, Math.min(same + 1, bits));
  }
  return most;
}

function bitOf(bytes: ArrayLike<number>, at: number): number {
  return (bytes[at >> 3]! >> (7 - (at & 7))) & 1;
}

/** How many bits, then the bits. */
function firstBits(address: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(1 + ((count + 7) >> 3));
  out[0] = count;
  out.set(address.subarray(0, out.length - 1), 1);
  if ((count & 7) !== 0) out[out.length - 1]! &= 0xff00 >> (count & 7);
  return out;
}

function toHex(bytes: Iterable<number>): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}
