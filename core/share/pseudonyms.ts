/** The pseudonyms of one share: the same thing has the same one everywhere in it, and another in every other share. */
import { Addresses } from './addresses.ts';
import { Keyed } from './keyed.ts';
import { Numbers } from './numbers.ts';

const PURPOSE = { number: 4, bytes: 5, text: 6, name: 7 } as const;

export type NameKind = 'host' | 'file' | 'device' | 'netns' | 'process' | 'program' | 'map';

const PREFIX: Readonly<Record<NameKind, string>> = {
  host: 'host',
  file: 'file',
  device: 'dev',
  netns: 'netns',
  process: 'process',
  program: 'program',
  map: 'map',
};
/** Names that are counted; those behind it are told by a digest. */
const MAX_COUNTED = 4096;
/** Numbers that are remembered; above it they are computed again. */
const MAX_REMEMBERED = 262_144;
const NAME_DIGITS = 8;
const TEXT_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export class Pseudonyms {
  readonly addresses: Addresses;
  readonly numbers = new Numbers((value, bits) => this.#number(value, bits));
  readonly #keyed: Keyed;
  readonly #names = new Map<NameKind, Map<string, string>>();
  readonly #digests = new Map<bigint, bigint>();

  /** `key`: KEY_BYTES from a source of randomness, kept nowhere. */
  constructor(key: Uint8Array) {
    this.#keyed = new Keyed(key);
    this.addresses = new Addresses(this.#keyed);
  }

  /** `dev1`, `dev2`, … in the order in which they are met; '' stays ''. */
  name(kind: NameKind, text: string): string {
    if (text === '') return '';
    let names = this.#names.get(kind);
    if (names === undefined) this.#names.set(kind, (names = new Map<string, string>()));
    let name = names.get(text);
    if (name === undefined) {
      if (names.size >= MAX_COUNTED) return `${PREFIX[kind]}-${this.#nameDigest(text)}`;
      name = `${PREFIX[kind]}${names.size + 1}`;
      names.set(text, name);
    }
    return name;
  }

  /** Names of these kinds that have been met, each with what stands for it. */
  known(kinds: readonly NameKind[]): ReadonlyMap<string, string> {
    return new Map(kinds.flatMap((kind) => [...(this.#names.get(kind) ?? [])]));
  }

  /** A number of at most 8 bytes → one of as many bits; 0, which mostly means "none", stays 0, and nothing else becomes it. */
  #number(value: bigint, bits: 32 | 64): bigint {
    if (value === 0n) return 0n;
    const known = this.#digests.get(value);
    const whole = known ?? this.#digest(value);
    if (known === undefined && this.#digests.size < MAX_REMEMBERED) this.#digests.set(value, whole);
    const cut = BigInt.asUintN(bits, whole);
    return cut === 0n ? 1n : cut;
  }

  /** The number that files of one opening share (`FileTurn`). */
  opening(set: number): number {
    return Number(this.#number(BigInt(set), 32));
  }

  /** As many bytes, equal for equal ones; all zeros stay zeros, which tell nothing. */
  bytes(value: Uint8Array): Uint8Array {
    return value.every((byte) => byte === 0) ? value.slice() : this.#stretched(PURPOSE.bytes, value);
  }

  /** As `bytes`, with letters and digits for text; NULs stay where a string ends. */
  text(value: Uint8Array): Uint8Array {
    const end = value.indexOf(0);
    const said = end < 0 ? value : value.subarray(0, end);
    const out = new Uint8Array(value.length);
    this.#stretched(PURPOSE.text, said).forEach((byte, i) => {
      out[i] = TEXT_ALPHABET.charCodeAt(byte & 31);
    });
    return out;
  }

  #digest(value: bigint): bigint {
    const input = new Uint8Array(8);
    new DataView(input.buffer).setBigUint64(0, value, true);
    const digest = this.#keyed.digest(PURPOSE.number, input);
    return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true);
  }

  #nameDigest(text: string): string {
    const input = Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
    let out = '';
    for (const byte of this.#keyed.digest(PURPOSE.name, input).subarray(0, NAME_DIGITS / 2)) {
      out += byte.toString(16).padStart(2, '0');
    }
    return out;
  }

  #stretched(purpose: number, value: Uint8Array): Uint8Array {
    const out = new Uint8Array(value.length);
    const seed = this.#keyed.digest(purpose, value);
    let block = seed;
    for (let at = 0; at < out.length; at += block.length) {
      if (at > 0) block = this.#keyed.digest(purpose, block);
      out.set(block.subarray(0, out.length - at), at);
    }
    return out;
  }
}
