/**
 * A metadata area, or other bytes that a schema reads, of the same length: types and lengths as they are, values as the policy
 * says, zeros for what no schema names.
 */
import { IPV4_BYTES, IPV6_BYTES, MAC_BYTES } from '#core/dissect/addresses.ts';
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import { decodeArea } from '#core/metadata/decode.ts';
import { gapsOf, type GapKind } from '#core/metadata/gaps.ts';
import type { Endian, Tlv, TlvType } from '#core/metadata/types.ts';
import { elementSize } from '#core/metadata/value.ts';
import { AreaCache } from './area-cache.ts';
import { ruleOf, type SharePolicy } from './policy.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Bytes between values without which the others do not read. */
const FRAMING: readonly GapKind[] = ['header', 'pad', 'terminator'];

/** What became of the values of one type, for the manifest and the preview. */
export interface ValueCounts {
  kept: number;
  replaced: number;
  dropped: number;
}

export class AreaRedactor {
  /** By `SCHEMA.TYPE`, and `SCHEMA.` for types that the schema does not know. */
  readonly counts = new Map<string, ValueCounts>();
  /** Bytes that belong to no value and were not all zero. */
  unknownBytes = 0;
  readonly #policy: SharePolicy;
  readonly #names: Pseudonyms;
  readonly #cache = new AreaCache();
  /** What the area that is being redacted has counted so far. */
  #counted: [ValueCounts, keyof ValueCounts][] = [];

  constructor(policy: SharePolicy, names: Pseudonyms) {
    this.#policy = policy;
    this.#names = names;
  }

  /** `decoder`: what reads these bytes, null = nothing does. What comes out is not to be changed. */
  redact(decoder: AreaDecoder | null, bytes: Uint8Array): Uint8Array {
    if (decoder === null) {
      if (this.#policy.unknown === 'keep') return bytes.slice();
      this.unknownBytes += bytes.length;
      return new Uint8Array(bytes.length);
    }
    const known = this.#cache.find(decoder, bytes);
    if (known !== null) {
      for (const [counts, what] of known.counted) counts[what]++;
      this.unknownBytes += known.unknownBytes;
      return known.redacted;
    }
    const before = this.unknownBytes;
    this.#counted = [];
    const redacted = this.#redacted(decoder, bytes);
    const [counted, unknownBytes] = [this.#counted, this.unknownBytes - before];
    this.#cache.keep({ decoder, bytes: bytes.slice(), redacted, counted, unknownBytes });
    return redacted;
  }

  #redacted(decoder: AreaDecoder, bytes: Uint8Array): Uint8Array {
    const out = this.#policy.unknown === 'keep' ? bytes.slice() : new Uint8Array(bytes.length);
    for (const { kind, offset, length } of gapsOf(decoder, bytes)) {
      const gap = bytes.subarray(offset, offset + length);
      if (FRAMING.includes(kind)) out.set(gap, offset);
      else if (this.#policy.unknown === 'drop' && gap.some((byte) => byte !== 0)) this.unknownBytes += length;
    }
    this.#all(decoder, decodeArea(decoder, bytes).tlvs, bytes, out, decoder.schema.name, []);
    return out;
  }

  #all(
    decoder: AreaDecoder,
    tlvs: readonly Tlv[],
    bytes: Uint8Array,
    out: Uint8Array,
    schema: string,
    path: readonly string[],
  ): void {
    const { types, framing } = decoder.schema;
    for (const tlv of tlvs) {
      // Type and length of a TLV; a trait or a field has none.
      if (framing.kind === 'tlv') out.set(bytes.subarray(tlv.offset, tlv.valueOffset), tlv.offset);
      const column = types.findIndex(({ type }) => type === tlv.type);
      const type = types[column];
      if (type === undefined) {
        this.#count(`${schema}.`, this.#policy.unknown === 'keep' ? 'kept' : 'dropped');
        continue;
      }
      const inside = decoder.nested[column] ?? null;
      if (inside !== null) this.#inside(inside, type, tlv, bytes, out, schema, path);
      else this.#value(type, tlv, bytes, out, schema, path, framing.endian);
    }
  }

  #inside(
    inside: AreaDecoder,
    type: TlvType,
    tlv: Tlv,
    bytes: Uint8Array,
    out: Uint8Array,
    schema: string,
    path: readonly string[],
  ): void {
    const { valueOffset, valueLength, fields = [] } = tlv;
    if (ruleOf(this.#policy, schema, type, path) !== 'keep') {
      out.fill(0, valueOffset, valueOffset + valueLength);
      this.#count([schema, ...path, type.name].join('.'), 'dropped');
      return;
    }
    const deeper = [...path, type.name];
    if (type.count === undefined) this.#all(inside, fields, bytes, out, schema, deeper);
    else for (const one of fields) this.#all(inside, one.fields ?? [], bytes, out, schema, deeper);
  }

  #value(
    type: TlvType,
    tlv: Tlv,
    bytes: Uint8Array,
    out: Uint8Array,
    schema: string,
    path: readonly string[],
    endian: Endian,
  ): void {
    const { valueOffset: at, valueLength: length } = tlv;
    const value = bytes.subarray(at, at + length);
    const name = [schema, ...path, type.name].join('.');
    const rule = ruleOf(this.#policy, schema, type, path);
    if (type.bits !== undefined) {
      // It shares its bytes with others, of which each has a rule of its own.
      const mask = bitMask(type.bits, length, type.endian ?? endian);
      const kept = rule === 'keep';
      value.forEach((byte, i) => {
        out[at + i] = (out[at + i]! & ~mask[i]!) | (kept ? byte & mask[i]! : 0);
      });
      this.#count(name, kept ? 'kept' : 'dropped');
      return;
    }
    switch (rule) {
      case 'keep':
        out.set(value, at);
        this.#count(name, 'kept');
        return;
      case 'hash':
        out.set(type.kind === 'string' ? this.#names.text(value) : this.#names.bytes(value), at);
        this.#count(name, 'replaced');
        return;
      case 'pseudonym': {
        const replaced = this.#address(type, value);
        if (replaced === null) out.fill(0, at, at + length);
        else out.set(replaced, at);
        this.#count(name, replaced === null ? 'dropped' : 'replaced');
        return;
      }
      case 'drop':
        out.fill(0, at, at + length);
        this.#count(name, 'dropped');
    }
  }

  /** One address, or a list of them; null: they are none. */
  #address(type: TlvType, value: Uint8Array): Uint8Array | null {
    const size = type.count === undefined ? value.length : (elementSize(type) ?? value.length);
    if (size === 0 || value.length % size !== 0) return null;
    const { addresses } = this.#names;
    const out = new Uint8Array(value.length);
    for (let at = 0; at < value.length; at += size) {
      const one = value.slice(at, at + size);
      // As its own program keeps it (printValue).
      const reversed = type.kind === 'ipv4' && type.endian === 'little';
      if (reversed) one.reverse();
      if (type.kind === 'mac' ? size !== MAC_BYTES : size !== IPV4_BYTES && size !== IPV6_BYTES) return null;
      const replaced = (type.kind === 'mac' ? addresses.mac(one) : addresses.ip(one)).slice();
      out.set(reversed ? replaced.reverse() : replaced, at);
    }
    return out;
  }

  #count(name: string, what: keyof ValueCounts): void {
    let counts = this.counts.get(name);
    if (counts === undefined) this.counts.set(name, (counts = { kept: 0, replaced: 0, dropped: 0 }));
    counts[what]++;
    this.#counted.push([counts, what]);
  }
}

/** The bits of a field in each of the `length` bytes that it is in. */
function bitMask(
  { from, count }: { from: number; count: number },
  length: number,
  endian: Endian,
): Uint8Array {
  const mask = new Uint8Array(length);
  for (let bit = from; bit < from + count; bit++) {
    const byte = endian === 'little' ? bit >> 3 : length - 1 - (bit >> 3);
    if (byte >= 0 && byte < length) mask[byte]! |= 1 << (bit & 7);
  }
  return mask;
}
