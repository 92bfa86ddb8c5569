/**
 * Addresses that keep who is near whom. Two that share their first n bits have pseudonyms that share exactly n (Xu, Fan,
 * Ammar, Moon: "Prefix-Preserving IP Address Anonymization", ICNP 2002): bit n is turned or not, as a keyed function of the bits before
 * it says. That mapping is one to one; of MAC addresses two in 2^46 may fall together.
 */
import type { Keyed } from './keyed.ts';

const PURPOSE = { ipv4: 1, ipv6: 2, mac: 3 } as const;

/**
 * Prefixes whose bits are never turned, for what they say of a packet is no secret and tools go by it: multicast and what is
 * above it; link-local and multicast of IPv6. It gives away the first bit of every address, of IPv4 up to three.
 */
const KEPT_PREFIXES: Readonly<Record<'ipv4' | 'ipv6', readonly string[]>> = {
  ipv4: ['111'],
  ipv6: ['1111111010', '11111111'],
};
/** Addresses that stand for nobody: unspecified, loopback, broadcast. */
const KEPT_ADDRESSES: ReadonlySet<string> = new Set([
  '00000000',
  '7f000001',
  'ffffffff',
  '0'.repeat(32),
  `${'0'.repeat(31)}1`,
]);
/** Pseudonyms that are remembered; above it they are computed again. */
const MAX_REMEMBERED = 262_144;
const IPV4_MAPPED = '00000000000000000000ffff';
const MAC_BYTES = 6;
/** In the first byte of a MAC address: to a group; given locally, and so by nobody's manufacturer. */
const MAC_GROUP = 1;
const MAC_LOCAL = 2;

export class Addresses {
  readonly #keyed: Keyed;
  readonly #known = new Map<string, Uint8Array>();
  /** Whether the bit behind these bits is turned. */
  readonly #turns = new Map<string, boolean>();

  constructor(keyed: Keyed) {
    this.#keyed = keyed;
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

  #once(name: string, make: () => Uint8Array): Uint8Array {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = make();
      if (this.#known.size < MAX_REMEMBERED) this.#known.set(name, known);
    }
    return known;
  }

  #turned(address: Uint8Array): Uint8Array {
    const family = address.length === 4 ? 'ipv4' : 'ipv6';
    const out = new Uint8Array(address.length);
    let before = '';
    for (let i = 0; i < 8 * address.length; i++) {
      const bit = (address[i >> 3]! >> (7 - (i & 7))) & 1;
      const turned = this.#isTurned(family, before) ? bit ^ 1 : bit;
      out[i >> 3]! |= turned << (7 - (i & 7));
      before += bit === 1 ? '1' : '0';
    }
    return out;
  }

  #isTurned(family: 'ipv4' | 'ipv6', before: string): boolean {
    if (KEPT_PREFIXES[family].some((prefix) => before.length < prefix.length && prefix.startsWith(before))) {
      return false;
    }
    const name = `${family}${before}`;
    let turns = this.#turns.get(name);
    if (turns === undefined) {
      turns = (this.#keyed.digest(PURPOSE[family], bitsOf(before))[0]! & 1) === 1;
      if (this.#turns.size < MAX_REMEMBERED) this.#turns.set(name, turns);
    }
    return turns;
  }
}

/** How many bits, then the bits. */
function bitsOf(text: string): Uint8Array {
  const out = new Uint8Array(1 + ((text.length + 7) >> 3));
  out[0] = text.length;
  for (let i = 0; i < text.length; i++) if (text[i] === '1') out[1 + (i >> 3)]! |= 0x80 >> (i & 7);
  return out;
}

function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}
